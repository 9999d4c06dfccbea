"""What a comment says, beyond the golden ones: every state, what is rare, and what is huge."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from runner.model.diagnostics import Diagnostic
from runner.model.gates import Gate, Verdict
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Plan, Reason, Result
from runner.model.review import Cost, Curve, Review, Stage, Trained, Trial
from runner.report.comment import comment
from runner.report.comment.parts import ROOM, size
from tests.builders import ORIGIN, change, plan
from tests.report.comment import hostile
from tests.samples import reviews

RUN = change("job/iris-train", Action.RUN)
DONE = Trained("iris-train-1", "Completed", metrics={"loss": 0.2})
PLANNED = Review("local", Stage.PLANNED, "c" * 40, plan(RUN))


def trial(head: Trained = DONE, base: Trained | None = None, *, reused: bool = False) -> Trial:
    """A trial of the one job."""
    return Trial(RUN.key, head, base, reused=reused)


def finished(*trials: Trial) -> Review:
    """A review of runs that are over."""
    return replace(PLANNED, stage=Stage.FINISHED, trials=trials)


LOST = Result(Key(Kind.COMPUTE, "cpu"), Action.UPDATE, "cpu", "unknown", error="no answer")
STATES = {
    "📋 1 run on `local`: planned": PLANNED,
    "✅ Nothing to do on `local`: up to date": replace(PLANNED, plan=plan()),
    "❌ 1 run on `local`: 1 error, nothing can be applied": replace(
        PLANNED, plan=plan(RUN, diagnostics=[Diagnostic("no")])
    ),
    "✅ Specs for `local`: valid": replace(PLANNED, plan=None),
    "❌ Specs for `local`: 1 error": Review("local", Stage.INVALID, "", diagnostics=(Diagnostic("no"),)),
    "⏳ 1 run on `local`: running, 0 of 1 over": replace(
        PLANNED, stage=Stage.RUNNING, trials=(trial(replace(DONE, status="Queued")),)
    ),
    "⚠️ 1 run on `local`: the workflow was canceled, its runs may go on": replace(PLANNED, stage=Stage.ABORTED),
    "✅ 1 run on `local`: done": finished(trial()),
    "✅ 1 run on `local`: better": finished(trial(base=replace(DONE, metrics={"loss": 0.3}))),
    "✅ 1 run on `local`: as good as before": finished(trial(base=DONE)),
    "⚠️ 1 run on `local`: worse": finished(trial(base=replace(DONE, metrics={"loss": 0.1}))),
    "❌ 1 run on `local`: 1 run failed": finished(trial(replace(DONE, status="Canceled"))),
    "❌ 1 run on `local`: 1 run failed, 1 change was not applied": replace(
        finished(trial(replace(DONE, status="NotFound"))), results=(LOST,)
    ),
    "✅ 1 earlier run on `local`: done": replace(finished(trial(reused=True)), plan=plan()),
}


@pytest.mark.parametrize("expected", STATES)
def test_the_headline(expected: str) -> None:
    assert comment(STATES[expected]).splitlines()[0] == f"### {expected}"


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({}, ""),
        ({RUN.key: Cost(1234.5, "how")}, "costs at most **$1,234.50**"),
        ({RUN.key: Cost(None, "how")}, "cost **unknown**"),
        ({RUN.key: Cost(0.001, "how")}, "costs at most **less than $0.01**"),
        ({RUN.key: Cost(1e300, "how")}, "costs at most **more than $1,000,000,000**"),
        ({RUN.key: Cost(0, "how")}, "costs at most **$0.00**"),
        ({Key(Kind.JOB, "elsewhere"): Cost(1, "how")}, "cost **unknown**"),
    ],
)
def test_the_cost(costs: dict[Key, Cost], expected: str) -> None:
    assert comment(replace(PLANNED, costs=costs)).splitlines()[2] == " · ".join(
        filter(None, ["commit `cccccccccc`", expected])
    )


def test_unknown_costs_are_counted_beside_the_sum() -> None:
    other = change("job/other", Action.RUN)
    text = comment(
        replace(PLANNED, plan=plan(RUN, other), costs={RUN.key: Cost(1, "how"), other.key: Cost(None, "no price")})
    )
    assert "costs at most **$1.00** and 1 unknown" in text
    assert "| `job/other` | never ran | unknown |" in text
    assert "- `job/other`: unknown, no price" in text


def test_a_change_that_takes_something_away() -> None:
    old = change("data/iris", Action.DELETE, removes=("1", "2"), state="no spec asks for it")
    run = change("job/iris-train", Action.RUN, supersedes=("iris-train-0",))
    new = change("compute/cpu", Action.REPLACE, Reason("size", "a", "b", forces_replacement=True))
    text = comment(replace(PLANNED, plan=plan(new, run, old)))
    assert "takes away 2 versions or runs" in text
    assert "cancels `iris-train-0`, which it takes the place of" in text
    assert "`size`: `a` → `b` **forces replacement**" in text
    assert "- size: a\n+ size: b  # forces replacement\n" in text


def test_long_values_are_compared_line_by_line() -> None:
    before, after = ("\n".join([*map(str, range(20)), last]) for last in ("old", "new"))
    text = comment(replace(PLANNED, plan=plan(change("job/a", Action.RUN, Reason("command", before, after)))))
    assert "  command:\n 19\n-old\n+new\n" in text


def test_more_than_twenty_rows_are_folded() -> None:
    runs = [change(f"job/iris-{number:02}", Action.RUN) for number in range(25)]
    text = comment(replace(PLANNED, plan=plan(*runs)))
    assert text.index("job/iris-19") < text.index("<details><summary>5 more</summary>") < text.index("job/iris-20")


def test_a_run_that_was_there_and_a_model_that_came_of_it() -> None:
    text = comment(finished(replace(trial(reused=True), registered="iris:3")))
    assert "trained before: nothing had to run<br>registered as `iris:3`" in text


def test_a_model_that_was_not_to_be_had() -> None:
    text = comment(finished(replace(trial(), unregistered="not registered as iris: nothing is there")))
    assert "1 model was not registered" in text
    assert "not registered as iris: nothing is there |" in text


def test_huge() -> None:
    found = reviews.huge()
    for review in (found, replace(found, trials=(), stage=Stage.PLANNED), replace(found, stage=Stage.RUNNING)):
        began = time.process_time()
        text = comment(review)
        assert time.process_time() - began < 1
        assert size(text) <= ROOM
        assert "**Left out**" in text
        assert text.count("job/iris-") >= 300  # every run has its row, if a short one


@pytest.mark.parametrize("review", [hostile.planned, hostile.finished, hostile.alone], ids=lambda made: made.__name__)
@pytest.mark.parametrize("letter", ["x", "🙂", "`", "\n", "|", "a b "])
def test_texts_without_end(review: Callable[[str], Review], letter: str) -> None:
    text = comment(review(letter * 100_000 + "x"))
    assert size(text) <= ROOM
    assert text.count("<details>") == text.count("</details>")


def test_everything_that_is_long_at_once() -> None:
    curve = Curve("loss", tuple(range(5000)), tuple(1 / (step + 1) for step in range(5000)))
    reasons = tuple(Reason(f"field{number}", "a\n" * 500, "b\n" * 500) for number in range(500))
    runs = [change(f"job/{'j' * 200}{number}", Action.RUN, *reasons) for number in range(100)]
    head = Trained("r" * 250, "Failed", error="e" * 9999, tail=("t" * 9999,) * 999, curves=(curve,) * 50)
    trials = tuple(Trial(each.key, head, head) for each in runs)
    found = Plan(ORIGIN, tuple(runs), tuple(Diagnostic(f"w{number} " * 500) for number in range(300)))
    began = time.process_time()
    text = comment(Review("local", Stage.FINISHED, "c" * 40, found, trials=trials))
    assert time.process_time() - began < 5
    assert size(text) <= ROOM


def test_of_many_runs_those_with_failed_gates_are_shown_whole() -> None:
    good, bad = (Verdict(Gate("loss", at_most=1), passed=passed, why="so") for passed in (True, False))
    keys = [Key(Kind.JOB, f"iris-{number}") for number in range(4)]
    gates = ((good,), (good,), (bad,), (good,))
    trials = (Trial(key, DONE, None, found) for key, found in zip(keys, gates, strict=True))
    text = comment(finished(*trials))
    assert text.count("#### ") == 1
    assert "#### `job/iris-2`" in text
    assert text.count("</code> against the base</summary>") == 3
