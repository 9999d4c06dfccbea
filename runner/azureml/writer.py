"""Writes, through the SDK: it knows the payloads. Imported late; importing it costs about a second."""

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from runner.azureml.credential import credential
from runner.azureml.isolation import isolated
from runner.azureml.translate import translated
from runner.azureml.workspace import Workspace
from runner.model.keys import Kind


class Writer:
    """Creates and updates resources of one workspace from specs. Raises ServiceError."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @cached_property
    def _client(self) -> Any:
        from azure.ai.ml import MLClient

        # Its warnings are about itself, e.g. experimental classes; importing it sets the level anew.
        logging.getLogger("azure.ai.ml").setLevel(logging.ERROR)
        place = self._workspace
        named = {"cloud": place.cloud, "cloud_metadata": dict(place.cloud_metadata)} if place.cloud else {}
        return MLClient(
            credential(place),
            place.subscription_id,
            place.resource_group,
            place.name,
            show_progress=False,
            enable_telemetry=False,
            **named,
        )

    @contextmanager
    def open(self) -> Iterator[None]:
        """Everything is put inside this block; it loads the SDK first, so that the first write does not look slow."""
        with isolated(self._workspace.ca_file):
            with translated("opening the workspace"):
                _ = self._client
            yield

    def put(self, kind: Kind, spec: Mapping[str, Any], folder: Path) -> None:
        """Creates or updates a resource from its spec; returns when the service is done with it.

        Relative paths in the spec start at `folder`. A job is built anew each time: the SDK silently drops changes to
        one it fetched.
        """
        with translated(f"{kind} {spec['name']}"):
            entity = self._load(kind, spec, folder)
            match kind:
                case Kind.COMPUTE:
                    self._client.compute.begin_create_or_update(entity).result()
                case Kind.ENVIRONMENT:
                    self._client.environments.create_or_update(entity)
                case Kind.DATA:
                    self._client.data.create_or_update(entity)
                case Kind.JOB:
                    self._client.jobs.create_or_update(entity)

    def cancel(self, name: str) -> None:
        """Asks the service to stop a run."""
        with translated(f"canceling {name}"), isolated(self._workspace.ca_file):
            self._client.jobs.begin_cancel(name)

    def _load(self, kind: Kind, spec: Mapping[str, Any], folder: Path) -> Any:
        from azure.ai.ml import load_compute, load_data, load_environment, load_job
        from marshmallow import ValidationError  # the SDK lets it through, and it is no kind of ValueError

        loaders = {
            Kind.COMPUTE: load_compute,
            Kind.ENVIRONMENT: load_environment,
            Kind.DATA: load_data,
            Kind.JOB: load_job,
        }
        text = io.StringIO(yaml.safe_dump(dict(spec), sort_keys=False, allow_unicode=True))
        try:
            return loaders[kind](text, relative_origin=str(folder / "spec.yml"))
        except ValidationError as error:
            raise ValueError(f"the SDK refuses it: {_gist(str(error))}") from error


def _gist(message: str) -> str:
    """What is wrong, of a message that opens with the names of schemas and ends in links to their documentation."""
    inner = message.rpartition("Schema failed:")[2].partition("Visit this link")[0]
    return " ".join(inner.replace("\\n", " ").replace('\\"', '"').split())
