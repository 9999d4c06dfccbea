"""The curated environments of Azure ML: what each image holds, and what stands in for it on this machine.

The data is `catalogue.yml` beside this file. Two families: `curated` are the `AzureML-*` names that older scripts use,
`registry` is what azureml://registries/azureml/environments/<name> publishes today.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

_PYTHON_IN_NAME = re.compile(r"\bpy(\d)(\d+)\b")
_IMAGES = "mcr.microsoft.com/azureml/curated"


@dataclass(frozen=True, slots=True)
class CuratedEnvironment:
    """One environment that Azure ML provides."""

    name: str
    description: str
    image: str
    python: str  # minor version, e.g. "3.7"
    packages: Mapping[str, str]  # what the image holds: distribution name -> version prefix, e.g. lightgbm -> 3.2
    local: tuple[str, ...]  # requirements of the nearest equivalent from the package index
    successor: str = ""  # registry name that replaces it; empty for a current one

    @property
    def conda(self) -> dict[str, Any]:
        """The image's content in the shape of a conda file, for whoever reads the environment through the API."""
        pinned = [f"{name}=={version}.*" for name, version in self.packages.items()]
        return {
            "name": self.name,
            "channels": ["conda-forge"],
            "dependencies": [f"python={self.python}", "pip", *([{"pip": pinned}] if pinned else [])],
        }


@cache
def curated() -> Mapping[str, CuratedEnvironment]:
    """The `AzureML-*` environments by name, in the catalogue's order."""
    return _family("curated")


@cache
def registry() -> Mapping[str, CuratedEnvironment]:
    """The environments of the `azureml` registry by name, in the catalogue's order."""
    return _family("registry")


def find(name: str) -> CuratedEnvironment | None:
    """An environment of either family; case counts, as it does in the service."""
    return curated().get(name) or registry().get(name)


@cache
def _document() -> Mapping[str, Any]:
    text = resources.files("runner.emulator.execution").joinpath("catalogue.yml").read_text(encoding="utf-8")
    document: Mapping[str, Any] = yaml.safe_load(text)
    return document


def _family(family: str) -> Mapping[str, CuratedEnvironment]:
    return MappingProxyType({name: _entry(name, entry) for name, entry in _document()[family].items()})


def _entry(name: str, entry: Mapping[str, Any]) -> CuratedEnvironment:
    stated = _PYTHON_IN_NAME.search(name)
    extras = _document()["extras"][entry["extras"]] if "extras" in entry else {}
    return CuratedEnvironment(
        name=name,
        description=entry["description"],
        image=f"{_IMAGES}/{name.removeprefix('AzureML-').lower()}",
        python=entry["python"] if stated is None else f"{stated[1]}.{stated[2]}",
        packages=MappingProxyType(entry["packages"] | extras),
        local=_flat(_document()["local"][entry["local"]]),
        successor=entry.get("successor", ""),
    )


def _flat(requirements: list[Any]) -> tuple[str, ...]:
    """YAML can merge mappings but not lists: a list inside the list is another set taken in whole."""
    return tuple(text for item in requirements for text in (item if isinstance(item, list) else [item]))
