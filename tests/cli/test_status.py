"""`aml status` where there is no workspace to ask."""

import os
import subprocess
import sys

from tests.repositories import Repo

SPECS = """\
version: 1
project: demo
default_target: far
targets: {far: {subscription_id: 00000000-0000-0000-0000-000000000000, resource_group: rg, workspace_name: mlw}}
"""


def test_without_the_workspace_it_says_what_else_tells(repo: Repo) -> None:
    repo.write("specs/project.yml", SPECS)
    repo.commit()
    nobody = {name: value for name, value in os.environ.items() if not name.startswith("AZURE")}
    done = subprocess.run(
        [sys.executable, "-m", "runner", "status", "--strict"],
        cwd=repo.root,
        env=nobody | {"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert "What was applied, `aml history` and `aml ledger export` tell without the workspace.\n" in done.stderr
    assert "error: reading mlw: not signed in" in done.stderr
