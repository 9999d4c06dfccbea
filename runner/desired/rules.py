"""`rules:` of project.yml, settled for each resource: the first rule that has a setting decides it."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from runner.desired.place import FILE
from runner.desired.schema.project import Rule
from runner.model.diagnostics import Diagnostic, Position, Severity
from runner.model.gates import Gate, Goal
from runner.model.keys import Key, Kind
from runner.model.rules import DEFAULT, Register, Settings

NO_SPEC: Mapping[str, Any] = MappingProxyType({})


def settings(rules: Iterable[Rule], key: Key, spec: Mapping[str, Any] = NO_SPEC) -> Settings:
    """What the rules settle for the resource of this key; without its spec, when it left the repository."""
    # An instance holds somebody's files.
    is_instance = key.kind is Kind.COMPUTE and str(spec.get("type", "")).lower() == "computeinstance"
    stated: dict[str, Any] = {}
    for rule in rules:
        if fnmatchcase(str(key), rule.match):
            stated = _settings(rule) | stated
    if is_instance:
        stated.setdefault("prevent_destroy", True)
    return Settings(**stated) if stated else DEFAULT


def _settings(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rule.rerun is not None:
        found["rerun"] = rule.rerun
    if rule.retry is not None:
        found |= {"retry_limit": rule.retry.limit, "retry_on": frozenset(rule.retry.on)}
    if rule.when_superseded is not None:
        found["cancel_superseded"] = rule.when_superseded == "cancel"
    if rule.ignore_changes is not None:
        found["ignore_changes"] = tuple(rule.ignore_changes)
    if rule.fingerprint is not None:
        found["by_etag"] = True
    if rule.prevent_destroy is not None:
        found["prevent_destroy"] = rule.prevent_destroy
    if rule.when_removed is not None:
        found["cancel_removed"] = rule.when_removed == "cancel"
    return found | _training(rule)


def _training(rule: Rule) -> dict[str, Any]:
    """What the rule says of a job's run once it is over, or given up."""
    found: dict[str, Any] = {}
    if rule.gate is not None:
        stated = rule.gate if isinstance(rule.gate, list) else [rule.gate]
        found["gates"] = tuple(Gate(**{**each.model_dump(), "goal": each.goal and Goal(each.goal)}) for each in stated)
    if rule.register_ is not None:
        found["register"] = Register(**rule.register_.model_dump())
    if rule.cancel_on_abort is not None:
        found["cancel_on_abort"] = rule.cancel_on_abort
    return found


def idle(rules: Iterable[Rule], keys: Iterable[Key]) -> Iterator[Diagnostic]:
    """A warning for each rule that matches nothing: a typing error more often than an intention."""
    names = [str(key) for key in keys]
    for rule in rules:
        # What protects a resource, or says what becomes of it, has its say when there is no spec any more.
        of_the_gone = rule.prevent_destroy is not None or rule.when_removed is not None
        if not of_the_gone and not any(fnmatchcase(name, rule.match) for name in names):
            yield Diagnostic(f"rules: no spec matches {rule.match!r}", Position(f"specs/{FILE}"), Severity.WARNING)
