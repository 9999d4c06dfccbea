"""The workflows of this repository, as data: what they say is what tests run."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
ACTION = ROOT / ".github" / "actions" / "aml" / "action.yml"
SHIPPED = ("plan", "train", "apply", "drift", "report")  # what `aml init` writes; ci.yml is our own
WORKFLOWS = (*SHIPPED, "ci")

Step = Mapping[str, Any]


def parse(text: str) -> dict[str, Any]:
    """A workflow. YAML reads its `on` as a truth."""
    found: dict[Any, Any] = yaml.safe_load(text)
    return {"on" if key is True else key: value for key, value in found.items()}


def workflow(name: str) -> dict[str, Any]:
    """The workflow of this name."""
    return parse((FOLDER / f"{name}.yml").read_text("utf-8"))


def action() -> dict[str, Any]:
    """The composite action."""
    found: dict[str, Any] = yaml.safe_load(ACTION.read_text("utf-8"))
    return found


def steps(name: str, job: str | None = None) -> Iterator[Step]:
    """The steps of a workflow, or of one of its jobs."""
    for key, found in workflow(name)["jobs"].items():
        if job in {None, key}:
            yield from found["steps"]


def step_of(found: Iterator[Step] | list[Step], name: str) -> Step:
    """The step of this name."""
    return next(step for step in found if step["name"] == name)


def run(step: Step, folder: Path, variables: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Runs a step as a runner does: its text is a file for bash."""
    script = folder.parent / "step.sh"
    script.write_text(step["run"], "utf-8")
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail"] if step.get("shell") else ["bash", "-e"]
    return subprocess.run(
        [*bash, str(script)], cwd=folder, env=os.environ | variables, capture_output=True, text=True, timeout=60
    )
