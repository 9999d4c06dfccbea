"""Runs of one name: which line tells of which of them."""

from dataclasses import replace

from runner.model.ledger import Entry, Ledger
from tests.model.test_ledger import END, OUTCOME, RUN


def run(name: str, at: str) -> Entry:
    return replace(RUN, id=name, at=f"2026-01-{at}:00+00:00")


def again(name: str, at: str) -> Entry:
    return replace(run(name, at), action="no-op")


def end(status: str, created: str, at: str) -> Entry:
    outcome = replace(OUTCOME, status=status, created_at=f"2026-01-{created}:00+00:00")
    return replace(END, id=f"{status} {at}", at=f"2026-01-{at}:00+00:00", status=status, run=outcome)


def told(*entries: Entry) -> dict[str, str]:
    """How each entry's run ended, and which are open."""
    ledger = Ledger(entries)
    ends = {entry.id for entry in entries if entry.run}
    known = {name: outcome.status for name, outcome in ledger.outcomes().items() if name not in ends}
    return known | {entry.id: "open" for entry in ledger.open()}


def test_a_run_and_what_came_back_to_it() -> None:
    found = told(run("a", "02T10:00"), again("b", "02T10:05"), end("Failed", "02T09:59", "02T11:00"))
    assert found == {"a": "Failed", "b": "Failed"}
    late = told(run("a", "02T10:00"), end("Completed", "02T09:59", "02T11:00"), again("b", "03T10:00"))
    assert late == {"a": "Completed", "b": "Completed"}


def test_a_workspace_that_was_made_anew() -> None:
    first = (run("a", "02T10:00"), end("Completed", "02T09:59", "02T11:00"), again("b", "03T10:00"))
    assert told(*first, run("c", "04T10:00")) == {"a": "Completed", "b": "Completed", "c": "open"}
    second = (*first, run("c", "04T10:00"), again("d", "05T10:00"), end("Failed", "04T09:59", "06T10:00"))
    assert told(*second) == {"a": "Completed", "b": "Completed", "c": "Failed", "d": "Failed"}


def test_a_run_that_was_lost_with_its_workspace() -> None:
    lost = (run("a", "02T10:00"), run("b", "04T10:00"))
    assert told(*lost) == {"a": "open", "b": "open"}
    soon = end("Completed", "02T10:04", "02T11:00")
    assert told(run("a", "02T10:00"), run("b", "02T10:05"), soon) == {"a": "open", "b": "Completed"}


def test_two_who_began_the_same_run_at_once() -> None:
    both = (run("a", "02T10:00"), run("b", "02T10:01"))
    assert told(*both, end("Completed", "02T09:59", "02T11:00")) == {"a": "Completed", "b": "Completed"}


def test_an_end_without_a_beginning() -> None:
    assert told(end("Completed", "02T09:59", "02T11:00")) == {}
    assert told(end("Completed", "02T09:59", "02T11:00"), again("a", "03T10:00")) == {"a": "Completed"}


def test_nothing_that_failed_to_begin_has_an_end() -> None:
    refused = replace(run("a", "02T10:00"), status="failed")
    assert told(refused, run("b", "02T10:05"), end("Completed", "02T10:04", "02T11:00")) == {"b": "Completed"}
