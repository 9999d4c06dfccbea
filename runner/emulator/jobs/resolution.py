"""From a job as it was asked for to the job as it is served and run: checked, with every reference resolved."""

from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import ServiceError, bad_request, not_embedded
from runner.emulator.jobs.components import Components
from runner.emulator.jobs.distribution import node_count
from runner.emulator.jobs.environments import Environments
from runner.emulator.jobs.pools import most_nodes
from runner.emulator.jobs.uris import Locator, default_output
from runner.emulator.names import check_name, check_version
from runner.emulator.settings import WORKSPACE_PATH
from runner.emulator.store.assets import Assets
from runner.emulator.store.computes import Computes
from runner.emulator.store.datastores import DEFAULT

MODEL_TYPES = ("custom_model", "mlflow_model", "triton_model")
DATA_TYPES = ("uri_file", "uri_folder", "mltable")
SERVED = ("status", "services", "provisioningState")  # the service's own additions: ignored when they are sent back
SERVERLESS = "serverless"


class Resolver:
    """Resolves the parts that jobs of all types have in common, and command jobs as a whole."""

    def __init__(
        self,
        computes: Computes,
        assets: Assets,
        environments: Environments,
        components: Components,
        locator: Locator,
    ) -> None:
        self._computes = computes
        self._assets = assets
        self._environments = environments
        self._components = components
        self._locator = locator

    def common(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """What every job has: names, compute, inputs, outputs."""
        body = {
            key: value for key, value in request.items() if value is not None and key not in (*SERVED, "isArchived")
        }
        return {
            "description": None,
            "tags": {},
            **body,
            "experimentName": body.get("experimentName") or "Default",
            "displayName": body.get("displayName") or name,
            "properties": body.get("properties") or {},
            "computeId": self.compute(body.get("computeId")),
            "inputs": {key: self._input(key, value) for key, value in (body.get("inputs") or {}).items()},
            "outputs": {key: self._output(name, key, value) for key, value in (body.get("outputs") or {}).items()},
        }

    def command(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        body = {"codeId": None, "environmentVariables": {}, **self.common(name, request)}
        return {**body, **self.process(body, body["computeId"])}

    def process(self, body: Mapping[str, Any], compute: str | None) -> dict[str, Any]:
        """The part that says what is run, on a compute: of a command job, or a sweep's trial."""
        if not str(body.get("command") or "").strip():
            raise bad_request("The job has no command.")
        self._check_nodes(node_count(body), compute)
        reference = str(body.get("environmentId") or "")
        if not reference:
            raise bad_request("The job has no environment.")
        code = body.get("codeId")
        return {
            "environmentId": self._environments.resolve(reference).id,
            **({"codeId": self._components.code(code)} if code else {}),
        }

    def _check_nodes(self, wanted: int, identifier: str | None) -> None:
        """A job that asks for more nodes than there can be would wait for ever."""
        most = most_nodes(self._computes.get(identifier.rpartition("/")[2]) if identifier else None)
        if wanted > max(most, 1):
            where = f"the compute {identifier.rpartition('/')[2]}" if identifier else "serverless"
            raise bad_request(f"The job asks for {wanted} nodes, and {where} has {most} at most.", "QuotaExceeded")

    def compute(self, reference: Any) -> str | None:
        """The compute's id; None for serverless."""
        name = str(reference or SERVERLESS).removeprefix("azureml:").rpartition("/computes/")[2]
        if name == SERVERLESS:
            return None
        compute = self._computes.get(name)
        if compute is None:
            raise bad_request(f"The compute {name!r} does not exist in the workspace.", "ComputeNotFound")
        return f"{WORKSPACE_PATH}/computes/{compute.name}"

    def _input(self, name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value.get("jobInputType"):
            raise bad_request(f"The input {name} has no jobInputType.")
        kind = value["jobInputType"]
        if kind == "literal":
            return value
        if kind not in (*DATA_TYPES, *MODEL_TYPES):
            raise bad_request(f"The input {name} is of the unknown type {kind}.")
        uri = value.get("uri")
        if not isinstance(uri, str) or not uri:
            raise bad_request(f"The input {name} has no uri.")
        asset = self._locator.asset(uri, "models" if kind in MODEL_TYPES else "data")
        if asset is None:
            return value
        resolved = f"{WORKSPACE_PATH}/{asset.kind}/{asset.name}/versions/{asset.version}"
        return {**value, "uri": f"azureml:{resolved}" if uri.startswith("azureml:") else resolved}

    def _output(self, job: str, name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or value.get("jobOutputType") not in (*DATA_TYPES, *MODEL_TYPES):
            raise bad_request(f"The output {name} has no type that is known.")
        uri = value.get("uri") or default_output(job, name, value["jobOutputType"])
        for macro, meaning in (("name", job), ("output_name", name), ("default_datastore", DEFAULT)):
            uri = uri.replace(f"${{{{{macro}}}}}", meaning)
        if isinstance(self._locator.source(uri), str):
            raise ServiceError(400, "UserError", f"The output {name} cannot be written to {uri}.")
        if value.get("assetName"):
            self._check_asset(name, value)
        return {**value, "uri": uri}

    def _check_asset(self, output: str, value: Mapping[str, Any]) -> None:
        """An output that is to be registered needs a name and a version that are free."""
        kind = "models" if value["jobOutputType"] in MODEL_TYPES else "data"
        check_name(kind, value["assetName"])
        version = value.get("assetVersion")
        if version is None:
            return
        check_version(kind, str(version))
        if self._assets.version(kind, value["assetName"], str(version)) is not None:
            raise bad_request(
                f"The output {output} is to be registered as {value['assetName']}:{version}, which exists already."
            )


def check_supported(request: Mapping[str, Any]) -> None:
    kind = request.get("jobType")
    if kind not in ("Command", "Sweep", "Pipeline"):
        raise not_embedded(f"jobs of type {kind}")
