"""Whatever was edited, added and told to git: the tree is what a plain reading of the files finds."""

import os
import subprocess
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runner.git import tree
from runner.git.repository import Repository
from runner.model.digest import blob_id
from tests.git.conftest import settle
from tests.repositories import Repo, git

NAMES = ["a.py", "b.txt", "c.log", "deep/a.py", "deep/er/b.txt", "linked", "data/x.bin"]
CONTENTS = ["", "one\n", "two\n", "$Id$\r\n", "long " * 500, "lung " * 500]
ATTRIBUTES = ["*.py text eol=crlf", "*.txt ident", "* text=auto", "*.bin -text", "*.txt working-tree-encoding=UTF-16LE"]

EDITS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(CONTENTS)),
    st.tuples(st.just("sneak"), st.sampled_from(NAMES), st.sampled_from(CONTENTS)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("link"), st.sampled_from(NAMES), st.sampled_from(["../other/c.py", "../other"])),
    st.tuples(st.just("attribute"), st.sampled_from(ATTRIBUTES), st.none()),
    st.tuples(st.just("git"), st.sampled_from(["add -A", "commit -qam x", "checkout -q -- .", "settle"]), st.none()),
    st.tuples(st.just("git"), st.just("update-index --assume-unchanged"), st.sampled_from(NAMES)),
)


def edit(repo: Repo, what: str, first: str, second: str | None) -> None:
    path = repo.root / "src" / first
    if what == "attribute":
        repo.write(".gitattributes", f"{first}\n")
    elif first == "settle":
        settle(repo)
    elif what == "git":
        arguments = [*first.split(), *([f"src/{second}"] if second else [])]
        subprocess.run(["git", *arguments], cwd=repo.root, capture_output=True, check=False)
    elif what == "remove":
        path.unlink(missing_ok=True)
    elif what == "link" and not path.exists() and not path.is_symlink():
        repo.link(f"src/{first}", os.path.relpath(repo.root / "src" / str(second), path.parent))
    elif what == "write" and not path.is_symlink():
        repo.write(f"src/{first}", str(second))
    elif what == "sneak" and path.is_file() and not path.is_symlink():
        times = path.stat()
        path.write_text(str(second))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def plainly(folder: Path) -> dict[str, str]:
    """Asks git for the names alone, and reads; by the file system itself behind links to folders."""
    listed = git(folder, "ls-files", "-z", "-co", "--exclude-standard").split("\0")
    found: dict[str, str] = {}
    for name in {name for name in listed if name}:
        path = folder / name
        if path.is_dir() and path.is_symlink():
            found |= {f"{name}/{inner}": blob for inner, blob in plainly(path.resolve()).items()}
        elif path.is_file() and path.parent.resolve() == path.parent:
            found[name] = blob_id(path.read_bytes())
    return found


@given(edits=st.lists(EDITS, max_size=12))
def test_a_tree_is_what_a_plain_reading_finds(edits: list[tuple[str, str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = Repo(Path(folder).resolve()).init()
        for name in ("src/always.py", "src/a.py", "src/deep/a.py", "src/b.txt", "other/c.py"):
            repo.write(name, "$Id$ one\n")
        repo.commit()
        for each in edits:
            edit(repo, *each)
        assert tree.read(repo.root / "src", Repository(repo.root)).files == plainly(repo.root / "src")
