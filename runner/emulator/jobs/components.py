"""Components as jobs use them: found by any way to write the reference, and checked before they are kept."""

import re
from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request, not_embedded
from runner.emulator.jobs.environments import Environments
from runner.emulator.settings import WORKSPACE_PATH
from runner.emulator.store.assets import Assets, Version

ANONYMOUS = "azureml_anonymous"  # all inline components: each is a version, named by the hash of its content
DEFAULT_VERSION = "azureml_default"  # what clients ask for that name no version
REFERENCE = re.compile(
    r"(?:azureml:)?(?:/.*/components/)?(?P<name>[^/:@]+)"
    r"(?:(?:/versions/|:)(?P<version>[^/:@]+)|(?:/labels/|@)(?P<label>[^/:@]+))?"
)


class Components:
    """Resolves references to components."""

    def __init__(self, assets: Assets, environments: Environments) -> None:
        self._assets = assets
        self._environments = environments

    def spec(self, reference: Any) -> Mapping[str, Any]:
        """What a component says of itself, in the words of its YAML: `command`, `inputs`, `environment`, `jobs`."""
        if str(reference).startswith("azureml://registries/"):
            raise not_embedded(f"registry of components: {reference}")
        matched = REFERENCE.fullmatch(str(reference or ""))
        if matched is None or matched["label"] not in (None, "latest"):
            raise bad_request(f"{reference!r} names no component with a version or the label `latest`.")
        name, version = matched["name"], matched["version"]
        found = self._assets.version("components", name, version) if version else self.default(name)
        if found is None:
            raise bad_request(f"The component {name}:{version or '@latest'} does not exist.", "ComponentNotFound")
        spec: Mapping[str, Any] = found.body["componentSpec"]
        return spec

    def default(self, name: str) -> Version | None:
        """The version that is meant where none is named: the latest."""
        return self._assets.latest("components", name)

    def check(self, body: Mapping[str, Any]) -> None:
        """Refuse a component that no job could ever use. Kinds that cannot run here are kept all the same."""
        spec = body["componentSpec"]
        if not isinstance(spec, dict) or not isinstance(spec.get("type"), str):
            raise bad_request("The component has no componentSpec with a type.")
        if spec["type"] == "command":
            if not str(spec.get("command") or "").strip():
                raise bad_request("The component has no command.")
            self._environments.resolve(str(spec.get("environment") or ""))
            if spec.get("code"):
                self.code(spec["code"])
        elif spec["type"] == "pipeline" and not spec.get("jobs"):
            raise bad_request("The pipeline component has no jobs.")

    def code(self, reference: Any) -> str:
        """The id of a code asset that exists."""
        path = str(reference).removeprefix("azureml:").rpartition("/codes/")[2]
        name, _, version = path.replace("/versions/", ":").partition(":")
        if self._assets.version("codes", name, version) is None:
            raise bad_request(f"The code {name}:{version} does not exist.", "CodeNotFound")
        return f"{WORKSPACE_PATH}/codes/{name}/versions/{version}"
