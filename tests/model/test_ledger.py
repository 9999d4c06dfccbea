"""Lines of the ledger: what is written is read, what is damaged is passed over, and no secret gets in."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.apply.secrets import Secrets
from runner.model.ledger import FINISH, NONE, Entry, Ledger, line, parse
from runner.model.outcome import Outcome

COMMIT = "c" * 40
RUN = Entry(
    at="2026-01-02T03:04:05+00:00",
    id="1",
    project="iris",
    target="prod",
    workspace="/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w",
    commit=COMMIT,
    address="job/train",
    action="run",
    status="done",
    live_name="train-0123",
)
OUTCOME = Outcome(
    "Completed",
    "2026-01-02T03:04:06+00:00",
    "2026-01-02T03:05:00+00:00",
    "2026-01-02T03:07:30.5+00:00",
    metrics={"loss": 0.25, "steps": 12.0},
    parameters={"rate": "0.1"},
)
END = replace(RUN, at="2026-01-02T03:10:00+00:00", id="2", action=FINISH, status="Completed", run=OUTCOME)
WHOLE = replace(
    END,
    live_id="/x",
    digest="d" * 64,
    digest_scheme="1",
    parts={"command": "0a"},
    removed=("a:1",),
    from_run="r",
    spec="specs/a.yml:3",
    dirty=True,
    ref="refs/heads/main",
    error="no",
    actor="ada",
    pull_request=7,
    workflow_run="https://github.com/a/b/actions/runs/1",
    tool_version="1.2",
)


@pytest.mark.parametrize("entry", [RUN, END, WHOLE])
def test_what_is_written_is_read(entry: Entry) -> None:
    found = parse({COMMIT: line(entry) + "\n"})
    assert found.entries == (entry,)
    assert found.damage == ()


def test_a_line_says_nothing_that_is_not_known() -> None:
    assert json.loads(line(RUN)).keys() == {
        "at", "id", "project", "target", "workspace", "commit", "address", "action", "status", "live_name",
        "format_version",
    }  # fmt: skip


def test_lines_that_are_sorted_are_in_the_order_of_time() -> None:
    assert sorted([line(END), line(RUN)]) == [line(RUN), line(END)]


def test_a_line_is_one_line_of_ascii_whatever_is_in_it() -> None:
    text = line(replace(RUN, error="a\nb\u2028c\x85d\r\x00é"))
    assert text.isascii()
    assert len(text.splitlines()) == 1
    assert parse({COMMIT: text}).entries[0].error == "a\nb\u2028c\x85d\r\x00é"


def test_metrics_of_a_run_that_diverged_are_null() -> None:
    text = line(replace(END, run=replace(OUTCOME, metrics={"a": math.nan, "b": -math.inf})))
    (found,) = parse({COMMIT: text}).entries
    assert found.run
    assert found.run.metrics == {"a": None, "b": None}


def test_an_entry_that_is_there_twice_counts_once() -> None:
    found = parse({COMMIT: f"{line(RUN)}\n{line(RUN)}\n", "d" * 40: line(RUN)})
    assert found.entries == (RUN,)


def test_entries_come_in_the_order_of_time_and_not_of_text() -> None:
    earlier = replace(RUN, at="2026-01-02T04:00:00+02:00", id="z")
    assert parse({COMMIT: f"{line(RUN)}\n{line(earlier)}"}).entries == (earlier, RUN)


def changed(**changes: Any) -> str:
    """A whole line with other values; None takes one out."""
    told = {**json.loads(line(WHOLE)), **changes}
    return json.dumps({name: value for name, value in told.items() if value is not None})


DAMAGED = {
    "no json": ("hello", "is no line of the ledger"),
    "cut": (line(WHOLE)[:-20], "is no line of the ledger"),
    "no object": ("[1]", "is no line of the ledger"),
    "no version": ('{"a": 1}', "is no line of the ledger"),
    "nested": ("[" * 100_000, "is no line of the ledger"),
    "a later format": (changed(format_version="2.0"), "has format 2.0, this version of aml reads 1.0"),
    "no id": (changed(id=None), "has no proper id"),
    "an empty id": (changed(id=""), "no name"),
    "no commit": (changed(commit=None), "has no proper commit"),
    "a number": (changed(status=1), "has no proper status"),
    "a kind that there is not": (changed(address="pet/dog"), "says what cannot be: 'pet' is not a valid Kind"),
    "a kind alone": (changed(address="job/"), "no name"),
    "no time": (changed(at="yesterday"), "says what cannot be: Invalid isoformat string: 'yesterday'"),
    "a time anywhere": (changed(at="2026-01-02T03:04:05"), "a time without its zone"),
    "an end anywhere": (changed(run={"status": "Failed", "ended_at": "2026-01-02"}), "a time without its zone"),
    "a run that has no status": (changed(run={}), "has no proper run.status"),
    "metrics that are words": (changed(run={"status": "Failed", "metrics": {"a": "b"}}), "no proper run.metrics.a"),
    "half a character": (line(replace(RUN, error="x")).replace('"x"', '"\\ud800"'), "has no proper"),
    "no utf-8": (line(replace(RUN, error="x")).replace('"x"', '"\udcff"'), ""),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_line_is_told_and_passed_over(name: str) -> None:
    text, why = DAMAGED[name]
    found = parse({COMMIT: f"{line(RUN)}\n{text}\n{line(END)}\n"})
    assert [(entry.id) for entry in found.entries] == ["1", "2"]
    (damage,) = found.damage
    assert (damage.place, damage.line) == (COMMIT, 2)
    assert why in damage.why
    assert str(damage).startswith("note on cccccccccccc, line 2: ")


def test_keys_of_a_later_version_are_passed_over() -> None:
    assert parse({COMMIT: changed(format_version="1.7", mood="good")}).entries == (WHOLE,)


@given(st.text(), st.integers(0, 1000))
def test_no_text_breaks_the_reading(noise: str, cut: int) -> None:
    found = parse({COMMIT: f"{line(WHOLE)[:cut]}\n{noise}\n{line(RUN)}\n"})
    assert RUN in found.entries


def test_runs_are_open_until_a_line_says_how_they_ended() -> None:
    again = replace(RUN, id="3", at="2026-02-02T03:04:05+00:00", action="no-op")
    failed = replace(RUN, id="4", status="failed", live_name="train-4567")
    compute = replace(RUN, id="5", address="compute/cpu", action="create", live_name="cpu")
    elsewhere = replace(RUN, id="6", workspace="/elsewhere")
    begun = "\n".join(map(line, [RUN, again, failed, compute, elsewhere]))
    assert {entry.id for entry in parse({COMMIT: begun}).open()} == {"1", "6"}
    found = parse({COMMIT: f"{begun}\n{line(END)}"})
    assert {entry.id for entry in found.open()} == {"6"}
    assert found.outcomes() == {"1": OUTCOME, "2": OUTCOME, "3": OUTCOME}
    assert OUTCOME.seconds == 150.5


def test_in_a_workspace_made_anew_the_same_name_is_another_run() -> None:
    """What was told of a run before its workspace was deleted stays what it was."""
    anew = "2026-07-02T03:{}:00+00:00"
    later = replace(OUTCOME, created_at=anew.format("00"), ended_at=anew.format("09"), metrics={"accuracy": 0.5})
    reused = replace(RUN, id="3", at=anew.format("01"), action="no-op")
    begun = replace(RUN, id="4", at=anew.format("02"))
    ended = replace(END, id="5", at=anew.format("10"), run=later)
    both = Ledger((RUN, END, begun, ended))
    assert both.outcomes() == {"1": OUTCOME, "2": OUTCOME, "4": later, "5": later}
    assert Ledger((RUN, END, reused)).outcomes()["3"] == OUTCOME
    unknown = Ledger((RUN, begun, ended))
    assert unknown.outcomes() == {"4": later, "5": later}
    assert unknown.open() == (RUN,)


SECRET = "correct horse battery staple"  # of no known shape
SHAPED = "ghp_" + "a1B2" * 10


def test_no_secret_gets_in() -> None:
    redacted = Secrets({"AML_SECRET_LAKE": SECRET}).redacted
    places = {
        "error": f"refused: {SECRET} {SHAPED}",
        "ref": f"refs/heads/{SHAPED}",
        "actor": SHAPED,
        "workflow_run": f"https://ada:{SHAPED}@github.com/",
    }
    parameters = {"api_key": "hunter2-hunter2", "token": SHAPED, SECRET: "x", "note": SECRET, "rate": "0.1"}
    outcome = replace(OUTCOME, error=SECRET, parameters=parameters, metrics={SHAPED: 1.0})
    text = line(replace(END, **places, run=outcome), redacted)
    for secret in (SECRET, SHAPED, "hunter2"):
        assert secret not in text
    (found,) = parse({COMMIT: text}).entries
    assert found.run
    assert found.run.parameters["rate"] == "0.1"


@given(st.text(min_size=4), st.sampled_from(["error", "ref", "actor", "workflow_run"]))
def test_no_value_of_a_secret_gets_in(secret: str, place: str) -> None:
    text = line(replace(RUN, **{place: f"<{secret}>"}), Secrets({"AML_SECRET_X": secret}).redacted)
    assert f"<{secret}>" not in json.loads(text)[place]


def test_a_secret_that_is_a_common_word_damages_nothing() -> None:
    text = line(WHOLE, Secrets({"AML_SECRET_A": "1", "AML_SECRET_B": "run", "AML_SECRET_C": "Completed"}).redacted)
    assert parse({COMMIT: text}).damage == ()


def test_what_people_have_to_know_of_it() -> None:
    assert parse({}).wanting() == (NONE,)
    assert parse({COMMIT: line(RUN)}).wanting() == ()
    assert parse({COMMIT: "{"}).wanting() == ("passed over: note on cccccccccccc, line 1: is no line of the ledger",)
