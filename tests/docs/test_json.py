"""docs/json.md names exactly the fields that the documents have. That its examples are real, test_transcripts says."""

import json
from typing import Any

import pytest

from runner.cli import init
from runner.desired.scaffold import Scaffold
from runner.model.commits import Commit
from runner.model.contrast import Contrast, Pair
from runner.model.diagnostics import Diagnostic, Position
from runner.model.findings import Checkup, Finding, Level
from runner.model.imports import Imported
from runner.model.keys import Key, Kind
from runner.model.lineage import Lineage
from runner.model.outcome import Outcome
from runner.model.plan import Action, Change, Drift, Plan, Reason, Result
from runner.model.reproduction import Again, Now, Record, Reproduction
from runner.model.resource import Origin
from runner.model.traced import Traced
from runner.report import checkup, contrast, imports, lineage, reproduction
from runner.report import json as report
from tests.docs.markdown import ROOT, first_codes
from tests.docs.transcript import steps
from tests.model.test_ledger import RUN

PAGE = ROOT / "docs" / "json.md"
KEY = Key(Kind.JOB, "iris-train")
PLACE = Position("specs/jobs/iris-train.yml")
REASON = Reason("code", "1", "2", file="main.py", commit="c" * 40, forces_replacement=True)
CHANGE = Change(
    KEY,
    Action.RUN,
    "iris-train-1",
    "1" * 64,
    PLACE,
    (REASON,),
    supersedes=("older",),
    moved=(REASON,),
    since="c" * 40,
    removes=("older",),
    withheld="left to main",
)
DRIFT = Drift(KEY, "size", 1, 2, by="Ada", at="now")
PLAN = Plan(Origin("iris", "local"), (CHANGE,), (Diagnostic("look", PLACE),), drift=(DRIFT,))
CHECKUP = Checkup("local", (Finding("git", "history", Level.WARNING, "shallow", "git fetch --unshallow"),))
BEGUN = Scaffold(ROOT, "iris", in_git=True, written=("specs/project.yml",), kept=(".gitignore",))
TRACED = Traced(Lineage(RUN), changed=Commit("c" * 40))
CONTRAST = Contrast("local", Commit("1"), Commit("2"), (Pair(KEY, None, None),))
RECORD = Record(KEY, "x", "local", "1", dirty=False, digest="1", scheme="1", known_from="ledger", outcome=Outcome(""))
REPRODUCTION = Reproduction(RECORD, Commit("1"), reproduced=True, now=Now(Commit("2"), same=True))
RESULT = Result(KEY, Action.RUN, "iris-train-1", "done", error="an error", because="a cause", run={"status": "Failed"})


def _example(command: str) -> Any:
    """The document that the page shows for a command."""
    shown = next(step.shown for step in steps(PAGE) if step.command.startswith(command))
    return json.loads("\n".join(shown))


def _documents() -> dict[str, tuple[Any, str]]:
    """Heading -> an object with every field, and the heading of what it begins with."""
    plan = json.loads(report.plan(PLAN, "now"))
    results = json.loads(report.results(PLAN.origin, [RESULT], "now"))
    change = plan["resource_changes"][0]
    blame = json.loads(lineage.document(TRACED))
    doctor = json.loads(checkup.document(CHECKUP, "now"))
    diff = json.loads(contrast.document(CONTRAST))
    again = json.loads(
        reproduction.document(REPRODUCTION, Again("x", "local", "Completed", Outcome("Completed"), (), 0.0))
    )
    return {
        "Plan": (plan, "Head"),
        "Change": (change, ""),
        "Reason": (change["reasons"][0], ""),
        "Drift": ({name: value for drift in plan["drift"] for name, value in drift.items()}, "Reason"),
        "Diagnostic": (plan["diagnostics"][0], ""),
        "Apply": (results, "Head"),
        "Result": (results["results"][0], ""),
        # Only a run that was waited for has seconds: an example of one would have to train.
        "Run": (_example("aml apply")["results"][-1]["run"] | {"seconds": {}}, ""),
        "Status": (json.loads(report.status(PLAN, {}, [], "now")), "Head"),
        "Import": (json.loads(imports.document(Imported((), {}), PLAN.origin, "now")), ""),
        "Init": (json.loads(init._document(BEGUN)), ""),
        "Validate": (_example("aml validate"), ""),
        "Blame": (blame, ""),
        "Lineage": (blame["lineage"], ""),
        "Commit": (blame["changed"], ""),
        "Doctor": (doctor, ""),
        "Finding": (doctor["findings"][0], ""),
        "Diff": (diff, ""),
        "Pair": (diff["jobs"][0], ""),
        "Reproduction": (again, ""),
        "New run": (again["again"], ""),
    }


@pytest.mark.parametrize("heading", _documents())
def test_the_fields_of_every_object(heading: str) -> None:
    found, head = _documents()[heading]
    documented = first_codes(PAGE, heading) | (first_codes(PAGE, head) if head else set())
    assert documented == set(found)


def test_the_run_of_a_status_is_a_run_without_seconds() -> None:
    run = next(resource["run"] for resource in _example("aml status")["resources"] if "run" in resource)
    assert set(run) == first_codes(PAGE, "Run") - {"seconds"}


def test_the_format_version_is_stated() -> None:
    assert f"`format_version` is `{report.FORMAT_VERSION}`" in PAGE.read_text("utf-8")
