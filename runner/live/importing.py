"""Reads what patterns choose, and what that needs, as specs."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner.azureml.rest import Rest
from runner.azureml.storage import Storage
from runner.errors import ServiceError
from runner.live import inventory, trees
from runner.live.inventory import Inventory
from runner.live.written.around import Around, UnwritableError, Written
from runner.live.written.references import references
from runner.live.written.spec import written
from runner.model.digest import tree_digest
from runner.model.events import Listener, Working
from runner.model.keys import Key, Kind, name_problem

_AT_ONCE = 8  # requests, as for a plan
_STORE = "datastores/workspaceblobstore"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read. `passed_over` says of the rest of what was chosen why it is not among it."""

    written: Mapping[Key, Written]
    passed_over: Mapping[Key, str]
    places: Mapping[str, Path] = field(default_factory=dict)  # URL -> the folder with its content
    digests: Mapping[str, str] = field(default_factory=dict)  # URL -> the digest of its content

    def without(self, why: Mapping[Key, str]) -> "Gathered":
        """Less some of the specs, with why."""
        kept = {key: each for key, each in self.written.items() if key not in why}
        return replace(self, written=kept, passed_over={**self.passed_over, **why})


def around(rest: Rest) -> Around:
    """The workspace's own facts. What payloads name is read once."""
    known: dict[str, Mapping[str, Any]] = {}

    def read(path: str) -> Mapping[str, Any]:
        if path not in known:
            found = rest.get(path)
            if found is None:
                raise UnwritableError(f"what refers to {path}, which is gone")
            known[path] = found
        return known[path]

    store = (rest.get(_STORE) or {}).get("properties") or {}
    return Around(rest.workspace.path, rest.location(), str(store.get("endpoint") or ""), read)


def fetch(rest: Rest, gathered: Gathered, folder: Path, listener: Listener) -> Gathered:
    """Downloads every folder that the specs reach, each once, to folders of its own in `folder`.

    What needs one that cannot be had is passed over.
    """
    storage = Storage(rest)
    places: dict[str, Path] = {}
    digests: dict[str, str] = {}
    failed: dict[str, str] = {}
    for number, url in enumerate(sorted({url for each in gathered.written.values() for url in each.trees.values()})):
        listener(Working(f"downloading {url}"))
        try:
            digests[url] = tree_digest(trees.download(storage, url, folder / str(number)))
            places[url] = folder / str(number)
        except ServiceError as error:
            failed[url] = str(error)
    why = {key: failed[url] for key, each in gathered.written.items() for url in each.trees.values() if url in failed}
    return replace(gathered, places=places, digests=digests).without(why)


def gather(rest: Rest, patterns: Iterable[str], taken: Collection[Key]) -> Gathered:
    """The chosen resources and what they refer to, as specs; `taken` are those that have one already.

    Raises ConfigError for a pattern that matches nothing, and ServiceError when the workspace does not answer.
    """
    names = {(key.kind, key.name.lower()): key for key in taken}
    gathering = _Gathering(Inventory(rest), around(rest), frozenset(taken), names)
    wanted = gathering.inventory.select(patterns)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while wanted:
            for key, result in zip(wanted, pool.map(gathering.attempt, wanted), strict=True):
                gathering.note(key, result)
            wanted = gathering.needed()
    return Gathered(gathering.written, gathering.passed_over)


@dataclass(slots=True)
class _Gathering:
    inventory: Inventory
    around: Around
    taken: frozenset[Key]
    names: dict[tuple[Kind, str], Key]  # in lower case: two that differ in case alone would be one file on some disks
    written: dict[Key, Written] = field(default_factory=dict)
    passed_over: dict[Key, str] = field(default_factory=dict)

    def attempt(self, key: Key) -> Written | str:
        """The resource as a spec, or why there is none."""
        why = inventory.HAS_A_SPEC if key in self.taken else inventory.by_name(key) or name_problem(key)
        if why:
            return why
        try:
            found = self.inventory.find(key)
            return inventory.by_content(key, found) or written(key, found or {}, self.around)
        except UnwritableError as error:
            return f"no spec can say it: {error}"
        except ServiceError as error:
            return str(error)

    def note(self, key: Key, result: Written | str) -> None:
        twin = self.names.setdefault((key.kind, key.name.lower()), key) if isinstance(result, Written) else key
        if isinstance(result, str):
            self.passed_over[key] = result
        elif twin != key:
            self.passed_over[key] = f"named like {twin} but for upper and lower case"
        else:
            self.written[key] = result

    def needed(self) -> list[Key]:
        """What the specs so far refer to and nobody has looked at. What cannot come along is no news of its own."""
        named = {found.key for each in self.written.values() for _, found in references(each.spec)}
        unseen = named - self.written.keys() - self.passed_over.keys() - self.taken
        return sorted(key for key in unseen if not inventory.by_name(key))
