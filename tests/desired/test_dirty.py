"""Whether what would be sent is what the commit says."""

import os
from collections.abc import Callable

import pytest

from tests.desired.conftest import PROJECT, Specs
from tests.desired.test_resolve import FILES
from tests.repositories import Repo, git


@pytest.fixture
def clean(specs: Specs) -> Specs:
    specs.write({**FILES, "README.md": "x", "src/other.py": "", "src/.amlignore": "*.md\n", "shared/util.py": "x\n"})
    specs.repo.link("src/link.py", "../shared/util.py")
    specs.repo.commit()
    return specs


def staged(specs: Specs) -> None:
    specs.write({"src/main.py": "new\n"})
    git(specs.root, "add", "-A")


def removed(specs: Specs) -> None:
    git(specs.root, "rm", "-q", "src/other.py")


def linked(specs: Specs) -> None:
    (specs.root / "src/link.py").unlink()
    specs.repo.link("src/link.py", "main.py")


def behind_a_link(specs: Specs) -> None:
    specs.write({"shared/util.py": "edited\n"})


def hidden(specs: Specs) -> None:
    git(specs.root, "update-index", "--assume-unchanged", "src/main.py")
    specs.write({"src/main.py": "print(2)\n"})


DIRTY: dict[str, Callable[[Specs], object]] = {
    "a spec": lambda specs: specs.write({"specs/compute/cpu.yml": "name: cpu\ntype: amlcompute\n"}),
    "a comment in a spec": lambda specs: specs.write({"specs/project.yml": PROJECT + "# x\n"}),
    "a new spec": lambda specs: specs.write({"specs/jobs/new.yml": "command: x\nenvironment: {image: i}\n"}),
    "a conda file": lambda specs: specs.write({"specs/environments/conda.yml": "dependencies: [python]\n"}),
    "code": lambda specs: specs.write({"src/main.py": "x"}),
    "new code": lambda specs: specs.write({"src/new.py": "x"}),
    "code that is gone": lambda specs: (specs.root / "src/other.py").unlink(),
    "code that is gone from the index too": removed,
    "a link that leads elsewhere": linked,
    "code that a link leads to": behind_a_link,
    "data": lambda specs: specs.write({"specs/data/iris.csv": "x"}),
    "staged code": staged,
    "code that git was told not to look at": hidden,
}
CLEAN: dict[str, Callable[[Specs], object]] = {
    "nothing": lambda _: None,
    "a file nobody sends": lambda specs: specs.write({"README.md": "y", "notes.txt": "z"}),
    "code that is not sent": lambda specs: specs.write({"src/notes.md": "z"}),
    "a file touched": lambda specs: specs.write({"src/main.py": FILES["src/main.py"]}),
    "a mode": lambda specs: (specs.root / "src/main.py").chmod(0o755),
    "a file that git ignores": lambda specs: specs.write({".git/info/exclude": "*.log\n", "src/x.log": "x"}),
    "code that is not sent is gone": lambda specs: (specs.root / "src/.amlignore").unlink(),
    "a file nobody sends that is gone": lambda specs: (specs.root / "README.md").unlink(),
}


@pytest.mark.parametrize("change", DIRTY.values(), ids=DIRTY)
def test_dirty(clean: Specs, change: Callable[[Specs], object]) -> None:
    change(clean)
    assert clean.desired().origin.dirty


@pytest.mark.parametrize("change", CLEAN.values(), ids=CLEAN)
def test_clean(clean: Specs, change: Callable[[Specs], object]) -> None:
    change(clean)
    assert not clean.desired().origin.dirty


def test_committed_again_it_is_clean(clean: Specs) -> None:
    staged(clean)
    clean.repo.commit()
    assert not clean.desired().origin.dirty


def test_outside_git_nothing_is_known(folder: Repo) -> None:
    folder.write("specs/project.yml", PROJECT)
    origin = Specs(folder).write(FILES).desired().origin
    assert (origin.commit, origin.ref) == ("", "")


def test_a_project_below_the_repositorys_root(repo: Repo) -> None:
    for name, content in {**FILES, "specs/project.yml": PROJECT}.items():
        repo.write(f"team/{name}", content)
    repo.commit()
    specs = Specs(Repo(repo.root / "team"))
    assert not specs.desired().origin.dirty
    specs.write({"src/main.py": "x"})
    assert specs.desired().origin.dirty


def test_data_that_git_ignores_is_in_no_commit_and_does_not_count(clean: Specs) -> None:
    clean.write({".gitignore": "/big/\n", "specs/data/big.yml": "name: big\ntype: uri_folder\npath: ../../big\n"})
    clean.repo.commit()
    clean.write({"big/a.csv": "1\n"})
    one = clean.resource("data/big")
    clean.write({"big/a.csv": "2\n"})
    assert clean.resource("data/big").digest != one.digest
    assert not clean.desired().origin.dirty


@pytest.mark.parametrize("age", [0, 60_000_000_000])
def test_what_git_converts_on_checkout_is_clean(clean: Specs, age: int) -> None:
    git(clean.root, "config", "core.autocrlf", "true")
    (clean.root / "src/main.py").unlink()
    git(clean.root, "checkout", "-q", "--", ".")
    written = (clean.root / "src/main.py").stat().st_ctime_ns + age
    os.utime(clean.root / ".git/index", ns=(written, written))
    assert b"\r\n" in (clean.root / "src/main.py").read_bytes()
    assert not clean.desired().origin.dirty
    clean.write({"src/main.py": "edited\r\n"})
    assert clean.desired().origin.dirty


def test_with_sha256(folder: Repo) -> None:
    git(folder.root, "init", "-q", "--object-format=sha256", ".")
    specs = Specs(folder).write({**FILES, "specs/project.yml": PROJECT})
    specs.repo.commit()
    assert not specs.desired().origin.dirty
    specs.write({"src/main.py": "edited\n"})
    assert specs.desired().origin.dirty


def test_before_the_first_commit_everything_is_new(specs: Specs) -> None:
    assert specs.write(FILES).desired().origin.dirty
