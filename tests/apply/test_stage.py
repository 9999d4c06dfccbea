"""What is hashed is what is sent: the copy is the plan's tree, or there is none."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.apply.stage import ChangedError, stage_tree
from runner.errors import AmlError
from runner.git import files, tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from runner.model.resource import Tree
from tests.repositories import Repo, git


def read(repo: Repo, path: str = "src") -> Tree:
    return tree.read(repo.root / path, Repository(repo.root))


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_exactly_the_files_of_the_plan_for_nobody_else(repo: Repo, tmp_path: Path) -> None:
    repo.write(".gitignore", "*.log\n")
    repo.write("src/main.py", "print()\n").chmod(0o755)
    repo.write("src/deep/data.bin", bytes(range(256)) * 10_000)
    planned = read(repo)
    repo.write("src/later.py")
    repo.write("src/x.log")
    before = os.umask(0)
    try:
        stage_tree(planned, tmp_path / "copy", repo.root)
    finally:
        os.umask(before)
    assert contents(tmp_path / "copy") == {"main.py": b"print()\n", "deep/data.bin": bytes(range(256)) * 10_000}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "copy").rglob("*"))


def test_a_single_file(repo: Repo, tmp_path: Path) -> None:
    repo.write("data/iris.csv", "a,b\n")
    stage_tree(read(repo, "data/iris.csv"), tmp_path / "copy" / "iris.csv", repo.root)
    assert contents(tmp_path / "copy") == {"iris.csv": b"a,b\n"}


def test_links_become_what_they_lead_to(repo: Repo, tmp_path: Path) -> None:
    repo.write("shared/util.py", "shared\n")
    repo.link("src/util.py", "../shared/util.py")
    repo.link("src/folder", "../shared")
    stage_tree(read(repo), tmp_path / "copy", repo.root)
    assert contents(tmp_path / "copy") == {"util.py": b"shared\n", "folder/util.py": b"shared\n"}
    assert not any(path.is_symlink() for path in (tmp_path / "copy").rglob("*"))


def leads(path: str, target: str) -> Callable[[Repo, Path], None]:
    def change(repo: Repo, outside: Path) -> None:
        (repo.root / path).rename(repo.root / "moved")
        repo.link(path, target.format(outside=outside))

    return change


def became_a_folder(repo: Repo, _: Path) -> None:
    (repo.root / "src/main.py").unlink()
    repo.write("src/main.py/x")


GONE = "{name} cannot be read any more ({root}/src/{name} {why}); plan again"
CHANGED = "{name} changed since the plan was made; plan again"
LEAVES = "is a link that leaves the repository"
INTO = "leads into .git, and nothing in there is ever sent"
CHANGES: dict[str, tuple[Callable[[Repo, Path], object], str, str]] = {
    "edited": (lambda repo, _: repo.write("src/main.py", "other\n"), CHANGED, ""),
    "grown": (lambda repo, _: repo.write("src/main.py", "print()\nmore\n"), CHANGED, ""),
    "removed": (lambda repo, _: (repo.root / "src/main.py").unlink(), GONE, "is gone"),
    "a link out": (leads("src/main.py", "{outside}/main.py"), GONE, LEAVES),
    "a link to other content": (leads("src/main.py", "a.py"), CHANGED, ""),
    "a link into .git": (leads("src/main.py", "../.git/config"), GONE, INTO),
    "a folder that leads out": (leads("src", "{outside}"), GONE, LEAVES),
    "a folder": (became_a_folder, GONE, "is no regular file"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_not_what_the_plan_saw_is_refused(repo: Repo, tmp_path: Path, case: str) -> None:
    change, message, why = CHANGES[case]
    outside = Repo(tmp_path / "outside")
    for place in (repo, outside):
        prefix = "src/" if place is repo else ""
        place.write(f"{prefix}main.py", "print()\n")  # of equal content: it is the place that is wrong
        place.write(f"{prefix}a.py")
    planned = read(repo)
    change(repo, outside.root)
    with pytest.raises(ChangedError) as caught:
        stage_tree(planned, tmp_path / "copy", repo.root)
    name = "a.py" if case == "a folder that leads out" else "main.py"
    assert str(caught.value) == message.format(root=repo.root, name=name, why=why)


@pytest.mark.parametrize("place", ["src/deep/main.py", "src/deep", "src"])
def test_what_becomes_a_link_between_check_and_reading_is_refused(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    repo.write("src/deep/main.py", "print()\n")
    planned = read(repo)
    checked = files.resolved

    def swapped(path: str, root: Path) -> str:
        found = checked(path, root)
        (repo.root / place).rename(tmp_path / "moved")
        repo.link(place, tmp_path / "moved")  # the very same content: only the link tells
        return found

    monkeypatch.setattr(files, "resolved", swapped)
    with pytest.raises(ChangedError, match=r"^deep/main\.py cannot be read any more \(.* became a link"):
        stage_tree(planned, tmp_path / "copy", repo.root)


def test_an_existing_copy_is_not_written_over(repo: Repo, tmp_path: Path) -> None:
    repo.write("src/main.py")
    victim = repo.write("victim", "mine\n")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/main.py").symlink_to(victim)
    with pytest.raises(AmlError, match=r"^main\.py cannot be copied to .*/copy/main\.py: File exists"):
        stage_tree(read(repo), tmp_path / "copy", repo.root)
    assert victim.read_text() == "mine\n"


def test_no_room_is_said(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("src/main.py")
    real = os.open

    def full(path: str, flags: int, mode: int = 0o777, **options: int) -> int:
        return real("/dev/full", os.O_WRONLY) if flags & os.O_CREAT else real(path, flags, mode, **options)

    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    planned = read(repo)
    monkeypatch.setattr(os, "open", full)
    with pytest.raises(AmlError, match=r"^main\.py cannot be copied to .*: No space left on device; TMPDIR may"):
        stage_tree(planned, tmp_path / "copy", repo.root)


@pytest.mark.parametrize("ignore_file", [".gitignore", ".amlignore", "deep/.gitignore"])
def test_the_sdk_sends_every_file_that_was_hashed_and_no_other(repo: Repo, tmp_path: Path, ignore_file: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the SDK's own making
        from azure.ai.ml._utils._asset_utils import get_ignore_file, get_upload_files_from_folder

    for name in ("main.py", "weights.bin", "deep/more.bin", "deep/util.py", ".hidden", "x y ü.txt"):
        repo.write(f"src/{name}", name)
    repo.link("src/linked", "deep")
    repo.write(f"src/{ignore_file}", "*.bin\n!deep/more.bin\n")
    git(repo.root, "add", "-f", ".")
    planned = read(repo)
    copy = tmp_path / "copy"
    stage_tree(planned, copy, repo.root)
    sent = get_upload_files_from_folder(str(copy), ignore_file=get_ignore_file(str(copy)))
    assert {name: blob_id(Path(path).read_bytes()) for path, name in sent} == planned.files
