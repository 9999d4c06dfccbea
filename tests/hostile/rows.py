"""A row: what is in a repository, and which command meets it. What must be said stands in `said.yml`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.repositories import Repo

PROJECT = "version: 1\nproject: demo\n"
J, T = "specs/jobs/j.yml", "specs/jobs/j.yml.j2"
C, D, E = "specs/compute/c.yml", "specs/data/d.yml", "specs/environments/e.yml"
JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\n"
PLAN = ("plan",)
Make = Callable[[Path], object]


@dataclass(frozen=True)
class Row:
    """`make` comes after the files are there. `unsaid` is what nobody may be shown."""

    files: Mapping[str, str | bytes]
    command: tuple[str, ...] = ("validate",)
    make: Make = lambda _: None
    unsaid: str = ""
    slow: bool = False

    def lay_out(self, repo: Repo) -> None:
        """Writes the repository."""
        for name, content in {"specs/project.yml": PROJECT, **self.files}.items():
            repo.write(name, content)
        self.make(repo.root)


def job(more: str, unsaid: str = "") -> Row:
    """A job with these lines more, from its third on."""
    return Row({J: JOB + more}, unsaid=unsaid)


def one(file: str, text: str | bytes) -> Row:
    """A file that is wrong by itself."""
    return Row({file: text})
