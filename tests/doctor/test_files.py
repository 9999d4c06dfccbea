"""What is found about a clone and a project."""

import pytest

from runner.doctor.facts import Clone, Project, Target, Unread
from runner.doctor.judge import files
from runner.model.findings import Finding, Level

OK, WARNING, ERROR = Level.OK, Level.WARNING, Level.ERROR
COMMIT = "c" * 40
LOCAL = Target("local", allow_dirty=True)
PROD = Target("prod", "s", "rg-ml", "mlw")


def levels(found: list[Finding]) -> dict[str, Level]:
    return {finding.check: finding.level for finding in found}


@pytest.mark.parametrize(
    ("clone", "expected", "advice"),
    [
        (None, {"repository": WARNING}, "git init"),
        (Unread("git cannot be started; is it installed?"), {"repository": ERROR}, ""),
        (Clone("2.39", "", "refs/heads/main", False), {"version": OK, "commit": WARNING}, "git commit"),
        (Clone("2.39", COMMIT, "", False), {"version": OK, "commit": OK, "history": OK}, ""),
        (
            Clone("2.39", COMMIT, "", True),
            {"version": OK, "commit": OK, "history": WARNING},
            "git fetch --unshallow; in a workflow: fetch-depth: 0",
        ),
        (
            Clone("2.39", COMMIT, "", False, frozenset({"origin"})),
            {"version": OK, "commit": OK, "history": OK, "notes": OK},
            "git config --add remote.origin.fetch 'refs/notes/*:refs/notes/*'",
        ),
        (
            Clone("2.39", COMMIT, "", False, frozenset({"origin"}), frozenset({"origin"})),
            {"version": OK, "commit": OK, "history": OK, "notes": OK},
            "",
        ),
    ],
)
def test_clones(clone: Clone | Unread | None, expected: dict[str, Level], advice: str) -> None:
    found = list(files.clone(clone))
    assert (levels(found), found[-1].advice) == (expected, advice)


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (Unread("no specs/project.yml in /x or above it"), {"project": ERROR}),
        (Project("/x", LOCAL, 3, dirty=False), {"project": OK, "specs": OK, "target": OK, "changes": OK}),
        (Project("/x", LOCAL, 3, dirty=True), {"project": OK, "specs": OK, "target": OK, "changes": OK}),
        (Project("/x", PROD, 3, dirty=True), {"project": OK, "specs": OK, "target": OK, "changes": WARNING}),
        (Project("/x", PROD, Unread("2 errors in the specs")), {"project": OK, "specs": ERROR, "target": OK}),
        (Project("/x", Unread("no target 'x'"), 3, dirty=True), {"project": OK, "specs": OK, "target": ERROR}),
    ],
)
def test_projects(project: Project | Unread, expected: dict[str, Level]) -> None:
    assert levels(list(files.project(project))) == expected


def test_where_a_target_leads_is_said() -> None:
    places = [
        next(found.message for found in files.project(Project("/x", target, 1)) if found.check == "target")
        for target in (LOCAL, PROD)
    ]
    assert places == ["local: the embedded workspace", "prod: mlw in rg-ml, subscription s"]
