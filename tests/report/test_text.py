"""Plans, results and status for people, as they stand on a terminal of 80 columns."""

from typing import Any

import pytest

from runner.model.live import LiveState
from runner.model.plan import Action, Plan, Reason, Result
from runner.plan.planner import make_plan
from runner.report import status, text
from runner.report.lines import Line
from runner.report.text import MOST_FILES
from tests.builders import JOB, change, code, desired, key, live, plan, present, resource, run_of

CPU = resource("compute/cpu-cluster", {"name": "cpu-cluster", "type": "amlcompute", "max_instances": 4})
IRIS = resource("data/iris", {"name": "iris", "path": "https://example.com", "version": "1"})
ENV = resource("environment/env", {"name": "env", "image": "mcr.microsoft.com/x:1", "version": "1"})
TRAIN = resource("job/iris-train", {**JOB, "code": "src"}, trees=code(main_py="1", util_py="2"))
BEFORE = resource("job/iris-train", {**JOB, "inputs": {"rate": 0.5}}, trees=code(main_py="0", old_py="2"))
STATE = desired(CPU, IRIS, ENV, TRAIN)


def shown(lines: Any) -> str:
    return "".join(f"{line.text}\n" for line in lines)


def test_a_first_plan() -> None:
    assert shown(text.plan(make_plan(STATE, LiveState()))) == (
        f"""\
  + compute/cpu-cluster
  + data/iris:1
  + environment/env:1
  > job/iris-train
      never ran; runs as {run_of(TRAIN).name}

Plan: 3 to create, 0 to update, 0 to delete, 1 to run (0 unchanged).
"""
    )


def a_later_plan() -> Plan:
    found = live(STATE)
    computes = {"cpu-cluster": present(CPU, max_instances=1)}
    return make_plan(STATE, LiveState(computes=computes, assets=found.assets, runs=(run_of(BEFORE),)))


def test_a_later_plan_says_why() -> None:
    assert shown(text.plan(a_later_plan())) == (
        f"""\
Changed in the workspace, and not by a spec; apply takes it back:
  compute/cpu-cluster  max_instances: 4 -> 1

  ~ compute/cpu-cluster
      max_instances: 1 -> 4
  > job/iris-train
      code: main.py changed
      code: old.py removed
      code: util.py added
      inputs.iris: (none) -> azureml:iris:1
      inputs.rate: 0.5 -> 0.9
      the last run was {run_of(BEFORE).name}; runs as {run_of(TRAIN).name}

Plan: 0 to create, 1 to update, 0 to delete, 1 to run (2 unchanged).
"""
    )


def test_nothing_to_do() -> None:
    assert shown(text.plan(make_plan(STATE, live(STATE)))) == "No changes.\n"


def test_nothing_to_do_explained() -> None:
    assert shown(text.plan(make_plan(STATE, live(STATE)), explain=True)) == (
        f"""\
    compute/cpu-cluster
      in sync
    data/iris:1
      in sync
    environment/env:1
      in sync
    job/iris-train
      satisfied by {run_of(TRAIN).name}

No changes.
"""
    )


def test_what_is_left_to_others_is_shown_and_counted() -> None:
    left = change("compute/a", Action.UPDATE, Reason("max_instances", 1, 2), withheld="left to main")
    shown_as = "  ~ compute/a  (left to main)\n      max_instances: 1 -> 2\n"
    assert shown(text.plan(plan(left))) == f"{shown_as}\nNo changes from here: 1 left to main.\n"
    both = shown(text.plan(plan(left, change("data/b", Action.CREATE), change("data/c", Action.NO_OP))))
    assert both.endswith("\nPlan: 1 to create, 0 to update, 0 to delete, 0 to run (1 unchanged, 1 left to main).\n")


