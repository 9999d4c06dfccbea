"""Edits of the files that a job sends, and what git is told about them: what is hashed is what would be sent."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import (
    BASE,
    JOB,
    Change,
    Desk,
    Edit,
    append,
    check,
    committed,
    desk,
    git,
    link,
    remove,
    replace,
    several,
    write,
)

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

MAIN, UTIL = "src/main.py", "src/lib/util.py"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


def code(*files: str) -> tuple[str, ...]:
    """The plan in which the job runs again because of these files of its code."""
    return ("; ".join(["> job/one", *(f"code: {file}" for file in files)]),)


def refused(message: str) -> tuple[str, ...]:
    """The plan that is none, because of the code."""
    return (f"{JOB}:2:7: error: code: {message}",)


def raw(name: str, content: bytes) -> Change:
    """A file with exactly these bytes."""
    return lambda repo: (repo.root / name).write_bytes(content)


def mode(name: str, bits: int) -> Change:
    """Other permissions."""
    return lambda repo: (repo.root / name).chmod(bits)


def touch(name: str) -> Change:
    """Other times, and nothing else."""
    return lambda repo: os.utime(repo.root / name, (1e9, 1e9))


def unseen(name: str, old: str, new: str) -> Change:
    """An edit of as many bytes, with the time of the last one put back."""

    def change(repo: Repo) -> None:
        path = repo.root / name
        info = path.stat()
        repo.edit(name, old, new)
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))

    return change


def folder(name: str) -> Change:
    """A folder with nothing in it."""
    return lambda repo: (repo.root / name).mkdir(parents=True)


def submodule(repo: Repo) -> None:
    """A repository beside this one becomes a submodule of the code."""
    other = Repo(repo.root.parent / "other", repo.variables)
    other.write("shared.py", "SHARED = 1\n")
    other.git("init", "-q", "-b", "main", ".")
    other.commit("shared")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "src/shared")


BYTES = {
    "a byte of code": Edit(append(MAIN, "#"), code("main.py changed")),
    "a byte of code, committed": Edit(committed(append(MAIN, "#")), code("main.py changed (HEAD)")),
    "a byte of code, staged": Edit(several(append(MAIN, "#"), git("add", "-A")), code("main.py changed")),
    "as many bytes at the same time": Edit(unseen(UTIL, "0.1", "0.2"), code("lib/util.py changed")),
    "a file more": Edit(write("src/lib/more.py", "1\n"), code("lib/more.py added")),
    "a file more, committed": Edit(committed(write("src/lib/more.py", "1\n")), code("lib/more.py added (HEAD)")),
    "an empty file": Edit(write("src/lib/__init__.py", ""), code("lib/__init__.py added")),
    "a file less": Edit(remove(UTIL), code("lib/util.py removed")),
    "a file less, committed": Edit(committed(remove(UTIL)), code("lib/util.py removed (HEAD)")),
    "another file name": Edit(git("mv", UTIL, "src/lib/tool.py"), code("lib/tool.py added", "lib/util.py removed")),
    "another case of a file name": Edit(
        git("mv", UTIL, "src/lib/Util.py"), code("lib/Util.py added", "lib/util.py removed")
    ),
    "another name of a folder in it": Edit(
        git("mv", "src/lib", "src/bib"), code("bib/util.py added", "lib/util.py removed")
    ),
    "another name of the code's folder": Edit(several(git("mv", "src", "code"), replace(JOB, "../src", "../code"))),
    "another folder with the same files": Edit(
        replace(JOB, "../src", "../copy"), files={"copy/main.py": BASE[MAIN], "copy/lib/util.py": BASE[UTIL]}
    ),
    "no code any more": Edit(replace(JOB, "code: ../../src\n", ""), ("> job/one; code: ../../src -> (none)",)),
    "code of two jobs": Edit(
        append(MAIN, "#"),
        ("> job/one; code: main.py changed", "> job/two; code: main.py changed"),
        {"specs/jobs/two.yml": BASE[JOB]},
    ),
    "a file beside the code": Edit(write("README.md", "# Numbers\n")),
    "a file mode": Edit(mode(MAIN, 0o755)),
    "a file mode, committed": Edit(committed(mode(MAIN, 0o755))),
    "a file time": Edit(touch(MAIN)),
    "an empty folder": Edit(folder("src/results")),
    "a compiled module": Edit(write("src/__pycache__/main.cpython-311.pyc", "x")),
    "a commit of nothing": Edit(git("commit", "-q", "--allow-empty", "-m", "nothing")),
}
IGNORED = {
    "a file that git ignores": Edit(write("src/run.log", "x\n"), files={".gitignore": "*.log\n"}),
    "a file that is ignored inside": Edit(write("src/run.log", "x\n"), files={"src/.gitignore": "*.log\n"}),
    "a file that is ignored here alone": Edit(
        several(lambda repo: repo.write(".git/info/exclude", "*.log\n"), write("src/run.log", "x\n"))
    ),
    "a tracked file that git would ignore": Edit(
        several(append(UTIL, "#"), write(".gitignore", "util.py\n")), code("lib/util.py changed")
    ),
    "a file that .amlignore names": Edit(
        append("src/notes.md", "more\n"), files={"src/notes.md": "x\n", "src/.amlignore": "*.md\n"}
    ),
    "a pattern of .amlignore": Edit(
        append("src/.amlignore", "lib/\n"), code("lib/util.py removed"), {"src/.amlignore": "*.md\n"}
    ),
    "a pattern less in .amlignore": Edit(
        write("src/.amlignore", "# all of it\n"),
        code("notes.md added"),
        {"src/.amlignore": "*.md\n", "src/notes.md": "x\n"},
    ),
    "a comment in .amlignore": Edit(append("src/.amlignore", "# no notes\n"), files={"src/.amlignore": "*.md\n"}),
    "no .amlignore any more": Edit(remove("src/.amlignore"), files={"src/.amlignore": "*.md\n"}),
    "an .amlignore that is not the root's": Edit(
        write("src/lib/.amlignore", "util.py\n"), code("lib/.amlignore added")
    ),
    "everything is ignored": Edit(
        write("src/.amlignore", "*\n"), refused("src holds no file that would be sent: all are ignored")
    ),
}
GIT = {
    "assume-unchanged": Edit(
        several(git("update-index", "--assume-unchanged", MAIN), append(MAIN, "#")), code("main.py changed")
    ),
    "skip-worktree": Edit(
        several(git("update-index", "--skip-worktree", MAIN), append(MAIN, "#")), code("main.py changed")
    ),
    "a file that is left out": Edit(
        several(git("sparse-checkout", "set", "--no-cone", "/*", "!/src/lib/"), git("status")),
        refused("src/lib/util.py is left out by the sparse checkout; run: git sparse-checkout disable, or add it"),
    ),
    "a flag alone": Edit(git("update-index", "--assume-unchanged", MAIN)),
    "intent to add": Edit(several(write("src/new.py", "1\n"), git("add", "-N", "src/new.py")), code("new.py added")),
    "line endings": Edit(raw(MAIN, b"print('training')\r\n"), code("main.py changed")),
    "line endings that git does not see": Edit(
        several(raw(MAIN, b"print('training')\r\n"), git("add", "--renormalize", ".")),
        code("main.py changed"),
        {".gitattributes": "*.py text\n"},
    ),
    "line endings by another attribute": Edit(
        several(write(".gitattributes", "*.py text eol=crlf\n"), remove(MAIN), git("checkout", "-q", "--", MAIN)),
        code("main.py changed"),
        {".gitattributes": "*.py text\n"},
    ),
    "an attribute alone": Edit(write(".gitattributes", "*.py text\n")),
    "a large file that is not fetched": Edit(
        write("src/weights.bin", POINTER),
        refused("src/weights.bin is a pointer to a large file that was not fetched; run: git lfs pull"),
        {".gitattributes": "*.bin filter=lfs -text\n", "src/weights.bin": "0" * 2000},
    ),
    "a large file": Edit(
        raw("src/weights.bin", b"1" * 2000),
        code("weights.bin changed"),
        {".gitattributes": "*.bin filter=lfs -text\n", "src/weights.bin": "0" * 2000},
    ),
    "a submodule": Edit(committed(submodule), code("shared/shared.py added")),
    "a file of a submodule": Edit(
        append("src/shared/shared.py", "#"), code("shared/shared.py changed"), before=submodule
    ),
    "a submodule that is not checked out": Edit(
        git("submodule", "--quiet", "deinit", "--all"),
        refused("src/shared is a submodule that is not checked out; run: git submodule update --init src/shared"),
        before=submodule,
    ),
    "a repository that is no submodule": Edit(
        several(write("src/inner/x.py", "1\n"), git("init", "-q", "src/inner")), code("inner/x.py added")
    ),
}
LINKS = {
    "a link to a file": Edit(link("src/two.py", "main.py"), code("two.py added")),
    "a link to a folder": Edit(link("src/bib", "lib"), code("bib/util.py added")),
    "a link to a folder of the repository": Edit(
        link("src/shared", "../shared"), code("shared/x.py added"), {"shared/x.py": "1\n"}
    ),
    "what a link leads to": Edit(
        append("shared/x.py", "#"),
        code("two.py changed"),
        {"shared/x.py": "1\n"},
        link("src/two.py", "../shared/x.py"),
    ),
    "where a link leads": Edit(
        several(remove("src/two.py"), link("src/two.py", "lib/util.py")),
        code("two.py changed"),
        before=link("src/two.py", "main.py"),
    ),
    "another way to the same file": Edit(
        several(remove("src/two.py"), link("src/two.py", "../src/main.py")), before=link("src/two.py", "main.py")
    ),
    "a link in the place of an equal file": Edit(
        several(remove(UTIL), link(UTIL, "../../shared/util.py")), files={"shared/util.py": BASE[UTIL]}
    ),
    "a link out of the repository": Edit(
        link("src/passwd", "/etc/passwd"), refused("src/passwd is a link that leaves the repository")
    ),
    "a link that leads nowhere": Edit(link("src/gone", "nowhere.py"), refused("src/gone is a link that leads nowhere")),
    "a link to itself": Edit(link("src/self", "self"), refused("src/self is a link that leads in a circle")),
    "a link to the folder around it": Edit(
        link("src/lib/up", ".."), refused("src holds a link that leads back to it: links go in a circle")
    ),
    "a link to what git keeps": Edit(
        link("src/config", "../.git/config"),
        refused("src/config leads into .git, and nothing in there is ever sent"),
    ),
    "a link that .amlignore names": Edit(link("src/passwd", "/etc/passwd"), files={"src/.amlignore": "passwd\n"}),
}
TABLE = {**BYTES, **IGNORED, **GIT, **LINKS}


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.mark.parametrize("name", TABLE)
def test_edit(name: str, tmp_path: Path, at: Desk, state: dict[str, str]) -> None:
    check(TABLE[name], Repo(tmp_path / "repo", state), at)
