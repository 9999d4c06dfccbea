"""Whether something live that this project did not make holds the very content of a spec: then it may be adopted."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import AT_ONCE, Rest
from runner.azureml.storage import Storage
from runner.errors import ServiceError
from runner.live import trees
from runner.live.importing import around
from runner.live.written.around import Around, UnwritableError
from runner.live.written.plain import plain
from runner.live.written.spec import written
from runner.model.content import deciding
from runner.model.digest import parts, tree_digest
from runner.model.keys import Key, Kind
from runner.model.live import Likeness, LiveState
from runner.model.resource import DesiredState, FieldPath, Resource, with_value


def likenesses(rest: Rest, desired: DesiredState, found: LiveState) -> dict[Key, Likeness]:
    """For each version and run that is there and that nobody of us made: how far it is what the spec says.

    Code is read and compared file by file. What cannot be read or said as a spec is told, and not raised.
    """
    wanted = [(resource, path) for resource in desired.resources if (path := _path(resource, found))]
    if not wanted:
        return {}
    place, storage = around(rest), Storage(rest)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda pair: _likeness(rest, storage, place, *pair), wanted)
        return {resource.key: likeness for (resource, _), likeness in zip(wanted, told, strict=True)}


def _path(resource: Resource, found: LiveState) -> str:
    """Where what may be adopted for a resource lies; empty when there is nothing of that sort."""
    key = resource.key
    if key.kind is Kind.JOB:
        return f"{COLLECTION[key.kind]}/{key.name}" if key in found.namesakes else ""
    live = found.assets.get((key, resource.version)) if key.kind.versioned else None
    foreign = live is not None and live.tags.get("aml.digest") != resource.digest
    return f"{COLLECTION[key.kind]}/{key.name}/versions/{resource.version}" if foreign else ""


def _likeness(rest: Rest, storage: Storage, place: Around, resource: Resource, path: str) -> Likeness:
    try:
        live = written(resource.key, rest.get(path) or {}, place)
        remote = {field: tree_digest(trees.blobs(storage, url)) for field, url in live.trees.items()}
    except (ServiceError, UnwritableError) as error:
        return Likeness(problem=str(error))
    local = {field: tree_digest(tree.files) for field, tree in resource.trees.items()}
    before, now = _parts(resource, live.spec, remote), _parts(resource, resource.spec, local)
    return Likeness(tuple(sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))))


def _parts(resource: Resource, spec: Mapping[str, Any], digests: Mapping[FieldPath, str]) -> dict[str, str]:
    """A hash for each part of a spec that decides, whoever wrote it and in whatever words."""
    for field, digest in digests.items():
        spec = with_value(spec, field, {"tree": digest})
    kind = resource.key.kind
    return parts(deciding(kind, plain(kind, spec), resource.settings.ignore_changes))
