"""Components as specs: commands and pipelines, registered ones and those that a job states in place."""

from typing import Any

from runner.live.written import words, work
from runner.live.written.around import Payload
from runner.live.written.pipeline import Nodes
from runner.model.resource import FieldPath


def registered(name: str, found: Payload, parts: work.Work) -> dict[str, Any]:
    """One version of a component."""
    properties = found["properties"]
    inner = words.needed(properties, "componentSpec")
    head = {
        "name": name,
        "version": str(found["name"]),
        "type": inner.get("type"),
        "display_name": inner.get("display_name"),
        "description": properties.get("description") or inner.get("description"),
        "tags": words.by_people(properties.get("tags")),
    }
    return words.stated({**head, **content(inner, parts, ())})


def content(inner: Payload, parts: work.Work, at: FieldPath) -> dict[str, Any]:
    """What a component does. Raises UnwritableError for types other than command and pipeline."""
    kind = words.known("components", inner.get("type"), ("command", "pipeline"))
    does = (
        parts.process(inner, at)
        if kind == "command"
        else {"jobs": Nodes(parts, content).nodes(words.needed(inner, "jobs"), at)}
    )
    return words.stated(
        {
            "type": kind,
            "display_name": inner.get("display_name"),
            "description": inner.get("description"),
            "is_deterministic": _flag(inner.get("is_deterministic")),
            "inputs": {name: _port(port or {}) for name, port in (inner.get("inputs") or {}).items()},
            "outputs": {name: _port(port or {}) for name, port in (inner.get("outputs") or {}).items()},
            **does,
        }
    )


def _port(given: Payload) -> dict[str, Any]:
    kind = str(given.get("type") or "")
    literals = {
        name: words.typed(given[name], kind) for name in ("default", "min", "max") if given.get(name) is not None
    }
    rest = {
        "type": kind,
        "description": given.get("description"),
        "optional": _flag(given.get("optional")),
        "mode": given.get("mode"),
    }
    return words.stated(rest) | literals | words.stated({"enum": given.get("enum")})


def _flag(given: Any) -> Any:
    """The service answers with words what was sent as a truth value."""
    return str(given).lower() == "true" if isinstance(given, str) else given
