"""Which metrics decide, and what they come to."""

from collections.abc import Mapping

import pytest

from runner.model.gates import Gate, Goal, judge
from runner.model.keys import Key, Kind
from runner.model.review import Trained, Trial
from runner.report.comment.compare import Way, deciding, metrics, together, way

NAN = float("nan")


def trial(head: Mapping[str, float], base: Mapping[str, float] | None, *gates: Gate) -> Trial:
    """A trial with these metrics."""
    before = None if base is None else Trained("before", "Completed", metrics=base)
    verdicts = tuple(judge(gate, head, base) for gate in gates)
    return Trial(Key(Kind.JOB, "train"), Trained("now", "Completed", metrics=head), before, verdicts)


@pytest.mark.parametrize(
    ("head", "base", "expected"),
    [
        ({"loss": 0.2}, {"loss": 0.3}, Way.BETTER),
        ({"loss": 0.3}, {"loss": 0.2}, Way.WORSE),
        ({"accuracy": 0.3}, {"accuracy": 0.2}, Way.BETTER),
        ({"loss": 0.3}, {"loss": 0.3}, Way.SAME),
        ({"loss": 0.3, "seconds": 1}, {"loss": 0.3, "seconds": 9}, Way.SAME),
        ({"seconds": 1}, {"seconds": 9}, None),
        ({"loss": 0.2, "accuracy": 0.2}, {"loss": 0.3, "accuracy": 0.3}, Way.MIXED),
        ({"loss": 0.2, "accuracy": 0.3}, {"loss": 0.3, "accuracy": 0.3}, Way.BETTER),
        ({"loss": NAN}, {"loss": 0.3}, None),
        ({"loss": 0.2}, {"accuracy": 0.3}, None),
        ({"loss": 0.2}, None, None),
        ({"test-loss": 0.2, "train-loss": 0.9}, {"test-loss": 0.3, "train-loss": 0.1}, Way.BETTER),
        ({"train-loss": 0.9}, {"train-loss": 0.1}, Way.WORSE),
    ],
)
def test_way(head: Mapping[str, float], base: Mapping[str, float] | None, expected: Way | None) -> None:
    assert way(trial(head, base)) is expected


def test_gated_metrics_decide_and_come_first() -> None:
    gates = (Gate("b-loss", at_most=1), Gate("speed", at_least=1))
    found = trial({"a-loss": 9, "b-loss": 0.1, "speed": 2}, {"a-loss": 1, "b-loss": 0.2, "speed": 2}, *gates)
    assert [metric.name for metric in metrics(found)] == ["b-loss", "speed", "a-loss"]
    assert [metric.name for metric in deciding(found)] == ["b-loss", "speed"]
    assert way(found) is Way.BETTER


def test_the_goal_of_a_gate_counts() -> None:
    assert way(trial({"loss": 2}, {"loss": 1}, Gate("loss", at_least=0, goal=Goal.MAXIMIZE))) is Way.BETTER


def test_metrics_that_only_the_base_has_are_told() -> None:
    assert [metric.value for metric in metrics(trial({"loss": 1}, {"accuracy": 1, "loss": 1}))] == [None, 1]


def test_a_run_without_metrics_has_only_its_gates() -> None:
    assert [metric.name for metric in metrics(trial({}, {"loss": 1}, Gate("auc", at_least=1)))] == ["auc"]


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([], None),
        ([None], None),
        ([Way.SAME, None], Way.SAME),
        ([Way.SAME, Way.BETTER], Way.BETTER),
        ([Way.SAME, Way.WORSE], Way.WORSE),
        ([Way.WORSE, Way.BETTER], Way.MIXED),
        ([Way.MIXED, Way.BETTER], Way.MIXED),
    ],
)
def test_together(ways: list[Way | None], expected: Way | None) -> None:
    assert together(ways) is expected