def test_the_plans_of_the_demo_fit_a_terminal() -> None:
    lines = [*text.plan(make_plan(STATE, LiveState())), *text.plan(a_later_plan())]
    assert max(len(line.text) for line in lines) <= 80


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason("a", None, 1), "a: (none) -> 1"),
        (Reason("a", True, None), "a: true -> (none)"),
        (Reason("a", "", "x\n  y"), "a:  -> x y"),
        (Reason("a", ["b"], {"c": 1}), "a: ['b'] -> {'c': 1}"),
        (Reason("a", "x" * 61, "y" * 60), f"a: {'x' * 57}... -> {'y' * 60}"),
        (Reason("code", None, "1", file="a.py"), "code: a.py added"),
        (Reason("code", "1", None, file="a.py"), "code: a.py removed"),
        (Reason("code", "1", "2", file="a b/ü.py"), "code: a b/ü.py changed"),
        (Reason("code"), "code: changed"),
        (Reason("a", 1, 2, commit="0123456789abcdef" * 2), "a: 1 -> 2 (0123456789)"),
        (Reason("code", "1", "2", "a.py", "0123456789abcdef"), "code: a.py changed (0123456789)"),
        (Reason("environment", commit="0123456789abcdef"), "environment: changed (0123456789)"),
    ],
)
def test_reasons(reason: Reason, expected: str) -> None:
    lines = list(text.plan(plan(change("compute/cpu", Action.UPDATE, reason))))
    assert lines[1].text == f"      {expected}"


def test_no_more_files_than_people_read() -> None:
    files = [Reason("code", "1", "2", file=f"f{number:02}.py") for number in range(MOST_FILES + 3)]
    inputs = [Reason("inputs.iris", None, "1", file="a.csv"), Reason("rate", 1, 2)]
    lines = [line.text.strip() for line in text.plan(plan(change("job/a", Action.RUN, *files, *inputs)))]
    assert lines[1 : MOST_FILES + 1] == [f"code: f{number:02}.py changed" for number in range(MOST_FILES)]
    assert lines[MOST_FILES + 1 : MOST_FILES + 4] == [
        "inputs.iris: a.csv added",
        "rate: 1 -> 2",
        "code: and 3 more",
    ]


def test_what_a_run_takes_the_place_of() -> None:
    made = plan(change("job/a", Action.RUN, live_name="a-2", state="the last run was a-1", supersedes=("a-1", "a-0")))
    assert shown(text.plan(made)).splitlines()[:4] == [
        "  > job/a",
        "      cancels a-1, which it takes the place of",
        "      cancels a-0, which it takes the place of",
        "      the last run was a-1; runs as a-2",
    ]


def test_a_label_that_moved_is_told_though_nothing_changes() -> None:
    made = plan(change("job/a", Action.NO_OP, state="satisfied by a-1", moved=(Reason("environment", "2", "3"),)))
    assert shown(text.plan(made)) == (
        """\
  moved: job/a: environment: 2 -> 3; runs keep what they ran with

No changes.
"""
    )


def test_an_asset_that_comes_back_from_the_archive() -> None:
    made = plan(change("data/iris", Action.UPDATE, Reason("archived", True, False), live_name="iris:1"))
    assert shown(text.plan(made)).splitlines()[:2] == ["  ~ data/iris:1", "      archived: true -> false"]


FACTS = {
    "status": "Completed",
    "error": "",
    "seconds": {"Preparing": 12.0, "Running": 250.0, "Finalizing": 0.4},
    "metrics": {"accuracy": 0.96666, "test-multi_logloss": 0.3, "rows": 1234567.0},
}
FAILED = {"status": "Failed", "error": "the command ended\n with exit code 3", "metrics": {}}


def test_results() -> None:
    found = [
        Result(key("compute/cpu"), Action.CREATE, "cpu", "done"),
        Result(key("data/iris"), Action.CREATE, "iris:1", "failed", error="data iris:\n no quota"),
        Result(key("job/a"), Action.RUN, "a-1", "skipped", because="data/iris did not succeed"),
        Result(key("job/b"), Action.RUN, "b-1", "done", run=FACTS),
        Result(key("job/c"), Action.NO_OP, "c-1", "done", run=FAILED),
    ]
    assert shown(text.results(found)) == (
        """\
failed: data/iris: data iris: no quota
skipped: job/a: data/iris did not succeed
job/b  Completed
  run      b-1
  phases   preparing 12.0 s, running 4 min 10 s, finalizing 0.4 s
  metrics  accuracy            0.9667
           test-multi_logloss  0.3
           rows                1.2346e+06
job/c  Failed
  run      c-1 (of an earlier apply: nothing had to run)
  reason   the command ended with exit code 3
"""
    )


