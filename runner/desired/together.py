"""What is wrong with specs that are each fine: names that collide, references that lead nowhere, circles."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runner.desired.bindings import Bindings
from runner.desired.check import did_you_mean
from runner.desired.circles import circle
from runner.desired.links import Link
from runner.desired.spec import Spec
from runner.model.diagnostics import Diagnostic
from runner.model.keys import Key, Kind, matches_any


def problems(specs: list[Spec], external: Iterable[str], claimed: Mapping[Key, str]) -> list[Diagnostic]:
    """Everything that is wrong between the specs of one project.

    `external` are globs of what others own; `claimed` are the files that would be resources if no spec reached them.
    """
    undefined = _undefined(specs, tuple(external), claimed)
    return [*_twice(specs), *undefined, *binding_problems(specs), *_circles(specs)]


def binding_problems(specs: Iterable[Spec]) -> Iterator[Diagnostic]:
    """What is wrong with the `${{...}}` of each spec and its component and job files."""
    by_key = {spec.key: spec for spec in specs}
    for spec in by_key.values():
        if spec.key.kind in {Kind.JOB, Kind.COMPONENT, Kind.SCHEDULE}:
            named = {link.path: _component(link, by_key) for link in spec.links if link.name in {"component", "trial"}}
            for source in spec.sources():
                yield from Bindings(source, named, source.kind is Kind.COMPONENT).check()


def _component(link: Link, specs: Mapping[Key, Spec]) -> Mapping[str, Any] | None:
    """The component that a place names; None when it is not of this repository."""
    if link.target:
        value: dict[str, Any] = link.target.value
        return value
    own = specs.get(link.reference.key) if link.reference else None
    return own.value if own and link.reference and own.is_meant(link.reference) else None


def _twice(specs: Iterable[Spec]) -> Iterator[Diagnostic]:
    first: dict[tuple[Kind, str], Spec] = {}
    for spec in specs:
        # Names that differ in case alone are one name for computes, and a trap for people everywhere.
        name = (spec.key.kind, spec.key.name.lower())
        other = first.setdefault(name, spec)
        if other is not spec:
            yield Diagnostic(f"{spec.key} is defined twice; the first is at {other.position}", spec.position)


def _undefined(specs: Iterable[Spec], external: tuple[str, ...], claimed: Mapping[Key, str]) -> Iterator[Diagnostic]:
    # Specs with errors of their own count too: no second error for who refers to them.
    named = {spec.key for spec in specs}
    for link in (link for spec in specs for link in spec.links):
        wanted = link.reference
        if wanted is None or not link.follows or wanted.curated or wanted.key in named:
            continue
        if matches_any(wanted.key, external):
            continue
        yield Diagnostic(f"{link.name}: {_why_undefined(wanted.key, named, claimed)}", link.position)


def _why_undefined(wanted: Key, named: Iterable[Key], claimed: Mapping[Key, str]) -> str:
    if wanted in claimed:
        return (
            f"{wanted} is no resource: a spec reaches {claimed[wanted]} by its path, so the file belongs to that spec"
        )
    close = did_you_mean(wanted.name, [key.name for key in named if key.kind is wanted.kind])
    return f"no spec defines {wanted}" + (
        close or "; define it, or list it under external: in specs/project.yml if others own it"
    )


def _circles(specs: Iterable[Spec]) -> Iterator[Diagnostic]:
    by_key = {spec.key: spec for spec in specs}
    follows = {key: spec.follows(by_key) for key, spec in by_key.items()}
    found = circle(follows)
    if found:
        words = " -> ".join(str(key) for key in found)
        yield Diagnostic(f"the specs depend on each other in a circle: {words}", follows[found[0]][found[1]].position)
