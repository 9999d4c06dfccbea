"""Findings as a person and a machine read them."""

import json

from runner.model.findings import Checkup, Finding, Level
from runner.report import checkup

LONG = "a shallow clone: " + "words " * 20 + "/a/path/that/is/long/" + "x" * 80
FOUND = Checkup(
    "azure",
    (
        Finding("git", "version", Level.OK, "2.39.5"),
        Finding("git", "history", Level.WARNING, LONG, "git fetch --unshallow"),
        Finding("roles", "plan", Level.ERROR, "may not read\x1b[31m jobs"),
        Finding("storage", "container", Level.UNKNOWN, "was not looked into"),
    ),
)


def test_a_paragraph_for_each_group() -> None:
    lines = [line.text for line in checkup.text(FOUND)]
    assert lines[:3] == ["git", "  ok       version: 2.39.5", lines[2]]
    assert lines[2].startswith("  warning  history: a shallow clone: words words")
    assert lines[-6:] == [
        "roles",
        "  error    plan: may not read\ufffd[31m jobs",
        "storage",
        "  unknown  container: was not looked into",
        "",
        "1 ok, 1 to look at, 1 wrong, 1 unknown.",
    ]
    assert "           -> git fetch --unshallow" in lines


def test_80_columns_and_nothing_cut() -> None:
    lines = [line.text for line in checkup.text(FOUND)]
    wide = [line for line in lines if len(line) > 80]
    assert wide == [line for line in lines if line.endswith("x" * 80)]
    assert " ".join(" ".join(lines).split()).count("words") == 20


def test_well_unless_something_is_wrong() -> None:
    assert not FOUND.well
    assert Checkup("azure", FOUND.findings[:2]).well


def test_the_document() -> None:
    found = json.loads(checkup.document(FOUND, "now"))
    assert (found["target"], found["created_at"]) == ("azure", "now")
    assert found["summary"] == {"ok": 1, "warning": 1, "error": 1, "unknown": 1}
    assert found["findings"][0] == {"group": "git", "check": "version", "level": "ok", "message": "2.39.5"}
    assert found["findings"][1]["advice"] == "git fetch --unshallow"
    assert json.loads(checkup.document(Checkup("", ()), "now"))["target"] is None