@pytest.mark.parametrize(
    ("results", "seconds", "expected"),
    [
        ([], 5.0, ""),
        ([Result(key("job/a"), Action.NO_OP, "a-1", "done", run=FACTS)], 5.0, ""),
        ([Result(key("compute/a"), Action.CREATE, "a", "done")], 1.25, "1 of 1 applied in 1.2 s.\n"),
        (
            [
                Result(key("compute/a"), Action.CREATE, "a", "failed"),
                Result(key("job/b"), Action.RUN, "b-1", "done", run=FACTS),
            ],
            270.0,
            "1 of 2 applied in 4 min 30 s, 8.0 s of it aml's own.\n",
        ),
    ],
)
def test_tally(results: list[Result], seconds: float, expected: str) -> None:
    assert shown(text.tally(results, seconds)) == expected


def test_status() -> None:
    made = plan(
        change("compute/cpu", Action.NO_OP, state="in sync, Failed"),
        change("compute/gpu", Action.UPDATE, Reason("max_instances", 1, 4)),
        change("data/iris", Action.CREATE),
        change("data/other", Action.NO_OP),
        change("job/a", Action.RUN, state="never ran"),
        change("job/b", Action.NO_OP, live_name="b-1", run_status="Completed"),
    )
    assert shown(status.status(made, {key("job/b"): FAILED})) == (
        """\
compute/cpu  in sync, Failed
compute/gpu  differs
  max_instances: 1 -> 4
data/iris  not there yet
data/other  in sync
job/a  no run of this content
job/b  Failed
  run      b-1
  reason   the command ended with exit code 3
"""
    )


HOSTILE = "\x1b[31mred\x1b]0;title\x07\n::add-mask::x\r\u202egnp.exe\u2066\x9b2J\u2028end\x7f\udc80"


@pytest.mark.parametrize(
    "place",
    ["field", "before", "after", "file", "commit", "state", "live_name", "supersedes", "status", "error", "metric"],
)
def test_nothing_from_outside_steers_the_terminal(place: str) -> None:
    facts: dict[str, Any] = {"status": "Failed", "error": "x", "metrics": {"m": 1.0}}
    reason = (
        {"field": "f", "before": "b", "after": "a", "file": ""} | {place: HOSTILE} if place in Reason.__slots__ else {}
    )
    about: dict[str, Any] = {place: HOSTILE} if place in {"state", "live_name"} else {}
    about |= {place: (HOSTILE,)} if place == "supersedes" else {}
    moved = (Reason(**reason),) if reason else ()
    facts |= {place: HOSTILE} if place in {"status", "error"} else {}
    facts |= {"metrics": {HOSTILE: 1.0}} if place == "metric" else {}
    made = plan(
        change("compute/a", Action.UPDATE, *([Reason(**reason)] if reason else []), **about),
        change("data/b", Action.NO_OP, moved=moved, **about),
        change("job/c", Action.RUN, **about),
    )
    result = Result(key("job/c"), Action.RUN, HOSTILE if place == "live_name" else "c-1", "done", run=facts)
    failed = Result(key("job/d"), Action.RUN, "d", "failed", error=facts["error"])
    lines: list[Line] = [
        *text.plan(made, explain=True),
        *status.status(made, {key("job/c"): facts}),
        *text.results([result, failed]),
    ]
    everything = "".join(line.text for line in lines)
    assert "red" in everything
    assert not set(HOSTILE) & set("\x1b\x07\n\r\u202e\u2066\x9b\u2028\x7f\udc80") & set(everything)
    assert not any(line.text.lstrip().startswith("::") for line in lines)
