"""The plan as a document."""

from runner.model.diagnostics import Diagnostic, Severity
from runner.model.plan import Action, Reason
from tests.builders import change, plan

CHANGES = [
    change("compute/cpu", Action.CREATE),
    change("data/iris", Action.NO_OP),
    change("environment/env", Action.UPDATE),
    change("job/a", Action.RUN),
    change("job/b", Action.RUN),
]


def test_summary_and_pending() -> None:
    made = plan(*CHANGES)
    assert made.summary() == {"create": 1, "update": 1, "run": 2, "replace": 0, "delete": 0, "adopt": 0, "unchanged": 1}
    assert [str(item.key) for item in made.pending] == ["compute/cpu", "environment/env", "job/a", "job/b"]


def test_an_error_stands_against_applying_and_a_warning_does_not() -> None:
    assert plan(*CHANGES).applyable
    assert plan(*CHANGES, diagnostics=[Diagnostic("x", severity=Severity.WARNING)]).applyable
    assert not plan(*CHANGES, diagnostics=[Diagnostic("x")]).applyable


def test_what_is_left_to_others_is_not_pending() -> None:
    left = change("compute/cpu", Action.UPDATE, withheld="left to main")
    made = plan(left, change("data/iris", Action.CREATE), change("data/other", Action.NO_OP))
    assert [str(item.key) for item in made.pending] == ["data/iris"]
    assert made.withheld == (left,)
    assert (made.summary()["update"], made.summary()["unchanged"]) == (0, 2)


def test_what_only_adds() -> None:
    assert {action for action in Action if action.adds} == {Action.CREATE, Action.RUN, Action.NO_OP}


def test_symbols_differ() -> None:
    symbols = {action.symbol for action in Action}
    assert symbols == {"+", "~", "-/+", "-", ">", "=", " "}
    assert len(symbols) == len(Action)


def test_a_reason_without_values_tells_only_that_it_differs() -> None:
    assert Reason("code").untold
    assert not Reason("code", None, "1").untold
    assert not Reason("flag", False, None).untold
