"""What changes in place: the fields that specs are compared with, and beside them what an update has to repeat."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from runner.live import translate
from runner.live.written.around import Around, Payload, UnwritableError
from runner.live.written.compute import compute
from runner.live.written.datastore import datastore
from runner.model.keys import Kind
from runner.model.live import LiveResource

_COMPARED: Mapping[Kind, Callable[[Payload], LiveResource]] = {
    Kind.COMPUTE: translate.compute,
    Kind.DATASTORE: translate.datastore,
    Kind.CONNECTION: translate.connection,
    Kind.SCHEDULE: translate.schedule,
}
_WHOLE: Mapping[Kind, Callable[[Payload, Around], dict[str, Any]]] = {
    Kind.COMPUTE: compute,
    Kind.DATASTORE: datastore,
}


def _unread(path: str) -> Payload:
    raise UnwritableError(f"{path} is not looked up")


# Nothing is left out as a default of the workspace, and a network is named by its id.
_NOWHERE = Around(path="", location="", endpoint="", read=_unread)


def mutable(kind: Kind, found: Payload) -> LiveResource:
    """Something that changes in place, as the service tells it."""
    live = _COMPARED[kind](found)
    try:
        whole = _WHOLE[kind](found, _NOWHERE) if kind in _WHOLE else {}
    except UnwritableError:
        return live
    beside = {name: value for name, value in whole.items() if name not in live.spec and name != "tags"}
    return replace(live, beside=beside)
