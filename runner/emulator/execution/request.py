"""What an execution is told and what it answers. Plain data: it knows neither HTTP nor the workspace's records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """One named input. `source` is a literal's text, a local path, or an https URL that must be downloaded."""

    name: str
    type: str  # literal | uri_file | uri_folder | mltable
    source: str | Path
    mode: str = "ro_mount"  # ro_mount | download | direct (direct hands over `uri` itself) | eval_mount | eval_download
    uri: str = ""  # as the job named it, for messages and for mode direct


@dataclass(frozen=True, slots=True)
class Output:
    """One named output. What the job writes there ends up at `destination`."""

    name: str
    type: str  # uri_file | uri_folder | mltable
    destination: Path


@dataclass(frozen=True, slots=True)
class Environment:
    """The software a job asks for, as the workspace holds it."""

    name: str  # for messages, e.g. "azureml:lightgbm-env:3"
    image: str = ""
    conda: Mapping[str, Any] | None = None  # the parsed conda file
    curated: str = ""  # name in the catalogue of curated environments, without version


@dataclass(frozen=True, slots=True)
class World:
    """The processes of a distributed job, all of them on this machine."""

    kind: str  # PyTorch | Mpi | TensorFlow
    nodes: int
    per_node: int
    servers: int = 0  # how many of them are TensorFlow's parameter servers

    @property
    def size(self) -> int:
        return self.nodes * self.per_node


@dataclass(frozen=True, slots=True)
class ExecutionRequest:
    """One job to run."""

    name: str
    command: str  # with ${{inputs.x}} and ${{outputs.x}} still in place
    environment: Environment
    work_dir: Path  # private to the job, made at the start and removed at the end; the command starts in wd/ below it
    log_dir: Path  # receives user_logs/std_log.txt, system_logs/*.txt and what the job writes to outputs/ and logs/
    code: Path | None = None  # a folder of uploaded code
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    environment_variables: Mapping[str, str] = field(default_factory=dict)  # the job's own
    context_variables: Mapping[str, str] = field(default_factory=dict)  # the workspace's: tracking, ids
    timeout: float | None = None  # seconds of the user's process
    world: World | None = None  # None for a single process


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. `error` is one sentence for a person, with what to do where that is known."""

    status: str  # Completed | Failed | Canceled
    error_code: str = ""  # UserError, JobTimedOut, EnvironmentBuildError, InputNotFoundError, Canceled, SystemError
    error: str = ""
    exit_code: int | None = None
    substitutions: tuple[str, ...] = ()  # "python 3.7 -> 3.11 (not on this machine)"
    seconds: Mapping[str, float] = field(default_factory=dict)  # inputs, environment, user, outputs: those it reached
