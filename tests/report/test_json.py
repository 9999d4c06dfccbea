"""The JSON documents: their exact form, and that they do nothing to a terminal."""

import json as standard
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runner import __version__
from runner.model.diagnostics import Diagnostic, Position, Severity
from runner.model.live import Stray
from runner.model.plan import Action, Reason, Result
from runner.model.resource import Origin
from runner.report import json
from tests.builders import change, key, plan
from tests.report.test_text import HOSTILE

CHANGE = change(
    "job/train",
    Action.RUN,
    Reason("inputs.rate", 0.9, 0.5),
    Reason("code", "1", "2", file="main.py"),
    live_name="train-0123456789ab",
    depends_on=(key("data/iris"),),
    state="never ran",
    position=Position("specs/jobs/train.yml", 3, 1),
)
PLAN = plan(
    change("data/iris", Action.NO_OP, live_name="iris:1"),
    CHANGE,
    diagnostics=[Diagnostic("odd", Position("specs/x.yml", 2, 3), Severity.WARNING), Diagnostic("bad")],
    origin=Origin("demo", "local"),
)
AT = "2026-01-01T00:00:00+00:00"
HEAD = {
    "format_version": "1.0",
    "tool_version": __version__,
    "project": "demo",
    "target": "local",
    "commit": None,
    "dirty": False,
    "created_at": AT,
}
CHANGES: list[dict[str, Any]] = [
    {
        "address": "data/iris",
        "kind": "data",
        "name": "iris",
        "action": "no-op",
        "reasons": [],
        "live_name": "iris:1",
        "digest": "d" * 64,
        "depends_on": [],
        "spec": {"path": "specs/iris.yml", "line": 1},
        "state": "",
    },
    {
        "address": "job/train",
        "kind": "job",
        "name": "train",
        "action": "run",
        "reasons": [
            {"field": "inputs.rate", "before": 0.9, "after": 0.5},
            {"field": "code", "before": "1", "after": "2", "file": "main.py"},
        ],
        "live_name": "train-0123456789ab",
        "digest": "d" * 64,
        "depends_on": ["data/iris"],
        "spec": {"path": "specs/jobs/train.yml", "line": 3},
        "state": "never ran",
    },
]
DIAGNOSTICS = [
    {"severity": "warning", "message": "odd", "file": "specs/x.yml", "line": 2, "column": 3},
    {"severity": "error", "message": "bad"},
]


def read(text: str) -> Any:
    return standard.loads(text)


def test_plan() -> None:
    assert read(json.plan(PLAN, AT)) == {
        **HEAD,
        "complete": True,
        "applyable": False,
        "resource_changes": CHANGES,
        "drift": [],
        "diagnostics": DIAGNOSTICS,
        "summary": {"create": 0, "update": 0, "run": 1, "replace": 0, "delete": 0, "adopt": 0, "unchanged": 1},
    }


def test_reasons_with_commits_what_gives_way_and_what_moved() -> None:
    made = plan(
        change("job/a", Action.RUN, Reason("rate", 1, 2, commit="c" * 40), supersedes=("a-1",)),
        change("job/b", Action.NO_OP, moved=(Reason("environment", "2", "3"),)),
    )
    found = read(json.plan(made, AT))
    first, second = found["resource_changes"]
    assert first["reasons"] == [{"field": "rate", "before": 1, "after": 2, "commit": "c" * 40}]
    assert (first["supersedes"], "supersedes" in second) == (["a-1"], False)
    assert found["drift"] == [
        {"address": "job/b", "cause": "label moved", "field": "environment", "before": "2", "after": "3"}
    ]


def test_results() -> None:
    run = {"status": "Completed", "metrics": {"loss": 0.5}}
    found = [
        Result(key("data/iris"), Action.CREATE, "iris:1", "failed", error="no"),
        Result(key("job/a"), Action.RUN, "a-1", "skipped", because="data/iris did not succeed"),
        Result(key("job/b"), Action.RUN, "b-1", "done", run=run),
    ]
    assert read(json.results(PLAN.origin, found, AT)) == {
        **HEAD,
        "results": [
            {"address": "data/iris", "action": "create", "live_name": "iris:1", "status": "failed", "error": "no"},
            {
                "address": "job/a",
                "action": "run",
                "live_name": "a-1",
                "status": "skipped",
                "because": "data/iris did not succeed",
            },
            {"address": "job/b", "action": "run", "live_name": "b-1", "status": "done", "run": run},
        ],
    }


def test_status() -> None:
    run = {"status": "Running", "metrics": {}}
    strays = [Stray("compute/x", "no project made it")]
    assert read(json.status(PLAN, {key("job/train"): run}, strays, AT)) == {
        **HEAD,
        "resources": [CHANGES[0], {**CHANGES[1], "run": run}],
        "unexplained": [{"address": "compute/x", "why": "no project made it"}],
        "diagnostics": DIAGNOSTICS,
    }


def test_what_json_cannot_say_is_null() -> None:
    run = {"status": "Completed", "metrics": {"loss": float("nan"), "best": float("-inf"), "fine": 0.5}}
    found = read(json.results(PLAN.origin, [Result(key("job/b"), Action.RUN, "b-1", "done", run=run)], ""))
    assert found["results"][0]["run"]["metrics"] == {"loss": None, "best": None, "fine": 0.5}


def test_it_is_readable() -> None:
    assert json.dump({"name": "größe 東京"}) == '{\n  "name": "größe 東京"\n}'


@given(st.recursive(st.text(st.characters()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_values_come_back_and_nothing_steers_the_terminal(value: Any) -> None:
    text = json.dump([value, HOSTILE])
    assert read(text) == [value, HOSTILE]
    assert not set(text) & set("\x1b\x07\r\u202e\u2066\x9b\u2028\x7f\udc80")
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    text.encode("utf-8")
