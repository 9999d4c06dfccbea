"""A file that another spec reaches by a path belongs to that spec and is no resource, whatever is in it."""

from pathlib import Path
from typing import Any

from runner.desired import local
from runner.desired.sources import File

_FIELDS = frozenset({"code", "component", "conda_file", "create_job", "job", "path", "trial"})


def unclaimed(read: list[File]) -> list[File]:
    """The files that no other file reaches. Of files that only reach each other, in a circle, all: to be said so."""
    claimers: dict[Path, list[Path]] = {}
    for file in read:
        for place in _claims(file):
            claimers.setdefault(place, []).append(file.path)
    claimed_by = {
        file.path: {claimer for place in (file.path, *file.path.parents) for claimer in claimers.get(place, ())}
        for file in read
    }
    free = {path for path, found in claimed_by.items() if not found}
    owned = _reached(free, claimed_by)
    return [file for file in read if file.path not in owned]


def _reached(free: set[Path], claimed_by: dict[Path, set[Path]]) -> set[Path]:
    """What belongs to the free files, over however many files."""
    reached: set[Path] = set()
    while more := {path for path, found in claimed_by.items() if found & (free | reached)} - reached:
        reached |= more
    return reached


def _claims(file: File) -> set[Path]:
    found: set[Path] = set()
    for document in file.documents:
        found |= _claims_in(document.value, file.path.parent)
    # A folder that holds the spec itself (`code: .`) does not make its neighbours files of that spec.
    return {place for place in found if not file.path.is_relative_to(place)}


def _claims_in(value: Any, folder: Path) -> set[Path]:
    """The places that fields which hold paths lead to, whatever else is right or wrong with the spec."""
    if isinstance(value, list):
        return {place for item in value for place in _claims_in(item, folder)}
    if not isinstance(value, dict):
        return set()
    fields = value.items()
    own = {local.resolve(text, folder) for name, text in fields if name in _FIELDS and _is_path(text)}
    own |= {local.resolve(text, folder) for name, text in fields if name == "environment" and _is_file(text)}
    includes = value.get("additional_includes")
    own |= {local.resolve(text, folder) for text in (includes if isinstance(includes, list) else ()) if _is_path(text)}
    return own.union(*(_claims_in(item, folder) for item in value.values()))


def _is_file(text: Any) -> bool:
    # A name alone is no path here.
    return isinstance(text, str) and text.startswith("file:")


def _is_path(text: Any) -> bool:
    return isinstance(text, str) and text != "" and ":" not in text.removeprefix("file:")
