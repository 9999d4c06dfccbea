"""Only what has no model of ours makes a project load the SDK."""

import subprocess
import sys

import pytest

from tests.desired.conftest import Specs

LOADS = """\
import sys
from pathlib import Path
from runner.desired import load, project
load.load_project(project.find(Path(sys.argv[1])))
sys.exit("azure.ai.ml" in sys.modules)
"""
JOB = "type: pipeline\njobs: {{a: {{{}}}}}\n"


@pytest.mark.parametrize(
    ("files", "loads"),
    [
        ({"jobs/x.yml": JOB.format("command: x, environment: {image: x}")}, False),
        ({"compute/x.yml": "name: cpu\ntype: amlcompute\n"}, False),
        ({"compute/x.yml": "name: k8s\ntype: kubernetes\n"}, True),
        ({"connections/x.yml": "name: git-host\ntype: git\ntarget: https://x.example\n"}, True),
        ({"jobs/x.yml": JOB.format("type: data_transfer, task: copy_data, data_copy_mode: fail_if_conflict")}, True),
    ],
)
def test_the_sdk_is_loaded_for_what_has_no_model(specs: Specs, files: dict[str, str], loads: bool) -> None:
    specs.write({f"specs/{name}": text for name, text in files.items()})
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOADS, str(specs.root)])
    assert done.returncode == loads
