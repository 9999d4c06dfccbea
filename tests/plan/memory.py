"""A workspace in memory, with the rules of the service that plans build on.

It stands where a writer and reads stand: plans are carried out by the very code that carries them out in earnest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from runner.azureml.collections import COLLECTION
from runner.errors import ServiceError
from runner.model.identity import stated_parts
from runner.model.keys import Key, Kind
from runner.model.live import Likeness, LiveResource, LiveRun, LiveState
from runner.model.resource import DesiredState, Resource
from runner.model.runs import SUPERSEDED

Name = tuple[Kind, str, str]  # of a thing: its kind, its name as the service compares it, the version of an asset

# What the service makes of fields that a PUT leaves out, and which fields of what exists it refuses to change.
_DEFAULTS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.COMPUTE: {"description": "", "min_instances": 0, "max_instances": 1, "location": "here"},
    Kind.DATASTORE: {"description": ""},
}
_FIXED = {Kind.COMPUTE: ("type", "size"), Kind.DATASTORE: ("type", "account_name")}
# Kept by the service, and told to nobody.
_UNTOLD = frozenset({"identity", "credentials"})
_DESCRIBES = frozenset({"name", "version", "description", "tags"})


class Killed(Exception):  # noqa: N818 - no error: the process is gone
    """What became of a process that was killed between two of its writes."""


@dataclass(frozen=True)
class Thing:
    """Something live. `number` is another one whenever it is made anew; `stated` is what it was last applied with."""

    number: int
    spec: Mapping[str, Any]
    tags: Mapping[str, str]
    archived: bool = False
    stated: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> tuple[str, str]:
        """The project and the target that its tags name."""
        return self.tags.get("aml.project", ""), self.tags.get("aml.target", "")


class Memory:
    """What the workspace holds. An apply dies after `life` moments; there is one before and one after each write."""

    def __init__(self) -> None:
        self.things: dict[Name, Thing] = {}
        self.runs: dict[str, LiveRun] = {}
        self.sending: Resource | None = None
        self.life: int | None = None
        self._numbers = count(1)

    def live(self, wanted: DesiredState) -> LiveState:
        """What a read finds for one project."""
        kinds = {kind: {name: it for name, it in self.things.items() if name[0] is kind} for kind in Kind}
        namesakes = {each.key: self.runs[each.key.name] for each in wanted.resources if each.key.name in self.runs}
        return LiveState(
            computes={name: _live(Kind.COMPUTE, it) for (_, name, _), it in kinds[Kind.COMPUTE].items()},
            datastores={name: _live(Kind.DATASTORE, it) for (_, name, _), it in kinds[Kind.DATASTORE].items()},
            assets={
                (Key(kind, name), version): _live(kind, it)
                for kind in Kind
                if kind.versioned
                for (_, name, version), it in kinds[kind].items()
            },
            runs=tuple(run for run in self.runs.values() if run.properties.get("aml.project") == wanted.origin.project),
            namesakes={key: run for key, run in namesakes.items() if not run.properties.get("aml.project")},
            likenesses={each.key: self._likeness(each) for each in wanted.resources},
        )

    def _likeness(self, resource: Resource) -> Likeness:
        """What is compared before a version is adopted; runs hold what any spec wants."""
        thing = self.things.get((resource.key.kind, resource.key.name, resource.version))
        same = thing is None or fixed(resource.key.kind, thing.spec) == fixed(resource.key.kind, resource.spec)
        return Likeness() if same else Likeness(("image",))

    def one(self, key: Key) -> LiveResource | None:
        """A compute or a datastore as it is now."""
        thing = self.things.get(named(key.kind, key.name))
        return _live(key.kind, thing) if thing else None

    def get(self, path: str) -> Mapping[str, Any] | None:
        """As is asked after an error, and whether a compute or a datastore is gone."""
        collection, name, *version = path.split("/")
        kind = next(kind for kind, known in COLLECTION.items() if known == collection)
        if kind is Kind.JOB:
            run = self.runs.get(name)
            return {"properties": {"properties": run.properties, "status": run.status}} if run else None
        thing = self.things.get(named(kind, name, *version[1:]))
        return {"tags": thing.tags, "properties": {"tags": thing.tags, "isArchived": thing.archived}} if thing else None

    def put(self, kind: Kind, spec: Mapping[str, Any], *_: object) -> None:
        """Creates, or replaces as a whole what may be replaced."""
        self._moment()
        name = str(spec["name"])
        if kind is Kind.JOB:
            self.submit(name, spec)
        else:
            stated = stated_parts(self.sending) if self.sending else {}
            self.place(named(kind, name, str(spec.get("version", ""))), spec, stated)
        self._moment()

    def place(self, name: Name, spec: Mapping[str, Any], stated: Mapping[str, str] | None = None) -> None:
        """Somebody creates or changes a thing."""
        kind, old = name[0], self.things.get(name)
        made = {**_DEFAULTS.get(kind, {}), **{field: value for field, value in spec.items() if field != "tags"}}
        if old and fixed(kind, old.spec) != fixed(kind, made):
            raise ServiceError(f"{name} exists, and cannot change so")
        number = old.number if old else next(self._numbers)
        made["name"] = old.spec["name"] if old else spec["name"]
        self.things[name] = Thing(number, made, dict(spec.get("tags") or {}), stated=stated or {})

    def submit(self, name: str, spec: Mapping[str, Any]) -> None:
        """A run begins; if there is one of this name, it is met."""
        if name not in self.runs:
            made_at = f"2026-01-01T00:00:{next(self._numbers):09}Z"
            properties = dict(spec.get("properties") or {})
            self.runs[name] = LiveRun(name, "Running", made_at, properties, dict(spec.get("tags") or {}))

    def describe(self, kind: Kind, name: str, version: str, description: str, tags: Mapping[str, str]) -> None:
        """Changes what describes a version, and takes it out of the archive."""
        spec = {**self.things[kind, name, version].spec, "description": description}
        stated = stated_parts(self.sending) if self.sending else {}
        self._change((kind, name, version), spec=spec, tags=dict(tags), archived=False, stated=stated)

    def archive(self, kind: Kind, name: str, version: str) -> None:
        """Hides a version."""
        self._change((kind, name, version), archived=True)

    def delete(self, kind: Kind, name: str) -> None:
        """Deletes a compute or a datastore."""
        self._moment()
        if self.things.pop(named(kind, name), None) is None:
            raise ServiceError(f"{kind} {name} does not exist")
        self._moment()

    def stop(self, name: str) -> None:
        """Cancels a run."""
        self._moment()
        self.runs[name] = replace(self._run(name), status="Canceled")
        self._moment()

    def supersede(self, name: str, by: str) -> None:
        """Cancels a run that gives way to another."""
        self._moment()
        run = self._run(name)
        self.runs[name] = replace(run, tags={**run.tags, SUPERSEDED: by})
        self.stop(name)

    def adopt(self, name: str, properties: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Adds properties and tags to a run."""
        self._moment()
        run = self._run(name)
        self.runs[name] = replace(run, properties={**run.properties, **properties}, tags={**run.tags, **tags})
        self._moment()

    def _run(self, name: str) -> LiveRun:
        if name not in self.runs:
            raise ServiceError(f"there is no run {name}")
        return self.runs[name]

    def _change(self, name: Name, **changes: Any) -> None:
        self._moment()
        self.things[name] = replace(self.things[name], **changes)
        self._moment()

    def _moment(self) -> None:
        if self.life == 1:
            raise Killed
        self.life = None if self.life is None else self.life - 1


def named(kind: Kind, name: str, version: str = "") -> Name:
    """A thing by its name; the service does not tell the cases of a compute's name apart."""
    return kind, name.lower() if kind is Kind.COMPUTE else name, version


def fixed(kind: Kind, spec: Mapping[str, Any]) -> list[Any]:
    """What can never change in place."""
    if kind.versioned:
        return sorted((field, str(value)) for field, value in spec.items() if field not in _DESCRIBES)
    return [str(spec.get(field)).lower() for field in _FIXED[kind]]


def told(kind: Kind, thing: Thing) -> dict[str, Any]:
    """What the service returns of a thing, in the words of a spec."""
    if kind.versioned:
        return {"description": thing.spec.get("description", ""), "tags": thing.tags}
    return {**{field: value for field, value in thing.spec.items() if field not in _UNTOLD}, "tags": thing.tags}


def _live(kind: Kind, thing: Thing) -> LiveResource:
    secret = bool(thing.spec.get("credentials"))
    return LiveResource(told(kind, thing), thing.tags, archived=thing.archived, has_credentials=secret)
