"""The pipeline of `aml doctor`: read, judge, and go on where something fails."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.azureml.connection import connect
from runner.azureml.rest import Rest
from runner.desired.templates.context import EMPTY
from runner.doctor.facts import Project, Service, Unread
from runner.doctor.judge import access, capacity, rights, storage
from runner.doctor.judge import files as judge
from runner.doctor.read import files, service
from runner.doctor.read.attempt import attempt
from runner.model.events import Listener, Working
from runner.model.findings import Checkup, Finding, Level


def examine(
    start: Path,
    target: str | None,
    listener: Listener,
    variables: Mapping[str, Any] = EMPTY,
    environment: Mapping[str, str] = os.environ,
) -> Checkup:
    """The set-up of the project around a folder, and of one of its targets. Nothing is written anywhere."""
    listener(Working("looking at the project"))
    project = files.read_project(start, target, variables, environment)
    findings = [*judge.clone(files.clone(start)), *judge.project(project)]
    if isinstance(project, Unread) or isinstance(project.target, Unread):
        message = "was not asked: there is no target"
        return Checkup("", (*findings, Finding(access.WORKSPACE, "workspace", Level.UNKNOWN, message)))
    listener(Working("asking the workspace"))
    chosen = project.target
    place = attempt(lambda: connect(chosen.subscription_id, chosen.resource_group, chosen.workspace_name))
    if isinstance(place, Unread):
        return Checkup(chosen.name, (*findings, *access.workspace(place)))
    return Checkup(chosen.name, (*findings, *_service(service.service(Rest(place)), project)))


def _service(found: Service, project: Project) -> Iterator[Finding]:
    yield from access.token(found.token)
    if isinstance(found.token, Unread):
        return
    yield from access.workspace(found.workspace)
    if isinstance(found.workspace, Unread):
        return
    yield from rights.reads(found.reads)
    yield from rights.actions(found.rights, project.kinds)
    yield from storage.storage(found.storage)
    yield from capacity.capacity(found.capacity, project.machines, found.workspace.region)
