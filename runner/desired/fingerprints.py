"""Cloud URIs that a rule (`fingerprint: etag`) makes count by what they hold, and not only as they are written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.desired import rules
from runner.desired.project import Project
from runner.desired.spec import Spec
from runner.model.resource import FieldPath

_READABLE = "https://"


def uris(project: Project, specs: Iterable[Spec]) -> set[str]:
    """The URIs whose ETag is to be asked for."""
    stated = [rule for rule in project.config.rules if rule.fingerprint]
    chosen = (spec for spec in specs if stated and rules.settings(stated, spec.key).by_etag)
    return {uri for spec in chosen for source in spec.sources() for _, uri in places(source.document.value)}


def places(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Where a spec names an https URI as the `path` of an input or of data, and the URI."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == "path" and isinstance(item, str) and item.startswith(_READABLE):
                yield (*path, name), item
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))
