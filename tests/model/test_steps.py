"""What became of resources, commit by commit."""

from dataclasses import replace
from datetime import UTC, datetime

from runner.model.commits import Commit
from runner.model.ledger import Ledger
from runner.model.outcome import Outcome
from runner.model.steps import Series, Wanted, series, steps
from tests.builders import key
from tests.model.test_ledger import COMMIT, END, RUN

OTHER = "d" * 40
LATER = replace(RUN, id="3", at="2026-03-01T00:00:00+00:00", commit=OTHER, live_name="train-2", digest="e" * 64)
LATER_END = replace(LATER, id="4", action="finish", run=Outcome("Completed", metrics={"loss": 0.5, "nan": None}))
CPU = replace(RUN, id="5", at="2026-02-01T00:00:00+00:00", address="compute/cpu", action="create", target="dev")
LEDGER = Ledger((RUN, END, CPU, LATER, LATER_END))
EDIT = Commit("f" * 40, "Ada", "2026-02-15T00:00:00+00:00", "Edit it")


def told(wanted: Wanted, touching: tuple[str, ...] = ()) -> list[tuple[str, list[str]]]:
    found = steps(LEDGER, wanted, {EDIT.id: EDIT}, touching)
    return [(step.commit.id[0], [entry.live_name for entry in step.entries]) for step in found]


def test_all_of_it() -> None:
    assert told(Wanted()) == [("c", ["train-0123", "train-0123"]), ("d", ["train-2"])]


def test_of_one_key_with_the_commits_that_changed_it() -> None:
    wanted = Wanted(frozenset({key("job/train")}))
    assert told(wanted, (EDIT.id,)) == [("c", ["train-0123"]), ("f", []), ("d", ["train-2"])]


def test_of_one_target_and_from_a_day_on() -> None:
    assert told(Wanted(commit=OTHER)) == [("d", ["train-2"])]
    assert told(Wanted(target="dev")) == [("c", ["train-0123"])]
    late = Wanted(since=datetime(2026, 2, 20, tzinfo=UTC))
    assert told(late, (EDIT.id,)) == [("d", ["train-2"])]


def test_a_run_is_told_with_its_end() -> None:
    (entry,) = steps(LEDGER, Wanted(target="prod"), {})[0].entries
    assert entry.run == END.run


def test_the_metrics_of_each_job() -> None:
    again = replace(RUN, id="6", at="2026-04-01T00:00:00+00:00", action="no-op")
    entries = (*LEDGER.entries, again)
    found = steps(Ledger(entries), Wanted(target="prod"), {})
    gated = steps(Ledger((*entries[:-1], replace(again, gates=("steps", "unknown")))), Wanted(target="prod"), {})
    loss, count = Series(key("job/train"), "loss", (0.25, 0.5)), Series(key("job/train"), "steps", (12.0,))
    assert series(found) == (loss, count)
    assert series(gated) == (count,)
    assert series(found, most=1) == (loss,)


def test_values_of_a_metric_are_in_the_order_of_time_and_not_of_commits() -> None:
    anew = replace(RUN, id="6", at="2026-05-01T00:00:00+00:00")
    end = replace(
        END, id="7", at="2026-05-02T00:00:00+00:00", run=Outcome("Completed", "", "", "x", metrics={"loss": 1})
    )
    found = steps(Ledger((*LEDGER.entries, anew, end)), Wanted(target="prod"), {})
    assert [step.commit.id for step in found] == [COMMIT, OTHER]
    assert series(found)[0].values == (0.25, 0.5, 1)


def test_commits_that_are_not_here_have_their_ids() -> None:
    assert steps(LEDGER, Wanted(), {})[0].commit == Commit(COMMIT)
