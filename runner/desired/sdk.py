"""Specs that have no model of ours: the SDK's own loader judges them. A project without any never imports it."""

import re
from collections.abc import Mapping
from typing import Any

from runner.desired import models
from runner.desired.check import path_in
from runner.desired.document import Document, Path
from runner.desired.schema.base import OTHER_NODES
from runner.desired.spec import Spec
from runner.model.diagnostics import Diagnostic
from runner.model.keys import Kind

_OF_TYPE = re.compile(r"(?:Unsupported|Unknown) \w+ type\b")
# A field that its schemas do not ask for, and that its classes then miss.
_ABSENT = re.compile(r"Missing data for required field|missing 1 required keyword-only argument: '(\w+)'")


def concerns(kind: Kind, value: Mapping[str, Any]) -> bool:
    """Whether the SDK has to judge a spec, as a whole: for its type, or that of something in it."""
    if models.is_by_sdk(kind, value):
        return True
    nodes = value.get("jobs")
    inline = value.get("component")
    within = list(nodes.values()) if isinstance(nodes, dict) else []
    return any(_is_other(node) for node in within) or (isinstance(inline, dict) and concerns(Kind.COMPONENT, inline))


def _is_other(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    return str(node.get("type", "")) in OTHER_NODES or concerns(Kind.JOB, node)


def judge(spec: Spec) -> list[Diagnostic]:
    """Why the SDK refuses a spec, in one line at the place that it means; nothing when it does not.

    The innermost file that it refuses is what is told. What the spec leads to must be known to be right.
    """
    sources = [source for source in spec.sources() if concerns(source.kind, source.document.value)]
    if not sources:
        return []
    from runner.azureml.loading import refusal

    for source in reversed(sources):
        document = source.document
        refused = refusal(source.kind, document.value, source.folder / document.file.rpartition("/")[2])
        if refused:
            return [_diagnostic(document, refused.place, str(refused))]
    return []


def _diagnostic(document: Document, place: Path, words: str) -> Diagnostic:
    place = path_in(document.value, place) or (("type",) if _OF_TYPE.match(words) else ())
    name = str(place[-1]) if place else ""
    absent = _ABSENT.search(words)
    if absent:
        return Diagnostic(f"missing field {absent[1] or name!r}", document.position(place if absent[1] else place[:-1]))
    if words == "Unknown field.":
        return Diagnostic(f"unknown field {name!r}", document.position(place, key=True))
    return Diagnostic(f"{name}: {words}" if name else words, document.position(place))
