"""From a job's record to the order that an execution carries out."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.emulator.auth.tokens import Tokens
from runner.emulator.client import ML_RESOURCE
from runner.emulator.endpoint import Endpoint, sdk_variables
from runner.emulator.errors import bad_request
from runner.emulator.execution.request import ExecutionRequest, Input, Output
from runner.emulator.jobs.distribution import world_of
from runner.emulator.jobs.durations import seconds
from runner.emulator.jobs.environments import Environments
from runner.emulator.jobs.resolution import MODEL_TYPES
from runner.emulator.jobs.uris import Locator
from runner.emulator.settings import StateDir
from runner.emulator.store.assets import Assets
from runner.emulator.store.jobs import Job, Jobs

MODES = {
    "ReadOnlyMount": "ro_mount",
    "ReadWriteMount": "ro_mount",
    "Download": "download",
    "Direct": "direct",
    "EvalMount": "eval_mount",
    "EvalDownload": "eval_download",
}
TOKEN_SECONDS = 21 * 24 * 3600  # the longest that a job may live


class Orders:
    """Writes execution requests. Addresses are resolved here, at the last moment, as the service does."""

    def __init__(
        self,
        state: StateDir,
        endpoint: Endpoint,
        tokens: Tokens,
        assets: Assets,
        environments: Environments,
        locator: Locator,
        jobs: Jobs,
    ) -> None:
        self._state = state
        self._endpoint = endpoint
        self._tokens = tokens
        self._assets = assets
        self._environments = environments
        self._locator = locator
        self._jobs = jobs

    def write(self, job: Job) -> ExecutionRequest:
        """Raises ServiceError if something the job names does not exist any more."""
        body = job.body
        return ExecutionRequest(
            name=job.name,
            command=body["command"],
            environment=self._environments.resolve(body["environmentId"]).environment,
            work_dir=self._state.jobs / job.name / "work",
            log_dir=self._state.artifacts / f"dcid.{job.name}",
            code=self._code(body.get("codeId")),
            inputs=tuple(self._input(name, value) for name, value in body["inputs"].items()),
            outputs=tuple(self._output(name, value) for name, value in body["outputs"].items()),
            environment_variables={key: str(value) for key, value in body["environmentVariables"].items()},
            context_variables=self._context(job),
            timeout=seconds((body.get("limits") or {}).get("timeout")),
            world=world_of(body),
        )

    def _code(self, identifier: str | None) -> Path | None:
        if identifier is None:
            return None
        name, _, version = identifier.rpartition("/codes/")[2].partition("/versions/")
        code = self._assets.version("codes", name, version)
        source = self._locator.source(code.body["codeUri"]) if code else None
        if not isinstance(source, Path):
            raise bad_request(f"The code {name}:{version} cannot be read.", "CodeNotFound")
        return source

    def _input(self, name: str, value: Mapping[str, Any]) -> Input:
        if value["jobInputType"] == "literal":
            return Input(name=name, type="literal", source=str(value.get("value", "")))
        # A model is a file or a folder; which of the two shows on the disk.
        kind = "uri_folder" if value["jobInputType"] in MODEL_TYPES else value["jobInputType"]
        source = self._locator.source(value["uri"])
        if kind == "uri_folder" and isinstance(source, Path) and source.is_file():
            kind = "uri_file"
        return Input(
            name=name,
            type=kind,
            source=source,
            mode=MODES.get(value.get("mode") or "ReadOnlyMount", "ro_mount"),
            uri=value["uri"],
        )

    def _output(self, name: str, value: Mapping[str, Any]) -> Output:
        kind = "uri_folder" if value["jobOutputType"] in MODEL_TYPES else value["jobOutputType"]
        destination = self._locator.source(value["uri"])
        if not isinstance(destination, Path):
            raise bad_request(f"The output {name} cannot be written to {value['uri']}.")
        return Output(name=name, type=kind, destination=destination)

    def _context(self, job: Job) -> dict[str, str]:
        """What a job on Azure finds in its environment, as far as anybody reads it."""
        endpoint = self._endpoint
        token, _ = self._tokens.issue(ML_RESOURCE, TOKEN_SECONDS)
        around = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
        return {
            **sdk_variables(endpoint),
            "SSL_CERT_FILE": endpoint.ca_file,
            "NO_PROXY": around,
            "no_proxy": around,
            "MLFLOW_TRACKING_URI": endpoint.tracking_uri,
            "MLFLOW_TRACKING_TOKEN": token,
            "MLFLOW_RUN_ID": job.name,
            "MLFLOW_EXPERIMENT_NAME": job.experiment,
            "AZUREML_RUN_ID": job.name,
            "AZUREML_RUN_TOKEN": token,
            "AZUREML_ROOT_RUN_ID": self._jobs.root(job).name,
            "AZUREML_EXPERIMENT_NAME": job.experiment,
            "AZUREML_ARM_SUBSCRIPTION": endpoint.subscription_id,
            "AZUREML_ARM_RESOURCEGROUP": endpoint.resource_group,
            "AZUREML_ARM_WORKSPACE_NAME": endpoint.workspace_name,
            "AZUREML_ARM_PROJECT_NAME": job.experiment,
        }
