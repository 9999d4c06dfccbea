"""Secrets that specs refer to reach the workspace and the job, and nothing that a person, a log or a file keeps."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.conftest import Done, Repo
from tests.e2e.edits import Desk, desk

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

KEY, TOKEN = "k3y/of+the lake==", "t0ken-of-the-job"
STORE = """\
name: {name}
type: azure_blob
account_name: devstore
container_name: lake
description: Deep
credentials:
  account_key: "{{ env.AML_SECRET_LAKE }}"
"""
# It tells that it has the token backwards, and then blurts it out.
JOB = """\
command: >-
  python -c "import os; token = os.environ['TOKEN']; print(token[::-1]); print('it is', token)"
environment: {image: "python:3.11"}
environment_variables:
  TOKEN: "{{ env.AML_SECRET_TOKEN }}"
"""
PIPELINE = """\
type: pipeline
settings: {default_compute: azureml:secret-bench}
jobs:
  outer:
    type: pipeline
    component: parts/flow.yml
"""
FLOW = f"""\
type: pipeline
jobs:
  inner:
{"".join(f"    {line}" for line in JOB.splitlines(keepends=True))}"""


@pytest.fixture
def at(state: dict[str, str]) -> Iterator[Desk]:
    """A desk, to look at what the workspace holds."""
    with desk(state) as made:
        yield made


@pytest.fixture
def vault(repo: Repo, tmp_path: Path) -> Repo:
    """A repository with secrets in the environment, and a cache and a temporary folder of its own."""
    (tmp_path / "tmp").mkdir()
    own = {"AML_CACHE_DIR": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "tmp")}
    repo.variables = repo.variables | own | {"AML_SECRET_LAKE": KEY, "AML_SECRET_TOKEN": TOKEN}
    return repo


def held(at: Desk, name: str) -> str:
    """The key that the workspace has of a datastore."""
    with at.writer.open():
        return str(at.writer._client.datastores.get(name, include_secrets=True).credentials.account_key)


def write_store(vault: Repo, name: str, text: str = STORE) -> None:
    """Tests share a workspace: each has a datastore of its own."""
    vault.write("specs/datastores/lake.yml", text.replace("{name}", name))


def shown(done: Done, *values: str) -> list[str]:
    """The values that a command shows, plain or encoded."""
    text = done.out + done.err
    forms = {form for value in values for form in (value, quote(value), base64.b64encode(value.encode()).decode())}
    return [form for form in forms if form in text]


def kept(*roots: Path) -> list[Path]:
    """The files that hold a secret."""
    files = (path for root in roots for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if any(value.encode() in path.read_bytes() for value in (KEY, TOKEN))]


@pytest.mark.slow
def test_a_datastore_and_a_job(vault: Repo, at: Desk, tmp_path: Path) -> None:
    write_store(vault, "secret_lake")
    vault.write("specs/compute/bench.yml", "name: secret-bench\ntype: computeinstance\nsize: Standard_DS11_v2\n")
    vault.write("specs/jobs/one.yml", JOB)
    vault.write("specs/jobs/parts/flow.yml", FLOW)
    vault.write("specs/jobs/pipe.yml", PIPELINE)
    vault.commit()
    plans = [vault.aml("plan"), vault.aml("plan", "--json"), vault.aml("validate", "--json")]
    applied = vault.apply()
    plans += [
        vault.aml("plan", "--explain"),
        vault.aml("status", "--json"),
        vault.aml("logs", "--system", "one", code=None),
    ]
    assert [shown(done, KEY, TOKEN) for done in (*plans, applied)] == [[]] * 7
    assert "job/one | it is ***" in applied.err
    assert vault.aml("logs", "one").out == f"{TOKEN[::-1]}\nit is {TOKEN}\n", "a log is the job's own"
    assert held(at, "secret_lake") == KEY

    # The database of the workspace holds them, and the logs of the jobs that blurted one out.
    state = Path(vault.variables["AML_STATE_DIR"])
    found = [path for path in kept(vault.root, tmp_path, state) if not path.name.startswith("workspace.sqlite")]
    logs = [path for path in found if path.name == "std_log.txt"]
    assert found == logs
    assert len(logs) == 2, "the job's, and that of the node in a component of a component"


@pytest.mark.slow
def test_another_value_is_no_change_and_is_sent_on_request(vault: Repo, at: Desk) -> None:
    write_store(vault, "secret_pond")
    vault.write("specs/jobs/one.yml", JOB)
    vault.commit()
    vault.apply()
    vault.variables = vault.variables | {"AML_SECRET_LAKE": "another key", "AML_SECRET_TOKEN": "another token"}
    assert vault.aml("plan", "--refresh-secrets", "job/*").out == "No changes.\n"
    assert vault.apply().out.startswith("No changes.\n")
    assert held(at, "secret_pond") == KEY

    planned = vault.aml("plan", "--refresh-secrets", "--detailed-exitcode", code=2).out
    again = "      credentials: not returned -> sent again (--refresh-secrets)"
    assert planned.splitlines()[:2] == ["  ~ datastore/secret_pond", again]
    applied = vault.apply("--refresh-secrets", "--json")
    assert [each["status"] for each in json.loads(applied.out)["results"] if each["action"] == "update"] == ["done"]
    assert shown(applied, "another key") == []
    assert held(at, "secret_pond") == "another key"
    assert vault.aml("plan").out == "No changes.\n"


def test_an_update_keeps_the_credentials(vault: Repo, at: Desk) -> None:
    write_store(vault, "secret_pool")
    vault.commit()
    vault.apply()
    vault.edit("specs/datastores/lake.yml", "Deep", "Wide")
    vault.commit()
    vault.apply()
    assert held(at, "secret_pool") == KEY
    text = STORE.partition("credentials:")[0].replace("Deep", "Open")
    write_store(vault, "secret_pool", text)
    vault.commit()
    refused = vault.apply(code=1)
    assert "has credentials in the workspace, which an update that states none would take away" in refused.err
    assert held(at, "secret_pool") == KEY


def test_missing_variables_are_all_named_and_nothing_is_sent(vault: Repo) -> None:
    write_store(vault, "secret_sea")
    vault.write("specs/jobs/one.yml", JOB)
    vault.commit()
    for name in ("AML_SECRET_LAKE", "AML_SECRET_TOKEN"):
        del vault.variables[name]
    assert vault.aml("plan").out.endswith("1 to create, 0 to update, 0 to delete, 1 to run (0 unchanged).\n")
    log = Path(vault.variables["AML_STATE_DIR"], "requests.jsonl")
    before = log.stat().st_size
    done = vault.apply(code=1)
    assert done.err.splitlines()[-3:] == [
        "specs/datastores/lake.yml:7:16: error: AML_SECRET_LAKE is not set in the environment, or empty",
        "specs/jobs/one.yml:5:10: error: AML_SECRET_TOKEN is not set in the environment, or empty",
        "error: secrets are missing: set these variables where apply runs; nothing was sent",
    ]
    methods = {json.loads(line)["method"] for line in log.read_bytes()[before:].splitlines()}
    assert methods == {"GET"}
