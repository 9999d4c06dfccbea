"""Accepting a job: what is asked for is checked and its references resolved. Nothing runs here."""

from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import ServiceError, bad_request, not_embedded
from runner.emulator.jobs.environments import Environments
from runner.emulator.jobs.uris import Locator, default_output
from runner.emulator.names import check_job_text, check_name
from runner.emulator.settings import WORKSPACE_PATH
from runner.emulator.store.assets import Assets
from runner.emulator.store.computes import Computes
from runner.emulator.store.jobs import Job, Jobs

MUTABLE = ("description", "displayName", "tags", "properties", "isArchived")
NOTE_PREFIX = "azureml.embedded."  # of properties that we add ourselves, on top of the 50 that a client may
SERVED = ("status", "services", "provisioningState")  # the service's own additions: ignored when they are sent back
MODEL_TYPES = ("custom_model", "mlflow_model", "triton_model")
DATA_TYPES = ("uri_file", "uri_folder", "mltable")


class Submissions:
    """Accepts new jobs and changes to the metadata of known ones."""

    def __init__(
        self, jobs: Jobs, computes: Computes, assets: Assets, environments: Environments, locator: Locator
    ) -> None:
        self._jobs = jobs
        self._computes = computes
        self._assets = assets
        self._environments = environments
        self._locator = locator

    def put(self, name: str, request: dict[str, Any]) -> tuple[Job, bool]:
        """Create a job, or update the metadata of one; whether it is new. 409-like refusals come as ServiceError."""
        check_name("jobs", name)
        check_job_text(request)
        existing = self._jobs.get(name)
        if existing is None:
            return self._jobs.add(name, request, self._resolve(name, request)), True
        fixed = _fixed(request)
        if fixed not in (_fixed(existing.request), _fixed(existing.body)):
            changed = sorted(
                key
                for key in {*fixed, *_fixed(existing.request)}
                if fixed.get(key) != _fixed(existing.request).get(key)
            )
            raise bad_request(
                f"The job {name} exists and its {', '.join(changed)} cannot change: give the new job another name.",
                "JobPropertyImmutable",
            )
        return self.update(existing, request, replace_tags=True), False

    def update(self, job: Job, changes: Mapping[str, Any], *, replace_tags: bool) -> Job:
        """Change what may change: properties are only added, tags are replaced by PUT and merged by PATCH."""
        body = dict(job.body)
        for key in ("description", "displayName"):
            if changes.get(key) is not None:
                body[key] = changes[key]
        if changes.get("tags") is not None:
            body["tags"] = {**({} if replace_tags else body["tags"]), **changes["tags"]}
        added = changes.get("properties") or {}
        for key, value in added.items():
            if body["properties"].get(key, value) != value:
                raise bad_request(f"The property {key} of the job {job.name} is set and cannot change.", "UserError")
        body["properties"] = {**body["properties"], **added}
        ours = {key: value for key, value in body["properties"].items() if not key.startswith(NOTE_PREFIX)}
        check_job_text({**body, "properties": ours})
        archived = changes.get("isArchived")
        return self._jobs.set_metadata(job.name, body, archived=job.archived if archived is None else bool(archived))

    def _resolve(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The job as it will be served and run."""
        if request.get("jobType") != "Command":
            raise not_embedded(f"jobs of type {request.get('jobType')} yet")
        if not str(request.get("command") or "").strip():
            raise bad_request("The job has no command.")
        body = {
            key: value for key, value in request.items() if value is not None and key not in (*SERVED, "isArchived")
        }
        return {
            "description": None,
            "codeId": None,
            "environmentVariables": {},
            "tags": {},
            **body,
            "experimentName": body.get("experimentName") or "Default",
            "displayName": body.get("displayName") or name,
            "properties": body.get("properties") or {},
            "environmentId": self._environment(str(body.get("environmentId") or "")),
            "computeId": self._compute(body),
            **({"codeId": self._code(str(body["codeId"]))} if body.get("codeId") else {}),
            "inputs": {key: self._input(key, value) for key, value in (body.get("inputs") or {}).items()},
            "outputs": {key: self._output(name, key, value) for key, value in (body.get("outputs") or {}).items()},
        }

    def _environment(self, reference: str) -> str:
        if not reference:
            raise bad_request("The job has no environment.")
        return self._environments.resolve(reference).id

    def _compute(self, body: Mapping[str, Any]) -> str | None:
        if ((body.get("resources") or {}).get("instanceCount") or 1) > 1:
            raise not_embedded("second node for one job: instanceCount must be 1")
        reference = body.get("computeId")
        if not reference:
            return None  # serverless
        name = str(reference).removeprefix("azureml:").rpartition("/computes/")[2]
        compute = self._computes.get(name)
        if compute is None:
            raise bad_request(f"The compute {name!r} does not exist in the workspace.", "ComputeNotFound")
        return f"{WORKSPACE_PATH}/computes/{compute.name}"

    def _code(self, reference: str) -> str:
        name, _, version = (
            reference.removeprefix("azureml:").rpartition("/codes/")[2].replace("/versions/", ":").partition(":")
        )
        if self._assets.version("codes", name, version) is None:
            raise bad_request(f"The code {name}:{version} does not exist.", "CodeNotFound")
        return f"{WORKSPACE_PATH}/codes/{name}/versions/{version}"

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
        if value.get("assetName"):
            check_name("data", value["assetName"])
        uri = value.get("uri") or default_output(job, name, value["jobOutputType"])
        if not isinstance(self._locator.source(uri), str):
            return {**value, "uri": uri}
        raise ServiceError(400, "UserError", f"The output {name} cannot be written to {uri}.")


def _fixed(body: Mapping[str, Any]) -> dict[str, Any]:
    """What can never change, without the nulls and empty objects that clients add or drop at will."""
    return {
        key: _without_nulls(value)
        for key, value in body.items()
        if key not in (*MUTABLE, *SERVED) and _without_nulls(value) not in (None, {}, [])
    }


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value
