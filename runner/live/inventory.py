"""What a workspace holds that could be written as specs: listed by pages, and read in detail one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import Rest
from runner.model import builtin
from runner.model.identity import SCHEDULE
from runner.model.keys import Key, Kind, select

HAS_A_SPEC = "already have a spec"
MANAGED = "belong to a project of aml"
OWN_STORES = "the workspace's own datastores"
CURATED = "curated environments"
ANONYMOUS = "anonymous assets"
PARTS = "parts of other jobs"
STARTED = "started by a schedule"
NOT_YET = "schedules and connections, which import does not write"
NO_VERSION = "all versions are archived"
GONE = "are gone"


@dataclass(slots=True)
class Inventory:
    """The workspace's things by key. Computes and datastores are known once they are listed, all else by name."""

    rest: Rest
    _listed: dict[Key, Mapping[str, Any]] = field(default_factory=dict)

    def select(self, patterns: Iterable[str]) -> list[Key]:
        """What is live and matches. Raises ConfigError for a pattern that nothing matches."""
        wanted = list(patterns)
        for kind in Kind:
            if any("/" not in pattern or fnmatchcase(kind, pattern.partition("/")[0]) for pattern in wanted):
                self._list(kind)
        return sorted(select(self._listed, wanted))

    def find(self, key: Key) -> Mapping[str, Any] | None:
        """The payload that says all of it: of an asset the latest version that is not archived; None if gone."""
        if key.kind.versioned:
            return self._latest(key)
        listed = self._listed.get(key)
        # A list of jobs may leave out what they are made of; what is passed over anyway needs no look of its own.
        if listed and (key.kind is not Kind.JOB or by_content(key, listed)):
            return listed
        return self.rest.get(f"{_collection(key.kind)}/{key.name}")

    def _list(self, kind: Kind) -> None:
        view = {"listViewType": "ActiveOnly"} if kind.versioned or kind is Kind.JOB else {}
        found = self.rest.list(_collection(kind), **view)
        self._listed |= {Key(kind, str(each["name"])): each for each in found}

    def _latest(self, key: Key) -> Mapping[str, Any] | None:
        # `latest` is the version that was created last; the list of data versions takes no order.
        path = f"{_collection(key.kind)}/{key.name}/versions"
        order = {} if key.kind is Kind.DATA else {"$orderBy": "createdtime desc", "$top": "1"}
        found = self.rest.list(path, listViewType="ActiveOnly", **order)
        return max(found, key=_created, default=None)


def by_name(key: Key) -> str | None:
    """Why something of this name is not ours to write, or None."""
    if key.kind in {Kind.CONNECTION, Kind.SCHEDULE}:
        return NOT_YET
    if key.kind is Kind.DATASTORE and key.name in builtin.OWN_STORES:
        return OWN_STORES
    if key.kind is Kind.ENVIRONMENT and key.name.lower().startswith(builtin.CURATED):
        return CURATED
    return ANONYMOUS if key.name in builtin.ANONYMOUS else None


def by_content(key: Key, found: Mapping[str, Any] | None) -> str | None:
    """Why what was found is not ours to write, or None."""
    if found is None:
        return NO_VERSION if key.kind.versioned else GONE
    properties = found.get("properties") or {}
    noted = properties.get("properties") or {}
    if key.kind is Kind.JOB:
        if not properties or noted.get("azureml.runsource") == "azureml.StepRun":
            return PARTS
        if SCHEDULE in (properties.get("tags") or {}):
            return STARTED
        return MANAGED if "aml.key" in noted else None
    tags = found.get("tags") if key.kind is Kind.COMPUTE else properties.get("tags")
    if "aml.project" in (tags or {}):
        return MANAGED
    return ANONYMOUS if properties.get("isAnonymous") else None


def _collection(kind: Kind) -> str:
    return "jobs" if kind is Kind.JOB else COLLECTION[kind]


def _created(found: Mapping[str, Any]) -> str:
    return str((found.get("systemData") or {}).get("createdAt") or "")
