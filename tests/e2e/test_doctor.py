"""`aml doctor` on a real embedded workspace: nothing is wrong there, and what is wrong around it is told."""

import json
import os
from pathlib import Path

import pytest

from tests.e2e.conftest import Done, Repo

pytestmark = pytest.mark.e2e


def levels(done: Done) -> dict[str, str]:
    """The worst level of each group."""
    order = ["ok", "unknown", "warning", "error"]
    found: dict[str, str] = {}
    for each in json.loads(done.out)["findings"]:
        found[each["group"]] = max(found.get(each["group"], "ok"), each["level"], key=order.index)
    return found


def test_nothing_is_wrong(iris: Repo) -> None:
    document = iris.aml("doctor", "--json")
    assert levels(document) == {
        "git": "ok",
        "project": "ok",
        "credential": "ok",
        "workspace": "ok",
        "roles": "ok",
        "storage": "ok",
        "capacity": "ok",
    }
    (compute,) = (each for each in json.loads(document.out)["findings"] if each["group"] == "capacity")
    assert f"{4 * (os.cpu_count() or 1)} cores, at most 0.00 USD an hour" in compute["message"]
    text = iris.aml("doctor").out
    assert "eyJ" not in text + document.out, "a token was printed"
    assert max(len(line) for line in text.splitlines() if "/" not in line) <= 80


def test_what_is_wrong_is_told_and_the_rest_is_still_checked(iris: Repo, tmp_path: Path) -> None:
    iris.git("commit", "-q", "--allow-empty", "-m", "another")
    iris.git("clone", "-q", "--depth", "1", f"file://{iris.root}", str(tmp_path / "shallow"))
    shallow = Repo(tmp_path / "shallow", iris.variables)
    assert levels(shallow.aml("doctor", "--json"))["git"] == "warning"
    shallow.edit("specs/jobs/iris-train.yml", "command:", "comand:")
    broken = shallow.aml("doctor", code=1)
    assert "  error    specs: " in broken.out
    assert "           -> git fetch --unshallow" in broken.out
    assert "  ok       workspace: embedded, region local" in broken.out
    assert "1 wrong" in broken.out


def test_outside_of_a_project(tmp_path: Path, state: dict[str, str]) -> None:
    (tmp_path / "nowhere").mkdir()
    done = Repo(tmp_path / "nowhere", state).aml("doctor", code=1)
    assert "  error    project: no specs/project.yml in" in done.out
    assert "  unknown  workspace: was not asked: there is no target" in done.out
