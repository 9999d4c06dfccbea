"""What a run depended on and its digest does not hold: labels and images that move, packages without an exact version,
data that its path does not pin.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from runner.azureml.etag import last_modified
from runner.errors import ServiceError
from runner.model import packages
from runner.model.keys import Key
from runner.model.references import Reference
from runner.model.reproduction import Floating, Record, Unaddressed, Unpinned
from runner.model.resource import DesiredState
from runner.model.uses import dotted, uses

# What names one version for good; all else under a path is what somebody puts there.
_PINNED = re.compile(r"azureml:[^/]|azureml://jobs/|.*/versions/|runs:/|\$\{\{")
_WEB = re.compile(r"https?://")


def floating(desired: DesiredState, record: Record, now: Callable[[Reference], str]) -> Iterator[Floating]:
    """The labels and images that may stand for something else tomorrow; `now` says what a label stands for."""
    made_of = {each.key for each in desired.closure(record.key)}
    for each in desired.externals:
        if each.key in made_of and each.reference.label:
            place = dotted(each.field)
            before = record.resolved.get(place, "") if each.key == record.key else ""
            yield Floating(_told(place, each.key, record.key), str(each.reference), before, now(each.reference))
    for place, name, text in _addresses(desired, record.key):
        if "/labels/" in text or (name == "image" and "@sha256:" not in text):
            yield Floating(place, text)


def unpinned(desired: DesiredState, job: Key, had: Mapping[str, str]) -> tuple[Unpinned, ...]:
    """The packages whose version conda files leave open, each once; `had` are those of the run."""
    found = packages.of(desired, job).items()
    return tuple(Unpinned(each.name, each.stated, had.get(name, "")) for name, each in found if not each.exact)


def unaddressed(desired: DesiredState, job: Key) -> Iterator[Unaddressed]:
    """The data under paths that pin nothing."""
    for place, name, text in _addresses(desired, job):
        if name == "path" and "outputs." not in place and not _PINNED.match(text):
            yield Unaddressed(place, text)


def asked(data: Unaddressed, began: datetime | None) -> tuple[Unaddressed, str]:
    """The data with when it changed last, if it is on the web and its server tells; else why that is not known."""
    if not _WEB.match(data.path):
        return data, ""
    try:
        changed = last_modified(data.path)
    except ServiceError as error:
        return data, str(error)
    if changed is None:
        return data, ""
    return Unaddressed(data.field, data.path, changed.isoformat(), bool(began and changed > began)), ""


def _addresses(desired: DesiredState, job: Key) -> Iterator[tuple[str, str, str]]:
    """What a job is made of that is named by an address: the place as people are told it, its name, and the address."""
    for resource in reversed(desired.closure(job)):  # the job itself first
        own = {str(key) for key in resource.depends_on}
        others = {str(each.reference) for each in desired.externals if each.key == resource.key}
        for place, text in uses(desired, resource, {}).items():
            if text not in own | others and text.rpartition(":")[0] not in own:
                yield _told(place, resource.key, job), place.rpartition(".")[2], text


def _told(place: str, key: Key, job: Key) -> str:
    return place if key == job else f"{key} {place}"
