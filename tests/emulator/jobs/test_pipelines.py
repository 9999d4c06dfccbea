"""What a pipeline does next, and how it ends: decided on records alone."""

import itertools

import pytest

from runner.emulator.jobs.pipelines import next_moves, outcome_of
from runner.emulator.jobs.states import State
from runner.emulator.store.jobs import Job

NUMBERS = itertools.count()


def step(name: str, status: State, *after: str, error: str = "") -> Job:
    number = next(NUMBERS)
    body = {"properties": {"azureml.moduleName": name.upper()}}
    return Job(
        *(number, name, status, {}, body, False, "", "Code" if error else "", error, {}, None, None, "", None),
        ended_at=f"{number:06}",
        parent="p",
        after=after,
        process_starts=0,
    )


WAITS, DONE, FAILED, CANCELED, RUNS = State.NOT_STARTED, State.COMPLETED, State.FAILED, State.CANCELED, State.RUNNING


@pytest.mark.parametrize(
    ("steps", "carry_on", "stopped", "start", "cancel"),
    [
        ("a:W b:W:a c:W", False, False, "a c", ""),
        ("a:R b:W:a c:R", False, False, "", ""),
        ("a:D b:W:a c:R d:W:a,c", False, False, "b", ""),
        ("a:D c:D d:W:a,c", False, False, "d", ""),
        ("a:F b:W:a c:R d:W", False, False, "", "b c d"),
        ("a:F b:W:a c:R d:W e:W:b", True, False, "d", "b"),
        ("a:C b:W:a c:R", False, False, "", "b c"),
        ("a:D b:W:a c:R", False, True, "", "b c"),
    ],
)
def test_moves(steps: str, carry_on: bool, stopped: bool, start: str, cancel: str) -> None:
    letters = {"W": WAITS, "D": DONE, "F": FAILED, "C": CANCELED, "R": RUNS}
    known = [
        step(name, letters[letter], *filter(None, after.split(",")))
        for name, letter, after in (f"{text}:".split(":")[:3] for text in steps.split())
    ]
    moves = next_moves(known, carry_on=carry_on, stopped=stopped)
    assert [found.name for found in moves.start] == start.split()
    assert [found.name for found in moves.cancel] == cancel.split()


def test_outcomes() -> None:
    assert outcome_of([step("a", DONE), step("b", DONE)]).status == "Completed"
    failed = outcome_of([step("a", CANCELED), step("b", FAILED, error="exit 3"), step("c", FAILED)])
    assert (failed.status, failed.error_code, failed.error) == ("Failed", "Code", "the step B (b) failed: exit 3")
    canceled = outcome_of([step("a", DONE), step("b", CANCELED)])
    assert (canceled.status, canceled.error) == ("Canceled", "the step B (b) canceled")
