"""Finds the embedded workspace, or starts it: a process of its own, met through a file.

`endpoint.json` in the state directory says where it listens and how to prove that we are its owner.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from runner.azureml.workspace import Identity, Workspace
from runner.errors import ConfigError, ServiceError
from runner.model.secrets import PREFIX

_NEEDS = "the embedded workspace is not installed: install aml-runner with its extra `local`"


def state_dir() -> Path:
    """Where its state lives: `AML_STATE_DIR`, else the user's state directory."""
    configured = os.environ.get("AML_STATE_DIR")
    return Path(configured).expanduser() if configured else platformdirs.user_state_path("aml-runner")


def control(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs one command of the embedded workspace: start, stop, status, env, reset. Secrets are not passed on."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-m", "runner.emulator", *arguments]
    return subprocess.run(
        command, check=False, text=True, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )


def connect() -> Workspace:
    """The running embedded workspace; it is started when it is not running.

    Raises ConfigError when it is not installed and ServiceError when it does not start.
    """
    started = control(["start"])
    if started.returncode != 0:
        if "ModuleNotFoundError" in started.stderr:
            raise ConfigError(_NEEDS)
        reason = started.stderr.strip().removeprefix("error: ") or "it did not say why"
        raise ServiceError(f"the embedded workspace did not start: {reason}")
    return _met()


def find() -> Workspace:
    """The embedded workspace that runs. Raises ServiceError when none does: nothing is started."""
    if control(["status"]).returncode != 0:
        raise ServiceError("the embedded workspace is stopped: aml workspace start starts it")
    return _met()


def _met() -> Workspace:
    try:
        facts = json.loads((state_dir() / "endpoint.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ServiceError(f"the embedded workspace left no endpoint in {state_dir()}: {error}") from error
    return _workspace(facts)


def _workspace(facts: dict[str, str]) -> Workspace:
    url = facts["base_url"]
    return Workspace(
        subscription_id=facts["subscription_id"],
        resource_group=facts["resource_group"],
        name=facts["workspace_name"],
        arm_url=url,
        ca_file=facts["ca_file"],
        identity=Identity(facts["identity_endpoint"], facts["identity_header"]),
        # The SDK keeps what it learned of a cloud under its name, for the life of the process.
        cloud=f"{facts['cloud']}{urlsplit(url).port}",
        cloud_metadata={
            "azure_portal": url,
            "resource_manager": url,
            "active_directory": url,
            "aml_resource_id": "https://ml.azure.com",
            "storage_endpoint": facts["storage_suffix"],
            "registry_discovery_endpoint": url,
        },
    )
