"""Where data lies: from every way to write an address to a path on this disk, or to a URL that must be fetched."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from runner.emulator.blob.address import PREFIX, BlobAddress, check_blob_name
from runner.emulator.errors import ServiceError, bad_request, not_embedded
from runner.emulator.settings import (
    ARTIFACT_CONTAINER,
    DATASTORE_CONTAINER,
    PROVIDER,
    WORKSPACE_NAME,
    WORKSPACE_PATH,
)
from runner.emulator.store.assets import Assets, Version
from runner.emulator.store.datastores import DEFAULT, OWN, Datastores
from runner.emulator.store.jobs import Jobs

DATASTORE = re.compile(
    r"azureml://(?:subscriptions/[^/]+/resource[gG]roups/[^/]+/(?:providers/[^/]+/)?workspaces/(?P<workspace>[^/]+)/)?"
    r"datastores/(?P<datastore>[^/]+)/paths/(?P<path>.*)"
)
JOB_OUTPUT = re.compile(r"azureml://jobs/(?P<job>[^/]+)/outputs/(?P<output>[^/]+)(?:/paths/(?P<path>.*))?")
ASSET = re.compile(
    r"(?:azureml:)?(?://locations/[^/]+/workspaces/[^/]+|/subscriptions/.*/workspaces/[^/]+)?/?"
    r"(?:(?P<kind>data|models)/)?(?P<name>[a-zA-Z0-9][a-zA-Z0-9\-_]*)"
    r"(?:(?:/versions/|:)(?P<version>[^/:@]+)|(?:/labels/|@)(?P<label>[^/:@]+))"
)
HOSTS = ("127.0.0.1", "localhost")
ARTIFACT_OUTPUTS = ("artifacts", "default")  # names for what a job logs and writes to outputs/, beside its outputs


class Locator:
    """Finds what an address means in this workspace."""

    def __init__(self, assets: Assets, datastores: Datastores, jobs: Jobs, blobs: Path) -> None:
        self._assets = assets
        self._jobs = jobs
        self._datastores = datastores
        self._blobs = blobs

    def asset(self, reference: str, kind: str = "data") -> Version | None:
        """The data or model version a reference names; None if it is no reference to an asset, 400 if it is broken."""
        matched = ASSET.fullmatch(reference)
        if matched is None:
            return None
        kind, name, version = matched["kind"] or kind, matched["name"], matched["version"]
        if matched["label"] not in (None, "latest"):
            raise bad_request(f"{reference!r}: assets have the label `latest` only.")
        found = self._assets.version(kind, name, version) if version else self._assets.latest(kind, name)
        if found is None:
            raise bad_request(f"The asset {kind}/{name}:{version or '@latest'} does not exist.", "AssetNotFound")
        return found

    def source(self, uri: str) -> Path | str:
        """A path on this disk (which may not exist), or an http(s) URL to fetch."""
        if matched := DATASTORE.fullmatch(uri):
            return self._in_datastore(uri, matched)
        if matched := JOB_OUTPUT.fullmatch(uri):
            return self._of_job(matched["job"], matched["output"], matched["path"] or "")
        if uri.startswith(("https://", "http://")):
            own = own_blob(uri)
            return own.file(self._blobs) if own else uri
        if found := self.asset(uri):
            return self.source(found.body["modelUri" if found.kind == "models" else "dataUri"])
        raise bad_request(f"The address {uri!r} is not understood.", "InvalidUri")

    def job_of(self, uri: str) -> str | None:
        """The job whose output an azureml://jobs/ address means."""
        matched = JOB_OUTPUT.fullmatch(uri)
        return matched["job"] if matched else None

    def datastore_uri(self, uri: str) -> str:
        """The same place by the datastore that holds it; 400 if nothing is there."""
        place = self.source(uri)
        if not isinstance(place, Path) or not place.exists():
            raise bad_request(f"There is nothing at {uri}.", "AssetNotFound")
        container, _, path = place.relative_to(self._blobs).as_posix().partition("/")
        datastore = next(name for name, held in OWN.items() if held == container)
        return f"azureml:/{WORKSPACE_PATH.replace('/providers/' + PROVIDER, '')}/datastores/{datastore}/paths/{path}"

    def _of_job(self, name: str, output: str, path: str) -> Path:
        """A named output, or something among a job's artifacts. A deleted job's default outputs are still there."""
        check_blob_name(name)
        if output in ARTIFACT_OUTPUTS:
            return self._path(ARTIFACT_CONTAINER, f"ExperimentRun/dcid.{name}/{path}")
        job = self._jobs.get(name)
        known = job.body["outputs"].get(output) if job else None
        place = self.source(known["uri"]) if known else None
        if isinstance(place, Path):
            return self._below(place, path)
        return self._path(DATASTORE_CONTAINER, f"azureml/{name}/{output}/{path}")

    def _in_datastore(self, uri: str, matched: re.Match[str]) -> Path:
        if (matched["workspace"] or WORKSPACE_NAME) != WORKSPACE_NAME:
            raise not_embedded(f"other workspace: {uri} lies in {matched['workspace']}")
        datastore = self._datastores.get(matched["datastore"])
        if datastore is None:
            raise bad_request(f"{uri}: there is no datastore {matched['datastore']}.", "DatastoreNotFound")
        if datastore.container is None:
            raise not_embedded(f"access to the cloud: the datastore {datastore.name} lies in a storage account")
        return self._path(datastore.container, matched["path"])

    def _below(self, place: Path, path: str) -> Path:
        clean = path.strip("/")
        if clean:
            check_blob_name(clean)
        return place / clean

    def _path(self, container: str, path: str) -> Path:
        clean = path.strip("/")
        if clean:
            check_blob_name(clean)
        return BlobAddress(container, clean).file(self._blobs)


def own_blob(url: str) -> BlobAddress | None:
    """The blob of ours that a URL means. The port is not compared: it may have changed since the URL was kept."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.hostname not in HOSTS or not path.startswith(f"{PREFIX}/"):
        return None
    try:
        return BlobAddress.parse(path.rstrip("/"))
    except ServiceError as error:
        raise bad_request(f"The address {url!r} is not understood: {error.message}", "InvalidUri") from error


def default_output(job: str, output: str, output_type: str, datastore: str = DEFAULT) -> str:
    """Where an output goes that names no place of its own."""
    slash = "" if output_type == "uri_file" else "/"
    return f"azureml://datastores/{datastore}/paths/azureml/{job}/{output}{slash}"
