"""`${{...}}`: what a command or a node of a pipeline names must exist, and nodes must not wait for each other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.desired.check import did_you_mean
from runner.desired.circles import circle
from runner.desired.document import Path
from runner.desired.links import Source
from runner.model.diagnostics import Diagnostic

# No two of them overlap: a text of nothing but beginnings is read once.
_BINDING = re.compile(r"\$\{\{\s*+([^{}\s]++)\s*+\}\}")
_OF_PARENT = re.compile(r"parent\.(?:jobs\.(?P<node>[^.]+)\.)?(?P<port>inputs|outputs)\.(?P<name>.+)")
# What is judged by itself, and what is only for people.
_NOT_HERE = frozenset({"component", "jobs", "trial", "command", "description", "comment", "display_name", "tags"})


@dataclass(slots=True)
class Bindings:
    """Judges one file.

    `components` holds what the places that name a component lead to, by their path in the whole spec: its content, or
    None when it is not of this repository.
    """

    source: Source
    components: Mapping[Path, Mapping[str, Any] | None]
    of_component: bool = False
    problems: list[Diagnostic] = field(default_factory=list)

    def check(self) -> list[Diagnostic]:
        """What is wrong with the bindings of this file."""
        self._work(self.source.document.value, ())
        return self.problems

    def _work(self, value: Mapping[str, Any], at: Path, pipeline: Mapping[str, Any] | None = None) -> None:
        """A job, a component, or a node of a pipeline."""
        self._command(value, at, value)
        self._parents(value, at, pipeline)
        inline = value.get("component")
        if isinstance(inline, dict):
            self._work(inline, (*at, "component"))
        trial = value.get("trial")
        if isinstance(trial, dict):
            # The trial of a sweep job has the job's inputs; that of a node is a component with its own.
            own = trial if "inputs" in trial or "outputs" in trial else value
            self._command(trial, (*at, "trial"), {**own, "search_space": value.get("search_space")})
        nodes = {name: node for name, node in _mapping(value.get("jobs")).items() if isinstance(node, dict)}
        for name, node in nodes.items():
            self._work(node, (*at, "jobs", name), value)
        self._interface(value, at)
        self._circle(nodes, at)

    def _command(self, value: Mapping[str, Any], at: Path, scope: Mapping[str, Any]) -> None:
        command = value.get("command")
        names = [name.split(".") for name in _BINDING.findall(command)] if isinstance(command, str) else []
        undefined = [
            f"{kind}.{name[0]}"
            for kind, *name in names
            if kind in {"inputs", "outputs", "search_space"} and name and not _has(scope.get(kind), ".".join(name))
        ]
        if undefined:
            what = "component" if self.of_component or at[-1:] == ("component",) else "job"
            words = f"the command uses {', '.join(undefined)}, which the {what} does not define"
            self._refuse(words, (*at, "command"))

    def _parents(self, value: Mapping[str, Any], at: Path, pipeline: Mapping[str, Any] | None) -> None:
        for place, name in _bindings(value, at):
            wrong = self._undefined(name, pipeline, at)
            if wrong:
                self._refuse(f"${{{{{name}}}}}: {wrong}", place)

    def _undefined(self, name: str, pipeline: Mapping[str, Any] | None, at: Path) -> str | None:
        """Why a binding to the parent leads nowhere, or None."""
        if pipeline is None:
            return "only a node of a pipeline has a parent"
        found = _OF_PARENT.fullmatch(name)
        if not found:
            return "expected parent.inputs.NAME, parent.outputs.NAME or parent.jobs.NODE.outputs.NAME"
        if not found["node"]:
            known = _mapping(pipeline.get(found["port"]))
            return _missing(f"the pipeline defines no {found['port'][:-1]}", found["name"], known)
        nodes = _mapping(pipeline.get("jobs"))
        if found["node"] not in nodes:
            return _missing("the pipeline has no node", found["node"], nodes)
        ports = self._ports(nodes[found["node"]], (*at[:-1], found["node"]), found["port"])
        if ports is None:
            return None
        return _missing(f"node {found['node']!r} has no {found['port'][:-1]}", found["name"], ports)

    def _ports(self, node: Any, at: Path, port: str) -> Mapping[str, Any] | None:
        """The inputs or outputs of a node with those of its component; None when the component is others'."""
        own = _mapping(_mapping(node).get(port))
        component = self._component(_mapping(node), at)
        return None if component is None else {**_mapping(component.get(port)), **own}

    def _component(self, node: Mapping[str, Any], at: Path) -> Mapping[str, Any] | None:
        """The component of a node, None when it is others'. What has none of its own has the node's ports: {}."""
        named = "trial" if "trial" in node else "component"
        inline = node.get(named)
        if isinstance(inline, dict):
            return inline if {"inputs", "outputs"} & set(inline) or named == "component" else {}
        return {} if inline is None else self.components.get((*self.source.at, *at, named))

    def _interface(self, node: Mapping[str, Any], at: Path) -> None:
        """The inputs that a node gives against those that its component takes."""
        component = self._component(node, at)
        if not component:
            return
        takes, gives = _mapping(component.get("inputs")), _mapping(node.get("inputs"))
        given = gives.keys() | _mapping(node.get("search_space")).keys()
        needed = [name for name, port in takes.items() if _is_needed(port) and name not in given]
        for name in gives:
            # The service passes over an input too many: it is wrong if it seems to stand for another.
            if not _has(takes, name) and (needed or did_you_mean(name, takes)):
                words = _missing("the component takes no input", name, takes)
                self._refuse(str(words), (*at, "inputs", name), key=True)
        for name in needed:
            self._refuse(f"the component needs the input {name!r}", at, key=True)

    def _circle(self, nodes: Mapping[str, Any], at: Path) -> None:
        waits: dict[str, set[str]] = {}
        for name, node in nodes.items():
            found = [_OF_PARENT.fullmatch(text) for _, text in _bindings(node, ())]
            waits[name] = {str(match["node"]) for match in found if match and match["node"] in nodes}
        round_trip = circle(waits)
        if round_trip:
            words = f"the nodes wait for each other in a circle: {' -> '.join(round_trip)}"
            self._refuse(words, (*at, "jobs", round_trip[0]), key=True)

    def _refuse(self, message: str, place: Path, *, key: bool = False) -> None:
        self.problems.append(Diagnostic(message, self.source.document.position(place, key=key)))


def _bindings(value: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, str]]:
    """Every binding to the parent in a node, and where it stands."""
    for name, item in value.items():
        if name not in _NOT_HERE:
            yield from _bindings_in(item, (*at, name))


def _bindings_in(value: Any, at: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield from ((at, name) for name in _BINDING.findall(value) if name.startswith("parent."))
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from _bindings_in(item, (*at, step))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _has(known: Any, name: str) -> bool:
    """Whether this port exists: `data.path` is a part of `data`, or a member of the group `data`."""
    return any(name == each or name.startswith(f"{each}.") or each.startswith(f"{name}.") for each in _mapping(known))


def _is_needed(port: Any) -> bool:
    return isinstance(port, dict) and not port.get("optional") and "default" not in port


def _missing(what: str, name: str, known: Mapping[str, Any]) -> str | None:
    return None if _has(known, name) else f"{what} {name!r}{did_you_mean(name, known)}"
