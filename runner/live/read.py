"""Reads what a desired state needs to know of the workspace, and no more.

A collection is read by its pages, however many of its members are ours; one version of an asset by its name.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import AT_ONCE, Rest
from runner.errors import ServiceError
from runner.live import everything, translate
from runner.live.mutable import mutable
from runner.live.runs import runs, with_causes
from runner.model.keys import Key, Kind
from runner.model.live import Asset, LiveResource, LiveRun, LiveState
from runner.model.references import Reference
from runner.model.resource import DesiredState, Resource


def read(rest: Rest, desired: DesiredState, *, whole: bool = False) -> LiveState:
    """The live counterparts of the desired resources, and every run of this project.

    With `whole` also what no spec asks for: all that changes in place, and active versions of assets.
    Raises ServiceError when the workspace as a whole does not answer; what cannot be read alone becomes unknown.
    """
    rest.facts()
    kinds = set(Kind) if whole else {resource.key.kind for resource in desired.resources}
    found = runs(rest, desired.origin.project) if Kind.JOB in kinds else ()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assets, unknown = _assets(rest, desired.resources, pool)
        references = sorted({external.reference for external in desired.externals}, key=str)
        others = dict(zip(references, pool.map(lambda wanted: _named(rest, wanted), references), strict=True))
        namesakes = _namesakes(rest, desired, found, pool)
    return LiveState(
        computes=computes(rest) if Kind.COMPUTE in kinds else {},
        datastores=datastores(rest) if Kind.DATASTORE in kinds else {},
        connections=_listed(rest, Kind.CONNECTION, str) if Kind.CONNECTION in kinds else {},
        schedules=schedules(rest) if Kind.SCHEDULE in kinds else {},
        assets=(everything.assets(rest) if whole else {}) | assets,
        runs=with_causes(rest, found, desired),
        unknown=unknown,
        missing=frozenset(wanted for wanted, found in others.items() if found.version is None),
        archived=frozenset(wanted for wanted, found in others.items() if found.archived),
        namesakes=namesakes,
        resolved={wanted: found.version for wanted, found in others.items() if found.version and wanted.label},
    )


def _namesakes(
    rest: Rest, desired: DesiredState, found: Iterable[LiveRun], pool: ThreadPoolExecutor
) -> dict[Key, LiveRun]:
    """For jobs that never ran: the run that is called exactly as the spec, and that no project of ours made."""
    ran = {run.key for run in found}
    jobs = [each.key for each in desired.resources if each.key.kind is Kind.JOB and str(each.key) not in ran]
    answers = zip(jobs, pool.map(lambda key: rest.get(f"jobs/{key.name}"), jobs), strict=True)
    runs = {key: translate.run(answer) for key, answer in answers if answer}
    return {key: run for key, run in runs.items() if not run.properties.get("aml.project")}


def _assets(
    rest: Rest, resources: Iterable[Resource], pool: ThreadPoolExecutor
) -> tuple[dict[Asset, LiveResource], dict[Key, str]]:
    """The live versions of the desired assets, and what could not be read, with why."""

    def attempt(resource: Resource) -> Mapping[str, LiveResource] | ServiceError:
        try:
            return _versions(rest, resource)
        except ServiceError as error:
            return error

    wanted = [resource for resource in resources if resource.key.kind.versioned]
    answers = list(zip(wanted, pool.map(attempt, wanted), strict=True))
    unknown = {resource.key: str(found) for resource, found in answers if isinstance(found, ServiceError)}
    assets = {
        (resource.key, version): each
        for resource, found in answers
        if not isinstance(found, ServiceError)
        for version, each in found.items()
    }
    return assets, unknown


def _versions(rest: Rest, resource: Resource) -> Mapping[str, LiveResource]:
    """The version that the spec stands for; of a model without one, all: the content is in a tag of one of them."""
    path = f"{COLLECTION[resource.key.kind]}/{resource.key.name}/versions"
    if resource.key.kind.numbered and "version" not in resource.spec:
        return {str(found["name"]): translate.asset(found) for found in rest.list(path, listViewType="All")}
    found = rest.get(f"{path}/{resource.version}")
    return {resource.version: translate.asset(found)} if found else {}


class _Named(NamedTuple):
    """What a reference to others stands for: a version, empty for what has none; None when it is not there."""

    version: str | None
    archived: bool = False


def _named(rest: Rest, wanted: Reference) -> _Named:
    if not wanted.version:
        return _Named(stands_for(rest, wanted))
    found = rest.get(f"{COLLECTION[wanted.key.kind]}/{wanted.key.name}/versions/{wanted.version}")
    if not found:
        return _Named(None)
    return _Named(wanted.version, archived=bool((found.get("properties") or {}).get("isArchived")))


def stands_for(rest: Rest, wanted: Reference) -> str | None:
    """The version that a label stands for now; empty for what has none, None when it is not there."""
    path = f"{COLLECTION[wanted.key.kind]}/{wanted.key.name}"
    if not wanted.label:
        return "" if rest.get(path) else None
    if wanted.key.kind is Kind.DATA:
        return _text((rest.get(path) or {}).get("properties") or {}, "latestVersion")
    # As the SDK asks: the label `latest` is the version that was created last.
    order = {"$orderBy": "createdtime desc", "$top": "1"}
    return next((_text(found, "name") for found in rest.list(f"{path}/versions", **order)), None)


def _text(found: Mapping[str, Any], name: str) -> str | None:
    return str(found.get(name) or "") or None


def one(rest: Rest, key: Key) -> LiveResource | None:
    """Something that changes in place as it is now; None when there is none."""
    found = rest.get(f"{COLLECTION[key.kind]}/{key.name}")
    return mutable(key.kind, found) if found else None


def computes(rest: Rest) -> dict[str, LiveResource]:
    """Every compute of the workspace, by lower-case name: the service does not tell cases apart."""
    return _listed(rest, Kind.COMPUTE, str.lower)


def datastores(rest: Rest) -> dict[str, LiveResource]:
    """Every datastore of the workspace, by name."""
    return _listed(rest, Kind.DATASTORE, str)


def schedules(rest: Rest) -> dict[str, LiveResource]:
    """Every schedule of the workspace, by name, disabled ones too."""
    return _listed(rest, Kind.SCHEDULE, str, listViewType="All")


def _listed(rest: Rest, kind: Kind, as_name: Callable[[str], str], **query: str) -> dict[str, LiveResource]:
    listed = rest.list(COLLECTION[kind], **query)
    return {as_name(found["name"]): mutable(kind, found) for found in listed}
