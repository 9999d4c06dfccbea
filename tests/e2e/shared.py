"""One real workspace that two projects and everybody else share: what each of them does, and all that it then holds."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner import engine
from runner.azureml.collections import COLLECTION
from runner.errors import ConfigError
from runner.live import read
from runner.model.keys import Key, Kind
from runner.model.options import Options
from runner.model.plan import Plan
from tests.crash.gate import NONE, Fate
from tests.crash.warm import Process, start
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, quiet

WORLDS = ("computes", "datastores", "environments", "data", "models", "jobs")
Held = Mapping[str, Any]  # path -> payload as the service tells it


@dataclass
class Side:
    """A project with a repository of its own."""

    repo: Repo
    project: str
    fenced: bool
    _processes: int = field(default=0)

    def begin(self) -> None:
        """An empty project, committed."""
        self.repo.root.mkdir(parents=True)
        self.repo.git("init", "-q", "-b", "main", ".")
        self.rule(None, ())

    def rule(self, protects: bool | None, ignores: tuple[str, ...]) -> None:
        """Writes project.yml, with what its rules say of computes."""
        settings: dict[str, Any] = {} if protects is None else {"prevent_destroy": protects}
        settings |= {"ignore_changes": list(ignores)} if ignores else {}
        target = {"allow_dirty": False, **({"branch": "main"} if self.fenced else {})}
        config = {"version": 1, "project": self.project, "targets": {"local": target}, "external": ["compute/parked"]}
        self.write("project", {**config, **({"rules": [{"match": "compute/*", **settings}]} if settings else {})})

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Writes a file of specs, and commits it. JSON is YAML."""
        self.repo.write(f"specs/{name}.yml", json.dumps(content, indent=1))
        self._commit()

    def remove(self, name: str) -> None:
        """Removes a file of specs, if there is one, and commits."""
        (self.repo.root / f"specs/{name}.yml").unlink(missing_ok=True)
        self._commit()

    def is_protected(self, payload: Mapping[str, Any]) -> bool:
        """Whether a rule, or else its own tag, forbids to take a compute away."""
        rules = json.loads((self.repo.root / "specs/project.yml").read_text("utf-8")).get("rules", [{}])
        ruled = rules[0].get("prevent_destroy")
        return "aml.prevent_destroy" in tags(payload) if ruled is None else bool(ruled)

    def _commit(self) -> None:
        if self.repo.git("status", "--porcelain"):
            self.repo.commit()

    def plan(self, at: Desk, options: Options) -> tuple[engine.Session, Plan]:
        """The plan for what is checked out."""
        session = at.open(self.repo)
        return session, engine.plan(session, quiet, options)

    def start_apply(self, *options: str, fate: Fate = NONE) -> Process:
        """An apply in a process of its own, which may meet its fate."""
        self._processes += 1
        place = self.repo.root.with_name(f"{self.repo.root.name}-{self._processes}")
        arguments = ("apply", "--auto-approve", "--allow-replace", "--allow-delete-all", *options)
        return start(self.repo.root, self.repo.variables, arguments, place, fate)


def accepted(session: engine.Session, made: Plan) -> bool:
    """Whether the plan may be carried out by somebody who insists."""
    try:
        engine.check_applyable(session, made, allow_replace=True, allow_delete_all=True)
    except ConfigError:
        return False
    return True


def held(at: Desk, prefix: str) -> dict[str, Any]:
    """All that the workspace holds under names with this prefix, archived or not."""
    found: dict[str, Any] = {}
    for collection in WORLDS:
        view = {} if collection in {"computes", "datastores"} else {"listViewType": "All"}
        for each in at.rest.list(collection, **view):
            if each["name"].startswith(prefix):
                path = f"{collection}/{each['name']}"
                found[path] = each
                if collection in {COLLECTION[kind] for kind in Kind if kind.versioned}:
                    found |= {f"{path}:{it['name']}": it for it in at.rest.list(f"{path}/versions", **view)}
    return found


def tags(payload: Mapping[str, Any]) -> Mapping[str, str]:
    """The tags of anything; of a run its properties, which cannot change."""
    inner = payload["properties"]
    found = inner.get("properties") if "jobType" in inner else inner.get("tags") or payload.get("tags")
    return found or {}


def owner(payload: Mapping[str, Any]) -> str:
    """The project that something says it belongs to; empty for nobody's."""
    return tags(payload).get("aml.project", "")


def is_container(path: str) -> bool:
    """Whether it only tells what the versions under one name have in common."""
    return ":" not in path and path.startswith(("environments/", "data/", "models/"))


def touch(at: Desk, key: Key, field: str, value: str | int) -> None:
    """Somebody changes a field, or a tag, of a compute or a datastore, and leaves all else as it is."""
    live = read.one(at.rest, key)
    assert live
    spec = {**live.spec, "tags": dict(live.tags)}
    if field.startswith("tags."):
        spec["tags"][field.removeprefix("tags.")] = str(value)
    else:
        spec[field] = value
    put(at, key.kind, {name: it for name, it in spec.items() if it != ""})


def put(at: Desk, kind: Kind, spec: Mapping[str, Any]) -> None:
    """Somebody sends a spec of their own."""
    with at.writer.open():
        at.writer.put(kind, spec, Path("/"))


@contextmanager
def only_reads(variables: Mapping[str, str]) -> Iterator[None]:
    """Whatever happens in the block sends no write: the workspace's own log of requests shows it."""
    log = Path(variables["AML_STATE_DIR"], "requests.jsonl")
    before = log.stat().st_size
    yield
    with log.open("rb") as file:
        file.seek(before if before <= log.stat().st_size else 0)  # a full log begins anew
        methods = {json.loads(line)["method"] for line in file}
    assert methods <= {"GET", "HEAD"}
    assert methods, "the log was looked at in the right place"
