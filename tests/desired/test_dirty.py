"""Whether what would be sent is what the commit says."""

from collections.abc import Callable

import pytest

from tests.desired.conftest import PROJECT, Specs
from tests.desired.test_resolve import FILES
from tests.repositories import Repo, git


@pytest.fixture
def clean(specs: Specs) -> Specs:
    specs.write({**FILES, "README.md": "x", "src/other.py": "", "src/.amlignore": "*.md\n"}).repo.commit()
    return specs


def staged(specs: Specs) -> None:
    specs.write({"src/main.py": "new\n"})
    git(specs.root, "add", "-A")


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
    "data": lambda specs: specs.write({"specs/data/iris.csv": "x"}),
    "staged code": staged,
    "code that git was told not to look at": hidden,
}
CLEAN: dict[str, Callable[[Specs], object]] = {
    "nothing": lambda _: None,
    "a file nobody sends": lambda specs: specs.write({"README.md": "y", "notes.txt": "z"}),
    "code that is not sent": lambda specs: specs.write({"src/notes.md": "z"}),
    "a file touched": lambda specs: specs.write({"src/main.py": FILES["src/main.py"]}),
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
