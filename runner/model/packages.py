"""Packages: those that an environment states, exactly or not, and those that a run had."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.model.keys import Key
from runner.model.resource import DesiredState

_PIP = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?P<stated>[^;#]*)")
_CONDA = re.compile(r"(?:[\w.-]+::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?P<stated>.*)")
# A version and nothing around it. `=1.2` of conda is any 1.2.x; with three numbers there is one, builds aside.
_EXACT_PIP = re.compile(r"={2,3}\s*[^\s,*]+")
_EXACT_CONDA = re.compile(r"==[^\s,*|]+|=\d+(\.\d+){2,}[^,*|]*|=[^=,*|]+=[^=,*|]+")


@dataclass(frozen=True, slots=True)
class Package:
    """A package, and the version of it that is stated; empty for none. `exact`: no other version can be meant."""

    name: str
    stated: str
    exact: bool


def of(desired: DesiredState, key: Key) -> dict[str, Package]:
    """The packages that the conda files state which a resource is made of, by their normal names."""
    files = (conda for resource in desired.closure(key) for conda in _conda_files(resource.spec))
    return {normal(package.name): package for conda in files for package in stated(conda)}


def _conda_files(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == "conda_file" and isinstance(item, Mapping):
                yield item
            else:
                yield from _conda_files(item)


def stated(conda: Mapping[str, Any]) -> Iterator[Package]:
    """The packages of a conda file, in its order."""
    for each in _listed(conda.get("dependencies")):
        if isinstance(each, str):
            yield from _package(_CONDA, _EXACT_CONDA, each)
        elif isinstance(each, Mapping):
            for line in _listed(each.get("pip")):
                yield from _package(_PIP, _EXACT_PIP, str(line))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def recorded(requirements: str) -> dict[str, str]:
    """The versions in a requirements.txt that states them exactly: package -> version."""
    found = (package for line in requirements.splitlines() for package in _package(_PIP, _EXACT_PIP, line))
    return {normal(package.name): package.stated.lstrip("= ") for package in found if package.exact}


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _package(pattern: re.Pattern[str], exact: re.Pattern[str], text: str) -> Iterator[Package]:
    found = pattern.fullmatch(text.partition(" #")[0].partition(";")[0].strip())
    if found:  # else it is an option, a URL or a path
        version = found["stated"].strip()
        yield Package(found["name"], version, bool(exact.fullmatch(version)))
