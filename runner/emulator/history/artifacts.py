"""A run's artifacts as azureml-mlflow reads and announces them; their bytes travel over Blob."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.arm.jobs import find
from runner.emulator.blob.address import check_blob_name
from runner.emulator.errors import bad_request
from runner.emulator.history.addresses import artifact_prefix
from runner.emulator.http import ok, read_object
from runner.emulator.settings import ARTIFACT_CONTAINER
from runner.emulator.workspace import of

MAX_ARTIFACTS = 1000


async def list_artifacts(request: Request) -> Response:
    workspace, job = of(request), find(request)
    prefix = artifact_prefix(job.name)
    inside = request.query_params.get("path", "")
    names = workspace.blobs.names(ARTIFACT_CONTAINER, prefix + inside)
    return ok({"value": [_artifact(job.name, name.removeprefix(prefix)) for name in names]})


async def content_information(request: Request) -> Response:
    """Where to read one artifact."""
    workspace, job = of(request), find(request)
    path = _checked(request.query_params.get("path", ""))
    url = workspace.signed_url(ARTIFACT_CONTAINER, artifact_prefix(job.name) + path)
    return ok({**_artifact(job.name, path), "contentUri": url})


async def announce(request: Request) -> Response:
    """POST {paths: [{path}]}: where each new artifact may be written."""
    workspace, job, asked = of(request), find(request), await read_object(request)
    given = asked.get("paths") or []
    if not isinstance(given, list) or len(given) > MAX_ARTIFACTS:
        raise bad_request(f"`paths` must be a list of at most {MAX_ARTIFACTS}.")
    paths = [_checked(str(entry.get("path", ""))) for entry in given if isinstance(entry, dict)]
    prefix = artifact_prefix(job.name)
    return ok(
        {
            "artifacts": {path: _artifact(job.name, path) for path in paths},
            "artifactContentInformation": {
                path: {
                    **_artifact(job.name, path),
                    "contentUri": workspace.signed_url(ARTIFACT_CONTAINER, prefix + path, permissions="rcw"),
                }
                for path in paths
            },
            "errors": {},
        }
    )


def _artifact(job: str, path: str) -> dict[str, Any]:
    container = f"dcid.{job}"
    return {
        "artifactId": f"ExperimentRun/{container}/{path}",
        "origin": "ExperimentRun",
        "container": container,
        "path": path,
    }


def _checked(path: str) -> str:
    clean = path.strip("/")
    check_blob_name(clean)
    return clean
