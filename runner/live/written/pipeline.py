"""The nodes of pipelines."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.live.written import words, work
from runner.live.written.around import Payload, UnwritableError
from runner.live.written.sweep import sweep
from runner.model.builtin import ANONYMOUS_COMPONENT
from runner.model.resource import FieldPath

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,99}")  # it becomes a part of a file's name, too
_DEEPEST = 30  # steps into a spec: ten pipelines
_ALSO_OF_COMPONENT = ("resources", "distribution", "environment_variables")


@dataclass(frozen=True, slots=True)
class Nodes:
    """Translates nodes. `content` translates a component that one of them states in place."""

    parts: work.Work
    content: Callable[[Payload, work.Work, FieldPath], dict[str, Any]]

    def nodes(self, given: Payload, at: FieldPath) -> dict[str, Any]:
        """The nodes by name. Raises UnwritableError for a type that we do not know or a name that no spec takes."""
        if len(at) > _DEEPEST:
            raise UnwritableError("pipelines too deep inside each other")
        for name in given:
            if not _NAME.fullmatch(name):
                raise UnwritableError(f"a pipeline with a node called {name!r}")
        return {name: self._node(name, node or {}, (*at, "jobs", name)) for name, node in given.items()}

    def _node(self, name: str, node: Payload, at: FieldPath) -> dict[str, Any]:
        kind = words.known(f"the node {name}", node.get("type") or "command", ("command", "sweep", "pipeline"))
        place, holder = ("trial", node.get("trial") or {}) if kind == "sweep" else ("component", node)
        component, declared = self.component(holder.get("componentId"), (*at, place))
        types = {port: str(item.get("type")) for port, item in (declared.get("inputs") or {}).items()}
        shown = node.get("display_name")
        own = {
            "type": kind,
            "display_name": shown if shown != name else None,
            "description": node.get("description"),
            "comment": node.get("comment"),
            "tags": words.by_people(node.get("tags")),
            "properties": words.by_people(node.get("properties")),
            place: component,
            "inputs": self.parts.inputs(node.get("inputs"), types),
            "outputs": self.parts.outputs(node.get("outputs"), ""),
            "compute": self.parts.compute(node.get("computeId")),
            **self._does(kind, node, at),
            "identity": work.identity(node.get("identity")),
            "queue_settings": work.queue_settings(node.get("queue_settings")),
            "services": work.services(node.get("services")),
        }
        if isinstance(component, Mapping):  # a node that stated its command says these twice
            own |= {field: None for field in _ALSO_OF_COMPONENT if field in own and own[field] == component.get(field)}
        return words.stated(own)

    def _does(self, kind: str, node: Payload, at: FieldPath) -> dict[str, Any]:
        if kind == "sweep":
            return {**sweep(node), "resources": work.resources(node.get("resources"))}
        limits = {"timeout": work.timeout((node.get("limits") or {}).get("timeout"))}
        return {**self.parts.process(node, at), "limits": words.stated(limits)} if kind == "command" else {}

    def component(self, given: Any, at: FieldPath) -> tuple[Any, Payload]:
        """A reference, or in place what was stated in place; and what the component declares, if it is ours to read."""
        path = words.below(given, self.parts.around)
        if not path:
            return words.reference(given, self.parts.around), {}
        declared: Payload = words.needed(words.needed(self.parts.around.read(path), "properties"), "componentSpec")
        if path.split("/")[1] != ANONYMOUS_COMPONENT:
            return words.reference(given, self.parts.around), declared
        return self.content(declared, self.parts, at), declared
