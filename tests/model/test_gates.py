"""What a gate says of a run's metrics, and which way of a metric is better."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.gates import Gate, Goal, direction, is_better, judge

LOSS, ACCURACY = "test-multi_logloss", "test-accuracy"


@pytest.mark.parametrize(
    ("metric", "goal"),
    [
        *((name, Goal.MINIMIZE) for name in (LOSS, "val_loss", "RMSE", "mean_absolute_error", "mape", "val.mse")),
        *((name, Goal.MAXIMIZE) for name in (ACCURACY, "AUC_weighted", "f1", "macro f1", "r2", "map_at_5", "acc/val")),
        *((name, None) for name in ("best_iteration", "loss_accuracy", "", "x", "lossy", "reaction")),
    ],
)
def test_which_way_is_better_by_the_name(metric: str, goal: Goal | None) -> None:
    assert direction(metric) is goal


@pytest.mark.parametrize(
    ("gate", "value", "base", "passed", "why"),
    [
        (Gate(ACCURACY, at_least=0.9), 0.9, None, True, "0.9"),
        (Gate(ACCURACY, at_least=0.9), 0.89, None, False, "0.89 is below 0.9"),
        (Gate(ACCURACY, at_least=0.9, tolerance=0.02), 0.89, None, True, "0.89"),
        (Gate(LOSS, at_most=0.4), 0.5, None, False, "0.5 is above 0.4"),
        (Gate(LOSS, at_least=0.1, at_most=0.4), 0.05, None, False, "0.05 is below 0.1"),
        (Gate(LOSS, at_most=0.4), math.nan, None, False, "is no number"),
        (Gate(LOSS, at_most=0.4), None, 0.3, False, f"the run logged no {LOSS}"),
        (Gate(LOSS, no_worse_than_base=True), 0.3, 0.3, True, "0.3"),
        (Gate(LOSS, no_worse_than_base=True), 0.31, 0.3, False, "0.31 is worse than the base's 0.3"),
        (Gate(LOSS, no_worse_than_base=True, tolerance=0.02), 0.31, 0.3, True, "0.31"),
        (Gate(ACCURACY, no_worse_than_base=True), 0.8, 0.9, False, "0.8 is worse than the base's 0.9"),
        (Gate("x", no_worse_than_base=True, goal=Goal.MAXIMIZE), 0.8, 0.9, False, "0.8 is worse than the base's 0.9"),
        (Gate(LOSS, no_worse_than_base=True), 0.31, None, True, "0.31; there is no base to compare with"),
        (Gate(LOSS, no_worse_than_base=True), math.nan, 0.3, False, "is no number"),
    ],
)
def test_a_gate(gate: Gate, value: float | None, base: float | None, passed: bool, why: str) -> None:
    metrics = {} if value is None else {gate.metric: value}
    found = judge(gate, metrics, None if base is None else {gate.metric: base})
    assert (found.passed, found.why, found.base) == (passed, why, base)


def test_what_a_gate_says_of_itself() -> None:
    assert str(Gate("a", at_least=0.9, no_worse_than_base=True, tolerance=0.01)) == (
        "a at least 0.9, no worse than base (tolerance 0.01)"
    )
    assert str(Gate("b", at_most=2)) == "b at most 2"


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0, 1), st.sampled_from(Goal))
def test_what_is_better_than_the_base_passes(value: float, base: float, tolerance: float, goal: Goal) -> None:
    gate = Gate("m", no_worse_than_base=True, tolerance=tolerance, goal=goal)
    if is_better(goal, value, base):
        assert judge(gate, {"m": value}, {"m": base}).passed
    assert judge(gate, {"m": base}, {"m": base}).passed
