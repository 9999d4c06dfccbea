"""Writes, through the SDK: it knows the payloads. Imported late; importing it costs about a second.

What only describes a version is written over REST: the SDK would upload its files again, to another place.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from runner.azureml.collections import COLLECTION
from runner.azureml.components import in_files
from runner.azureml.credential import credential
from runner.azureml.filling import NONE, Secrets, fill
from runner.azureml.isolation import isolated
from runner.azureml.loading import RefusedError, load
from runner.azureml.pace import Pace
from runner.azureml.rest import Rest
from runner.azureml.translate import translated
from runner.azureml.workspace import Workspace
from runner.errors import ServiceError
from runner.model.keys import Kind
from runner.model.runs import SUPERSEDED

_READ_ONLY = frozenset({"environmentType", "provisioningState"})  # of a version: the service fills them in
_LONG = frozenset({Kind.COMPUTE, Kind.SCHEDULE})  # kinds whose changes take their time
_PAUSES = (0.2, 1.0, 5.0)  # seconds, before an upload that met another one is tried again


class Writer:
    """Creates and updates resources of one workspace from specs. Raises ServiceError."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._rest = Rest(workspace)
        self._pace = Pace()

    @cached_property
    def _client(self) -> Any:
        place = self._workspace
        return self._made(
            subscription_id=place.subscription_id, resource_group_name=place.resource_group, workspace_name=place.name
        )

    def _made(self, **which: str) -> Any:
        """A client of the SDK for a workspace, or for a registry."""
        from azure.ai.ml import MLClient

        # Its warnings are about itself, e.g. experimental classes; importing it sets the level anew.
        logging.getLogger("azure.ai.ml").setLevel(logging.ERROR)
        place = self._workspace
        named = {"cloud": place.cloud, "cloud_metadata": dict(place.cloud_metadata)} if place.cloud else {}
        return MLClient(
            credential(place),
            # Nobody sees its bars. Without them it drops what went wrong with a file of a folder, and hangs.
            show_progress=True,
            enable_telemetry=False,
            **which,
            **named,
        )

    @contextmanager
    def open(self) -> Iterator[None]:
        """Everything is put inside this block; it loads the SDK first, so that the first write does not look slow."""
        with isolated(self._workspace):
            with translated("opening the workspace"):
                _ = self._client
            yield

    def put(self, kind: Kind, spec: Mapping[str, Any], folder: Path, secrets: Secrets = NONE) -> None:
        """Creates or updates a resource from its spec; returns when the service is done with it.

        Relative paths in the spec start at `folder`. `secrets` are the values for places of the spec that refer to one.
        A job is built anew each time: the SDK silently drops changes to one it fetched. May be called from several
        threads.
        """
        self._pace.take()
        with translated(f"{kind} {spec['name']}"):
            for pause in _PAUSES:
                try:
                    return self._create(kind, spec, folder, secrets)
                except ResourceExistsError as error:
                    if getattr(error, "error_code", "") != "BlobAlreadyExists":
                        raise
                    # Another apply uploads the same files, or an answer was lost. The SDK continues a broken upload.
                    time.sleep(pause)
            return self._create(kind, spec, folder, secrets)

    def _create(self, kind: Kind, spec: Mapping[str, Any], folder: Path, secrets: Secrets) -> None:
        with in_files(spec) as loadable:
            entity = self._load(kind, loadable, folder)
        fill(entity, secrets)
        if kind is Kind.DATASTORE:
            entity.tags = dict(spec.get("tags") or {})  # the loader refuses those of a data lake of generation 1
        if kind is Kind.SCHEDULE:
            entity._is_enabled = spec.get("is_enabled", True)  # noqa: SLF001 # a spec cannot say it; people pause it
        if kind in _LONG:
            self._operations(kind).begin_create_or_update(entity).result()
        else:
            self._operations(kind).create_or_update(entity)

    def describe(self, kind: Kind, name: str, version: str, description: str, tags: Mapping[str, str]) -> None:
        """Changes what describes a version, and takes it out of the archive; all else is sent back as it is read."""
        self._pace.take()
        path = f"{COLLECTION[kind]}/{name}/versions/{version}"
        found = self._rest.get(path)
        if found is None:
            raise ServiceError(f"{kind} {name}:{version} is gone: somebody deleted it since the plan was made")
        content = {field: value for field, value in found["properties"].items() if field not in _READ_ONLY}
        words = {"description": description, "tags": dict(tags), "isArchived": False}
        self._rest.put(path, {"properties": content | words})

    def delete(self, kind: Kind, name: str) -> None:
        """Deletes what changes in place; returns when the service says that it is done."""
        self._pace.take()
        if kind is Kind.SCHEDULE:
            self._disable(name)
        with translated(f"deleting {kind} {name}"):
            if kind in _LONG:
                self._operations(kind).begin_delete(name).result()
            else:
                self._operations(kind).delete(name)

    def _disable(self, name: str) -> None:
        """The service deletes no schedule that is enabled. The SDK would make its job anew: we send what is read."""
        path = f"{COLLECTION[Kind.SCHEDULE]}/{name}"
        found = self._rest.get(path)
        if found and found["properties"].get("isEnabled") is not False:
            content = {field: value for field, value in found["properties"].items() if field not in _READ_ONLY}
            self._rest.put(path, {"properties": {**content, "isEnabled": False}})

    def shared(self, registry: str, name: str, version: str) -> Mapping[str, str] | None:
        """The tags that a model has in a registry; None when it is not there."""
        with translated(f"reading {name}:{version} of the registry {registry}"):
            try:
                found = self._made(registry_name=registry).models.get(name=name, version=version)
            except ResourceNotFoundError:
                return None
            return dict(found.tags or {})

    def share(self, registry: str, name: str, version: str) -> None:
        """Shares a version of a model with a registry, under the same name and version."""
        self._pace.take()
        words = {"share_with_name": name, "share_with_version": version, "registry_name": registry}
        with translated(f"sharing {name}:{version} with the registry {registry}"):
            self._client.models.share(name=name, version=version, **words)

    def archive(self, kind: Kind, name: str, version: str) -> None:
        """Hides a version from lists; what names it can still use it."""
        self._pace.take()
        with translated(f"archiving {kind} {name}:{version}"):
            self._operations(kind).archive(name=name, version=version)

    def adopt(self, name: str, properties: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Adds properties and tags to a run that somebody else submitted; what it has stays."""
        self._pace.take()
        with translated(f"adopting {name}"):
            self._client.jobs.update(name, properties=dict(properties), tags=dict(tags))

    def supersede(self, name: str, by: str) -> None:
        """Marks a run as having given way to another, then asks the service to stop it."""
        self._pace.take()
        with translated(f"canceling {name}"):
            job = self._client.jobs.get(name)
            job.tags = {**(job.tags or {}), SUPERSEDED: by}
            self._client.jobs.create_or_update(job)  # of a fetched job only the metadata is sent
            self._client.jobs.begin_cancel(name)

    def stop(self, name: str) -> None:
        """Asks the service to stop a run, as one of the changes of an apply."""
        self._pace.take()
        with translated(f"canceling {name}"):
            self._client.jobs.begin_cancel(name)

    def cancel(self, name: str) -> None:
        """Asks the service to stop a run."""
        with translated(f"canceling {name}"), isolated(self._workspace):
            self._client.jobs.begin_cancel(name)

    def _operations(self, kind: Kind) -> Any:
        return getattr(self._client, kind.value if kind in {Kind.DATA, Kind.COMPUTE} else f"{kind}s")

    def _load(self, kind: Kind, spec: Mapping[str, Any], folder: Path) -> Any:
        unsaid = {Kind.DATASTORE: "tags", Kind.SCHEDULE: "is_enabled"}.get(kind)
        try:
            return load(kind, {field: value for field, value in spec.items() if field != unsaid}, folder / "spec.yml")
        except RefusedError as error:
            where = ".".join(map(str, error.place))
            raise ValueError(f"the SDK refuses it: {where}{': ' if where else ''}{error}") from error
