"""Everything a plan sends is copied before the first request, each tree once, and looked at again when it is sent."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from runner.apply.stage import ChangedError
from runner.apply.staging import staging
from runner.git import tree
from runner.git.repository import Repository
from runner.model.resource import FieldPath, Resource
from tests.builders import resource
from tests.repositories import Repo


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which staging happens, to see what is left of it."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def source(repo: Repo) -> Repo:
    repo.write("src/main.py", "print()\n")
    repo.write("iris.csv", "a,b\n")
    repo.write("twin/main.py", "print()\n")
    return repo


def job(repo: Repo, name: str, **places: str) -> Resource:
    """A job that sends these places of the repository: `code=src`, `inputs__iris__path=iris.csv`."""
    trees: dict[FieldPath, Any] = {
        tuple(field.split("__")): tree.read(repo.root / place, Repository(repo.root)) for field, place in places.items()
    }
    return resource(
        f"job/{name}", {"command": "x", "code": "src", "inputs": {"iris": {"path": "iris.csv"}}}, trees=trees
    )


def test_paths_lead_to_copies_that_are_gone_afterwards(source: Repo, temporary: Path) -> None:
    own = job(source, "a", code="src", inputs__iris__path="iris.csv")
    with staging([own], source.root) as staged:
        spec = staged.spec(own)
        code, iris = Path(spec["code"]), Path(spec["inputs"]["iris"]["path"])
        assert (code.name, (code / "main.py").read_text()) == ("src", "print()\n")
        assert (iris.name, iris.read_text()) == ("iris.csv", "a,b\n")
        assert code.is_relative_to(temporary)
    assert own.spec["code"] == "src"
    assert list(temporary.iterdir()) == []


def test_each_tree_once_and_each_folder_under_its_name(source: Repo) -> None:
    jobs = [job(source, "a", code="src"), job(source, "b", code="src"), job(source, "c", code="twin")]
    with staging(jobs, source.root) as staged:
        first, second, other = (staged.spec(each)["code"] for each in jobs)
    assert first == second
    assert (Path(first).name, Path(other).name) == ("src", "twin")


def test_a_change_since_the_plan_is_refused_before_anything_is_sent(source: Repo, temporary: Path) -> None:
    jobs = [job(source, "a", code="twin"), job(source, "b", code="src")]
    source.write("src/main.py", "other\n")
    with (
        pytest.raises(ChangedError, match=r"^job/b: main.py changed since the plan was made; plan again$"),
        staging(jobs, source.root),
    ):
        pytest.fail("nothing may be sent")
    assert list(temporary.iterdir()) == []


def test_a_copy_that_somebody_changed_is_refused(source: Repo) -> None:
    own = job(source, "a", code="src")
    with staging([own], source.root) as staged:
        copied = Path(staged.spec(own)["code"])
        (copied / "main.py").write_text("other\n")
        with pytest.raises(ChangedError, match="was changed by somebody else"):
            staged.spec(own)


def test_later_changes_of_the_source_do_not_reach_the_copy(source: Repo) -> None:
    own = job(source, "a", code="src")
    with staging([own], source.root) as staged:
        source.write("src/main.py", "other\n")
        assert Path(staged.spec(own)["code"], "main.py").read_text() == "print()\n"


def test_nothing_local_nothing_staged(temporary: Path, source: Repo) -> None:
    own = resource()
    with staging([own], source.root) as staged:
        assert staged.spec(own) == own.spec
        assert [path for path in temporary.rglob("*") if path.is_file()] == []
