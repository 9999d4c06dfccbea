"""A repository with two jobs, and a ledger that a test writes."""

from collections.abc import Mapping
from dataclasses import replace

from runner.asof import as_of
from runner.comparing.compare import Question, compare
from runner.desired import project
from runner.git import notes
from runner.git.repository import Repository
from runner.model.contrast import Contrast
from runner.model.ledger import FINISH, Entry, line
from runner.model.outcome import Outcome
from runner.model.resource import Resource
from tests.model.test_ledger import RUN
from tests.repositories import Repo

PROJECT = "version: 1\nproject: demo\n"
FILES: Mapping[str, str] = {
    "specs/project.yml": PROJECT,
    "specs/jobs/train.yml": (
        "command: python main.py\ncode: ../../src\nenvironment: azureml:env@latest\ninputs: {rate: 0.5}\n"
    ),
    "specs/jobs/steady.yml": "command: echo\nenvironment: azureml:env@latest\n",
    "specs/environments/env.yml": "name: env\nimage: x:1\nconda_file: ../../conda.yml\n",
    "conda.yml": "dependencies: [python=3.11]\n",
    "src/main.py": "print()\n",
}


class Desk:
    """A repository, and what is written into its ledger."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.first = self.commit(FILES)

    def commit(self, files: Mapping[str, str], gone: tuple[str, ...] = ()) -> str:
        for name, text in files.items():
            self.repo.write(name, text)
        for name in gone:
            (self.repo.root / name).unlink()
        return self.repo.commit()

    def job(self, commit: str, name: str = "train") -> Resource:
        with as_of(project.find(self.repo.root), commit, "local", {}) as then:
            return next(each for each in then.desired.resources if str(each.key) == f"job/{name}")

    def began(self, of: str, name: str = "train", **facts: object) -> Entry:
        """A run of a job as it was at a commit; its live name is the beginning of its digest."""
        digest = self.job(of, name).digest
        own = {"commit": of, "address": f"job/{name}", "live_name": f"{name}-{digest[:6]}", "digest": digest}
        own |= {"id": str(len(self.entries)), "project": "demo", "target": "local"}
        made = replace(RUN, **own | facts)  # type: ignore[arg-type]
        return self.write(made)

    def trained(self, of: str, name: str = "train", loss: float = 0.5, began: str = "", **facts: object) -> Entry:
        """The same, that has ended."""
        begun = self.began(of, name, **facts)
        outcome = Outcome(
            "Completed", started_at=began, metrics={"loss": loss}, parameters={"loss-was": str(loss), "same": "x"}
        )
        return self.write(replace(begun, id=f"{begun.id}-end", action=FINISH, status="Completed", run=outcome))

    @property
    def entries(self) -> list[str]:
        texts = notes.read(Repository(self.repo.root)).texts.values()
        return [each for text in texts for each in text.splitlines()]

    def write(self, entry: Entry) -> Entry:
        notes.append(Repository(self.repo.root), {entry.commit: [line(entry)]})
        return entry

    def diff(self, revisions: str, pattern: str | None = None, *, offline: bool = True) -> Contrast:
        question = Question(revisions, pattern, offline=offline)
        return compare(project.find(self.repo.root), question, {}, lambda _: None)
