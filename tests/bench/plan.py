"""A plan of 10 and of 1,000 jobs that finds nothing to do: what it asks for, and its time beside reading YAML."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.emulator.jobs.states import State
from runner.emulator.settings import StateDir
from runner.emulator.store.database import Database
from runner.emulator.store.jobs import Jobs, NewJob
from tests.bench.measure import Figure, seconds
from tests.repositories import Repo

_FEW, _MANY = 10, 1_000
_JOB = "name: j{number:04}\ncommand: echo {number}\nenvironment: azureml:plain@latest\n"
_PLAN = [sys.executable, "-m", "runner", "plan"]
# The least that a plan of this many specs could take: an interpreter, and its YAML read.
_FLOOR = """
import pathlib, yaml
loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
for path in pathlib.Path("specs/jobs").iterdir():
    yaml.load(path.read_text("utf-8"), loader)
"""
_ENDS = (State.PREPARING, State.RUNNING, State.FINALIZING, State.COMPLETED)


def figures(runs: int = 5) -> Iterator[Figure]:
    """Requests beyond pages of lists, and the wall clock as a ratio."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(AML_STATE_DIR=f"{folder}/state", AML_CACHE_DIR=f"{folder}/cache")
        try:
            few, many = (satisfied(Path(folder), count) for count in (_FEW, _MANY))
            asked = {place: _requests(place) for place in (few, many)}
            pairs = [(seconds([sys.executable, "-c", _FLOOR], many), seconds(_PLAN, many)) for _ in range(runs)]
        finally:
            _aml(Path(folder), "workspace", "stop")
            os.environ.clear()
            os.environ.update(before)
    pages = {place: sum(request.endswith("/jobs") for request in asked[place]) for place in asked}
    more = (len(asked[many]) - pages[many]) - (len(asked[few]) - pages[few])
    detail = f"{len(asked[few])} for {_FEW} jobs, {len(asked[many])} for {_MANY:,}, {pages[many]} of them pages of runs"
    yield Figure(f"requests that {_MANY:,} jobs add to a plan", more, 0, "", detail)
    floor, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    yield Figure(
        f"plan of {_MANY:,} jobs", ours / floor, 10, "x", f"{ours:.2f} s against {floor:.2f} s to read its YAML"
    )


def satisfied(folder: Path, count: int) -> Path:
    """A committed project of so many jobs, each with a completed run: one was run, the others are copies of it."""
    repo = Repo(folder / f"of-{count}")
    repo.write("specs/project.yml", f"version: 1\nproject: of-{count}\n")
    repo.write("specs/environments/plain.yml", "name: plain\nimage: python:3.11\n")
    for number in range(count):
        repo.write(f"specs/jobs/j{number:04}.yml", _JOB.format(number=number))
    repo.init().commit()
    _aml(repo.root, "apply", "--auto-approve", "--wait", "job/j0000")
    planned = json.loads(_aml(repo.root, "plan", "--json"))["resource_changes"]
    _aml(repo.root, "workspace", "stop")
    _copy(planned)
    _aml(repo.root, "workspace", "start")
    assert "No changes." in _aml(repo.root, "plan")
    return repo.root


def _copy(planned: Sequence[Mapping[str, Any]]) -> None:
    """Writes the runs that the plan asks for into the workspace's own records, after the one that is there."""
    database = Database(StateDir.current().database)
    jobs = Jobs(database)
    first = jobs.require(next(change["live_name"] for change in planned if change["address"] == "job/j0000"))
    with database.transaction():
        for change in planned:
            if change["action"] == "run":
                own = {"aml.key": change["address"], "aml.digest": change["digest"]}
                body = {**first.body, "properties": {**first.body["properties"], **own}}
                jobs.add(NewJob(change["live_name"], first.request, body))
                for state in _ENDS:
                    jobs.move(change["live_name"], state)
    database.close()


def _requests(place: Path) -> list[str]:
    """The paths that one plan asks for, less what finding the workspace takes."""
    log = StateDir.current().requests
    before = log.stat().st_size
    assert "No changes." in _aml(place, "plan")
    lines = log.read_bytes()[before:].splitlines()
    return [path for line in lines if not (path := json.loads(line)["path"]).startswith("/metadata/")]


def _aml(place: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "runner", *arguments]
    return subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout
