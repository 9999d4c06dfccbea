"""Projects that exist once, `aml` in them, and what must hold whatever became of the first apply."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.crash import warm
from tests.crash.gate import NONE, Fate
from tests.emulator.conftest import TERMINAL, Api, Running, until
from tests.repositories import Repo

# How many requests may be under way at once. The seed also decides in which order they reach the workspace.
PARALLELISM = {0: 1, 1: 4, 2: 8}
AT_ONCE = 2  # stories
SPECS = {
    "specs/project.yml": "version: 1\nproject: {name}\n",
    "specs/environments/plain.yml": (
        "name: {name}\nimage: python:3.11\nconda_file: {{name: plain, dependencies: [python]}}\n"
    ),
    "specs/data/rows.yml": "name: {name}\ntype: uri_file\npath: rows.csv\n",
    "specs/data/rows.csv": "{name}\n",
    "specs/jobs/one.yml": (
        "code: src\ncommand: sh main.sh ${{{{inputs.rows}}}}\nenvironment: azureml:{name}@latest\n"
        "inputs:\n  rows: {{type: uri_file, path: 'azureml:{name}@latest'}}\n"
    ),
    "specs/jobs/two.yml": "code: src\ncommand: sh main.sh part.txt\nenvironment: azureml:{name}@latest\n",
    "specs/jobs/three.yml": "command: echo {name}\nenvironment: azureml:{name}@latest\n",
    # A job that gets half of its code or data fails.
    "specs/jobs/src/main.sh": "grep {name} part.txt && grep {name} $1\n",
    "specs/jobs/src/part.txt": "{name}\n",
}
JOBS = {"job/one", "job/two", "job/three"}


@dataclass(frozen=True, slots=True)
class Story:
    """A first apply of a fresh project that meets its fate. `problem` says what did not end well; empty if all did."""

    project: str
    fate: Fate
    seed: int
    first: warm.Process
    code: int
    problem: str = ""

    def __str__(self) -> str:
        asked = self.first.requests
        struck = asked[self.fate.number - 1] if 0 < self.fate.number <= len(asked) else "never came"
        return f"{self.project}: {self.fate} ({struck}), seed {self.seed}: {self.problem}"


class Laboratory:
    """One workspace, in which every story has a project of its own: names, code and data are never the same."""

    def __init__(self, running: Running, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not re.match("AML|AZURE|MLFLOW|GIT_", name)}
        (folder / "tmp").mkdir()
        self.variables = kept | {
            "AML_STATE_DIR": str(running.state.root),
            "NO_COLOR": "1",
            "TMPDIR": str(folder / "tmp"),
            # A dead proxy: whatever tries to leave the machine fails at once.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
        }
        self.running = running
        self._folder = folder
        self._numbers = count(1)

    def project(self) -> Repo:
        """A committed project that nobody has applied."""
        name = f"p{next(self._numbers)}"
        repo = Repo(self._folder / name)
        for path, text in SPECS.items():
            repo.write(path, text.format(name=name))
        repo.init().commit()
        return repo

    def aml(self, repo: Repo, label: str, *arguments: str, fate: Fate = NONE, seed: int = 0) -> warm.Process:
        """Starts `aml` in a project; `label` names its output."""
        place = self._folder / f"{repo.root.name}-{label}"
        return warm.start(repo.root, self.variables, arguments, place, fate, seed)

    def stories(self, fates: Iterable[Fate], seed: int) -> list[Story]:
        """Each fate in a project of its own, a few at a time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda fate: self.tell(fate, seed), fates))

    def tell(self, fate: Fate, seed: int) -> Story:
        """Applies a fresh project under this fate, then as often as is needed without, and plans again."""
        repo = self.project()
        apply = ("apply", "--auto-approve", "--parallelism", str(PARALLELISM[seed]))
        first = self.aml(repo, "first", *apply, fate=fate, seed=seed)
        code = first.end()
        problem = self._must(repo, "next", 0, *apply) if code else ""
        problem = problem or self._must(repo, "plan", 0, "plan", "--detailed-exitcode", says="No changes.")
        return Story(repo.root.name, fate, seed, first, code, problem)

    def _must(self, repo: Repo, label: str, wanted: int, *arguments: str, says: str = "") -> str:
        process = self.aml(repo, label, *arguments)
        code = process.end()
        wrong = code != wanted or says not in process.output
        return f"aml {' '.join(arguments)}: exit code {code}\n{process.output}" if wrong else ""

    def doubts(self, projects: Iterable[str]) -> list[str]:
        """What the workspace itself holds against the projects once all runs are over: lost, doubled, broken ones."""
        api = Api(self.running)
        runs = _settled(api)
        api.close()
        return [doubt for project in projects for doubt in _doubts(project, runs.get(project, []))]


def _settled(api: Api) -> dict[str, list[dict[str, Any]]]:
    """The runs by project, when all are over."""
    until(lambda: all(run["status"] in TERMINAL for run in _runs(api)), seconds=120)
    found: dict[str, list[dict[str, Any]]] = {}
    for run in _runs(api):
        found.setdefault(run["properties"]["aml.project"], []).append(run)
    return found


def _runs(api: Api) -> Iterator[dict[str, Any]]:
    page = api.get("jobs")
    while True:
        yield from (found["properties"] for found in page["value"])
        if not page.get("nextLink"):
            return
        page = api.http.get(page["nextLink"]).raise_for_status().json()


def _doubts(project: str, runs: list[dict[str, Any]]) -> Iterator[str]:
    times = Counter(run["properties"]["aml.key"] for run in runs)
    if times != Counter(JOBS):
        yield f"{project}: its runs are {dict(times)}"
    for run in runs:
        starts = run["properties"].get("azureml.embedded.process_starts")
        if (run["status"], starts) != ("Completed", "1"):
            yield f"{project}: {run['properties']['aml.key']} is {run['status']} after {starts} process starts"
