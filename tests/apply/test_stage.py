"""What is hashed is what is sent."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest

from runner.apply.stage import ChangedError, staged, with_tags
from runner.git import tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from runner.model.resource import FieldPath, Resource
from tests.builders import resource
from tests.repositories import Repo, git


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which staging happens, to see what is left of it."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def job(repo: Repo, **spec: Any) -> Resource:
    """A job with the code in `src`."""
    trees: dict[FieldPath, Any] = {("code",): tree.read(repo.root / "src", Repository(repo.root))}
    return resource(spec={"command": "x", "code": "src", **spec}, trees=trees)


def contents(folder: str) -> dict[str, bytes]:
    root = Path(folder)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_private_copy_that_is_gone_afterwards(repo: Repo, temporary: Path) -> None:
    repo.write("src/main.py", "print()\n")
    repo.write("src/deep/data.bin", bytes(range(256)))
    wanted = job(repo)
    with staged(wanted, repo.root) as spec:
        assert spec["command"] == "x"
        assert Path(spec["code"]).name == "src"
        assert Path(spec["code"]).is_relative_to(temporary)
        assert Path(spec["code"]).parents[1].stat().st_mode & 0o077 == 0
        assert contents(spec["code"]) == {"main.py": b"print()\n", "deep/data.bin": bytes(range(256))}
    assert wanted.spec["code"] == "src"
    assert list(temporary.iterdir()) == []


def test_exactly_the_files_of_the_plan(repo: Repo) -> None:
    repo.write(".gitignore", "*.log\n")
    repo.write("src/main.py")
    wanted = job(repo)
    repo.write("src/later.py")
    repo.write("src/x.log")
    with staged(wanted, repo.root) as spec:
        assert list(contents(spec["code"])) == ["main.py"]


def test_a_single_file_keeps_its_name(repo: Repo) -> None:
    path = repo.write("data/iris.csv", "a,b\n")
    found = tree.read(path, Repository(repo.root))
    wanted = resource("data/iris", {"type": "uri_file", "path": "iris.csv"}, trees={("path",): found})
    with staged(wanted, repo.root) as spec:
        assert Path(spec["path"]).name == "iris.csv"
        assert Path(spec["path"]).read_bytes() == b"a,b\n"


def test_several_trees_do_not_meet(repo: Repo) -> None:
    for number in (1, 2):
        repo.write(f"{number}/src/x", str(number))
    inputs = {name: {"type": "uri_folder", "path": f"{name}/src"} for name in ("1", "2")}
    trees: dict[FieldPath, Any] = {
        ("inputs", name, "path"): tree.read(repo.root / name / "src", Repository(repo.root)) for name in inputs
    }
    with staged(resource(spec={"command": "x", "inputs": inputs}, trees=trees), repo.root) as spec:
        found = {name: contents(value["path"]) for name, value in spec["inputs"].items()}
    assert found == {"1": {"x": b"1"}, "2": {"x": b"2"}}
    assert inputs["1"]["path"] == "1/src"


def test_links_are_sent_as_what_they_lead_to(repo: Repo) -> None:
    repo.write("shared/util.py", "shared\n")
    repo.link("src/util.py", "../shared/util.py")
    with staged(job(repo), repo.root) as spec:
        assert contents(spec["code"]) == {"util.py": b"shared\n"}
        assert not (Path(spec["code"]) / "util.py").is_symlink()


def changed(repo: Repo) -> None:
    repo.write("src/main.py", "other\n")


def removed(repo: Repo) -> None:
    (repo.root / "src/main.py").unlink()


def swapped(repo: Repo) -> None:
    removed(repo)
    repo.link("src/main.py", "/etc/hostname")


CANNOT_BE_READ = "job/train: main.py cannot be read any more"
CHANGES = {
    changed: "job/train: main.py changed since the plan was made; plan again",
    removed: f"{CANNOT_BE_READ} ({{root}}/src/main.py is no regular file); plan again",
    swapped: f"{CANNOT_BE_READ} ({{root}}/src/main.py is a link that leaves the repository); plan again",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_what_the_plan_saw_is_refused(repo: Repo, temporary: Path, change: Any) -> None:
    repo.write("src/a.py")
    repo.write("src/main.py", "print()\n")
    wanted = job(repo)
    change(repo)
    with pytest.raises(ChangedError) as caught, staged(wanted, repo.root):
        pytest.fail("it was staged")
    assert str(caught.value) == CHANGES[change].replace("{root}", str(repo.root))
    assert list(temporary.iterdir()) == []


def test_it_is_gone_also_when_sending_fails(repo: Repo, temporary: Path) -> None:
    repo.write("src/main.py")
    with pytest.raises(ZeroDivisionError), staged(job(repo), repo.root):
        raise ZeroDivisionError
    assert list(temporary.iterdir()) == []


def test_nothing_local_nothing_staged(repo: Repo) -> None:
    with staged(resource(), repo.root) as spec:
        assert spec == resource().spec


@pytest.mark.parametrize("ignore_file", [".gitignore", ".amlignore", "deep/.gitignore"])
def test_the_sdk_sends_every_file_that_was_hashed_and_no_other(repo: Repo, ignore_file: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the SDK's own making
        from azure.ai.ml._utils._asset_utils import get_ignore_file, get_upload_files_from_folder

    for name in ("main.py", "weights.bin", "deep/more.bin", "deep/util.py", ".hidden", "x y ü.txt"):
        repo.write(f"src/{name}", name)
    repo.write(f"src/{ignore_file}", "*.bin\n!deep/more.bin\n")
    git(repo.root, "add", "-f", ".")
    wanted = job(repo)
    with staged(wanted, repo.root) as spec:
        ignore = get_ignore_file(spec["code"])
        sent = {name: Path(path) for path, name in get_upload_files_from_folder(spec["code"], ignore_file=ignore)}
        assert {name: blob_id(path.read_bytes()) for name, path in sent.items()} == wanted.trees["code",].files


@pytest.mark.parametrize("own", [{}, {"tags": None}, {"tags": {"a": "b", "aml.project": "theirs"}}])
def test_our_tags_stand_beside_its_own(own: dict[str, Any]) -> None:
    found = with_tags(own, {"aml.project": "demo"})
    assert found["tags"] == {**(own.get("tags") or {}), "aml.project": "demo"}
    assert own in ({}, {"tags": None}, {"tags": {"a": "b", "aml.project": "theirs"}})
