"""Copies never leave the folder they are about."""

from pathlib import Path

import pytest

from runner.emulator.execution.files import collect, copy_tree
from runner.emulator.execution.problems import JobCanceledError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with files, and with links: to a file in it, to the outside, to itself, to nothing."""
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "sub" / "tool.sh").write_text("#!/bin/sh\n")
    (root / "sub" / "tool.sh").chmod(0o755)
    (tmp_path / "secret").write_text("secret")
    (root / "sub" / "inside").symlink_to("../a.txt")
    (root / "outside").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to(".")
    (root / "dangling").symlink_to("nowhere")
    return root


def content(root: Path) -> dict[str, str]:
    assert not [path for path in root.rglob("*") if path.is_symlink()]
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


EXPECTED = {"a.txt": "a", "sub/inside": "a", "sub/tool.sh": "#!/bin/sh\n"}


def test_copy_tree(tree: Path, tmp_path: Path) -> None:
    left_out = copy_tree(tree, tmp_path / "copy", lambda: False)
    assert content(tmp_path / "copy") == EXPECTED
    assert sorted(left_out) == ["dangling", "loop", "outside"]
    assert (tmp_path / "copy" / "sub" / "tool.sh").stat().st_mode & 0o777 == 0o700


def test_a_read_only_copy_can_still_be_removed(tree: Path, tmp_path: Path) -> None:
    copy_tree(tree, tmp_path / "copy", lambda: False, read_only=True)
    assert (tmp_path / "copy" / "a.txt").stat().st_mode & 0o222 == 0
    assert (tmp_path / "copy" / "sub").stat().st_mode & 0o200
    (tmp_path / "copy" / "a.txt").unlink()
    assert (tree / "a.txt").read_text() == "a"


def test_a_copy_stops_when_asked(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(JobCanceledError):
        copy_tree(tree, tmp_path / "copy", lambda: True)


def test_collect_moves_and_merges(tree: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "a.txt").write_text("older")
    (kept / "artifact").write_text("of the tracking server")
    assert sorted(collect(tree, kept)) == ["dangling", "loop", "outside"]
    assert content(kept) == EXPECTED | {"artifact": "of the tracking server"}


def test_collect_one_file(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("m")
    assert collect(tmp_path / "model", tmp_path / "kept" / "model.txt") == []
    assert (tmp_path / "kept" / "model.txt").read_text() == "m"


def test_collect_what_is_not_there(tmp_path: Path) -> None:
    assert collect(tmp_path / "absent", tmp_path / "kept") == []
    assert not (tmp_path / "kept").exists()


def test_a_whole_folder_that_is_a_link_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "outputs").symlink_to("/")
    assert collect(tmp_path / "outputs", tmp_path / "kept") == ["outputs"]
    assert not (tmp_path / "kept").exists()
