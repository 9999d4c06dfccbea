"""The environments a job can name: the workspace's own, the curated ones, and those of the azureml registry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from runner.emulator.errors import bad_request, not_embedded
from runner.emulator.execution import catalogue
from runner.emulator.execution.request import Environment
from runner.emulator.settings import WORKSPACE_PATH
from runner.emulator.store.assets import Assets, Container, Version

PROVIDED_VERSION = "1"
PROVIDED_SINCE = "2022-01-01T00:00:00.000000Z"
REFERENCE = re.compile(
    r"(?:azureml:)?(?:(?P<registry>//registries/(?P<of>[^/]+)/environments/)|/.*/environments/)?"
    r"(?P<name>[^/:@]+)(?:(?:/versions/|:)(?P<version>[^/:@]+)|(?:/labels/|@)(?P<label>[^/:@]+))"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """`id` as the service writes it, with the version in it; `environment` is what it means for a job."""

    id: str
    environment: Environment


class Environments:
    """Resolves references to environments."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def provided(self, name: str) -> list[Version]:
        """The versions of a curated environment, which the workspace serves read-only."""
        return [_provided_version(name)] if name in catalogue.curated() else []

    def provided_containers(self) -> list[Container]:
        return [
            Container("environments", name, {"description": found.description}, False, PROVIDED_SINCE, PROVIDED_SINCE)
            for name, found in catalogue.curated().items()
        ]

    def resolve(self, reference: str) -> Resolved:
        """Any way to write it: name:version, name@label, an ARM id, a registry's azureml:// address."""
        matched = REFERENCE.fullmatch(reference)
        if matched is None:
            raise bad_request(f"{reference!r} names no environment with a version or label.")
        name, version, label = matched["name"], matched["version"], matched["label"]
        if label not in (None, "latest"):
            raise bad_request(f"{reference!r}: environments have the label `latest` only.")
        if matched["registry"]:
            return self._of_registry(matched["of"], name, version)
        versions = self.provided(name) or self._assets.versions("environments", name)
        found = next(
            (known for known in versions if (known.version == version if version else not known.archived)), None
        )
        if found is None:
            raise bad_request(
                f"The environment {name}{f':{version}' if version else '@latest'} does not exist.",
                "EnvironmentNotFound",
            )
        identifier = f"{WORKSPACE_PATH}/environments/{name}/versions/{found.version}"
        return Resolved(identifier, _environment(found))

    def _of_registry(self, registry: str, name: str, version: str | None) -> Resolved:
        if registry != "azureml":
            raise not_embedded(f"registry {registry!r}: only the azureml registry's environments are known")
        if name not in catalogue.registry() or version not in (None, PROVIDED_VERSION):
            raise bad_request(
                f"The azureml registry's environment {name}:{version or 'latest'} is not in the embedded catalogue.",
                "EnvironmentNotFound",
            )
        identifier = f"azureml://registries/azureml/environments/{name}/versions/{PROVIDED_VERSION}"
        return Resolved(identifier, Environment(name=f"{name}:{PROVIDED_VERSION}", curated=name))


def _environment(version: Version) -> Environment:
    label = f"{version.name}:{version.version}"
    if version.body.get("environmentType") == "Curated":
        return Environment(name=label, curated=version.name)
    if version.body.get("build"):
        raise not_embedded(f"building of images: the environment {label} has a build context, give it a conda file")
    conda: Mapping[str, Any] | None = yaml.safe_load(version.body.get("condaFile") or "null")
    return Environment(name=label, image=str(version.body.get("image") or ""), conda=conda)


@cache
def _provided_version(name: str) -> Version:
    found = catalogue.curated()[name]
    body = {
        "description": found.description,
        "tags": {},
        "properties": {"azureml.successor": found.successor} if found.successor else {},
        "isAnonymous": False,
        "environmentType": "Curated",
        "image": found.image,
        "condaFile": yaml.safe_dump(found.conda, sort_keys=False),
        "osType": "Linux",
    }
    return Version("environments", found.name, PROVIDED_VERSION, body, False, PROVIDED_SINCE, PROVIDED_SINCE)
