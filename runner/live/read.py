"""Reads what a desired state needs to know of the workspace, and no more."""

from collections.abc import Iterable

from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.live import translate
from runner.model.keys import Key, Kind
from runner.model.live import Asset, LiveResource, LiveRun, LiveState
from runner.model.references import Reference
from runner.model.resource import DesiredState

_COLLECTION = {Kind.ENVIRONMENT: "environments", Kind.DATA: "data"}


def read(rest: Rest, desired: DesiredState) -> LiveState:
    """The live counterparts of the desired resources, and every run of this project.

    Raises ServiceError when the workspace as a whole does not answer; what cannot be read alone becomes unknown.
    """
    rest.facts()
    unknown: dict[Key, str] = {}
    assets: dict[Asset, LiveResource] = {}
    for resource in desired.resources:
        if resource.key.kind.versioned:
            try:
                found = rest.get(f"{_COLLECTION[resource.key.kind]}/{resource.key.name}/versions/{resource.version}")
            except ServiceError as error:
                unknown[resource.key] = str(error)
                continue
            if found:
                assets[resource.key, resource.version] = translate.asset(found)
    kinds = {resource.key.kind for resource in desired.resources}
    return LiveState(
        computes=computes(rest) if Kind.COMPUTE in kinds else {},
        assets=assets,
        runs=runs(rest, desired.origin.project) if Kind.JOB in kinds else (),
        unknown=unknown,
        missing=frozenset(wanted for wanted in {e.reference for e in desired.externals} if not _exists(rest, wanted)),
    )


def _exists(rest: Rest, wanted: Reference) -> bool:
    if wanted.key.kind is Kind.COMPUTE:
        return rest.get(f"computes/{wanted.key.name}") is not None
    path = f"{_COLLECTION[wanted.key.kind]}/{wanted.key.name}"
    return rest.get(f"{path}/versions/{wanted.version}" if wanted.version else path) is not None


def computes(rest: Rest) -> dict[str, LiveResource]:
    """Every compute of the workspace, by lower-case name: the service does not tell cases apart."""
    return {found["name"].lower(): translate.compute(found) for found in rest.list("computes")}


def runs(rest: Rest, project: str) -> tuple[LiveRun, ...]:
    """Every run of the project, archived ones too, oldest first."""
    listed = rest.list("jobs", listViewType="All", properties=f"aml.project={project}")
    return in_order(translate.run(found) for found in listed if _is_of(found, project))


def in_order(found: Iterable[LiveRun]) -> tuple[LiveRun, ...]:
    """Oldest first; among equals by name."""
    return tuple(sorted(found, key=lambda run: (run.created_at, run.name)))


def _is_of(found: dict[str, object], project: str) -> bool:
    # The filter saves pages; that it filters is not relied on.
    properties = found.get("properties")
    own = properties.get("properties") if isinstance(properties, dict) else None
    return bool(own and own.get("aml.project") == project)
