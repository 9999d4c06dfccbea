"""Secrets that specs write out are refused at their place and never shown; those that they refer to are noted down."""

import json
import subprocess
import sys

import pytest

from runner.model.diagnostics import Position
from runner.model.secrets import MARK, Need
from tests.desired.conftest import PROJECT, Specs

TOKEN = "hf_" + "aB3dE6gH9j" * 3  # looks like one, and is none
KEY = "A" * 86 + "=="
REFERENCE = "{{ env.AML_SECRET_X }}"
JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\n"
BLOB = "name: blob\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n"
WRITE = f"write {{{{ env.AML_SECRET_NAME }}}}; if it is none, end the line with '{MARK}'"
HAND_OVER = f"hand it over in an environment variable, as {WRITE.removeprefix('write ')}"
RULE = "only {{ env.AML_SECRET_NAME }} is filled in here: a variable whose name begins with AML_SECRET_"
RULE += ", and nothing beside it"
MARKED = f"""\
command: |  {MARK}
  echo {TOKEN}
environment: azureml:AzureML-x@latest
environment_variables:
  EOS_TOKEN: END   {MARK}, but a mark
  PAD_TOKEN: PAD #aml:not a secret
"""
VARIABLES = f"{JOB}environment_variables: "

# the file below specs/ -> text, and what is said about it (place before it)
CASES: dict[str, tuple[str, str, list[str]]] = {
    "a variable": (
        "jobs/a.yml",
        f"{JOB}environment_variables:\n  MODE: fast\n  X: {TOKEN}\n",
        [f"5:6 environment_variables.X: looks like a secret (huggingface-token): {WRITE}"],
    ),
    "a variable by its name": (
        "jobs/a.yml",
        f"{JOB}environment_variables: {{DB_PASSWORD: hunter2}}\n",
        [f"3:38 environment_variables.DB_PASSWORD: looks like a secret (name): {WRITE}"],
    ),
    "credentials": (
        "datastores/a.yml",
        f"{BLOB}credentials:\n  account_key: hunter2\n",
        [f"6:16 credentials.account_key: looks like a secret (credentials): {WRITE}"],
    ),
    "credentials of the wrong type": (
        "datastores/a.yml",
        f"{BLOB}credentials: {{account_key: 12345678}}\n",
        [f"5:28 credentials.account_key: looks like a secret (credentials): {WRITE}"],
    ),
    "a password of a cluster": (
        "compute/a.yml",
        "name: cpu\ntype: amlcompute\nssh_settings: {admin_username: me, admin_password: hunter2}\n",
        [f"3:52 ssh_settings.admin_password: looks like a secret (credentials): {WRITE}"],
    ),
    "a command of many lines": (
        "jobs/a.yml",
        f"environment: azureml:AzureML-x@latest\ncommand: >-\n  echo\n  {TOKEN}\n",
        [f"2:10 command: looks like a secret (huggingface-token): {HAND_OVER}"],
    ),
    "tags and words": (
        "jobs/a.yml",
        f"{JOB}description: see https://me:hunter2@host\ntags: {{a: {TOKEN}}}\n",
        [
            f"3:14 description: looks like a secret (basic-auth-url): {HAND_OVER}",
            f"4:11 tags.a: looks like a secret (huggingface-token): {HAND_OVER}",
        ],
    ),
    "a key": (
        "jobs/a.yml",
        f"{JOB}tags:\n  {TOKEN}: x\n",
        [f"4:3 a key looks like a secret (huggingface-token): {HAND_OVER}"],
    ),
    "an unknown field": (
        "jobs/a.yml",
        f"{JOB}{TOKEN}: x\n",
        [f"3:1 a key looks like a secret (huggingface-token): {HAND_OVER}"],
    ),
    "a name": (
        "datastores/a.yml",
        BLOB.replace("blob\n", f"{TOKEN}.x\n", 1),
        [f"1:7 name: looks like a secret (huggingface-token): {HAND_OVER}"],
    ),
    "what is also no number": (
        "compute/a.yml",
        f"name: cpu\ntype: amlcompute\nmax_instances: {KEY}\n",
        [f"3:16 max_instances: looks like a secret (azure-storage-key): {HAND_OVER}"],
    ),
    "what is also no reference": (
        "jobs/a.yml",
        f"command: echo\nenvironment: azureml:{TOKEN}@latest\n",
        [f"2:14 environment: looks like a secret (huggingface-token): {HAND_OVER}"],
    ),
    "what is also no path": (
        "jobs/a.yml",
        f"{JOB}code: {TOKEN}\n",
        [f"3:7 code: looks like a secret (huggingface-token): {HAND_OVER}"],
    ),
    "a key that stands twice": (
        "jobs/a.yml",
        f"{JOB}tags: {{{TOKEN}: x, {TOKEN}: y}}\n",
        [
            f"3:8 a key looks like a secret (huggingface-token): {HAND_OVER}",
            "3:46 duplicate key '***'; the first is at specs/jobs/a.yml:3:8",
        ],
    ),
    "conda in place": (
        "environments/a.yml",
        "name: e\nimage: x\nconda_file:\n  dependencies:\n  - pip:\n    - --extra-index-url https://me:hunter2@host/simple\n",
        [f"6:7 conda_file.dependencies.0.pip.0: looks like a secret (basic-auth-url): {HAND_OVER}"],
    ),
    "another variable": (
        "jobs/a.yml",
        f"{JOB}environment_variables: {{X: '{{{{ env.HOME }}}}', Y: 'Bearer {REFERENCE}'}}\n",
        [f"3:28 environment_variables.X: {RULE}", f"3:49 environment_variables.Y: {RULE}"],
    ),
    "a reference in another field": ("jobs/a.yml", f"{JOB}description: '{{{{ env.HOME }}}} {REFERENCE}'\n", []),
    "references": (
        "jobs/a.yml",
        f"{VARIABLES}{{X: '{REFERENCE}', API_KEY: '{{{{env.AML_SECRET_Y}}}}', HF_TOKEN: '${{{{inputs.x}}}}'}}\n",
        [],
    ),
    "marked": (
        "jobs/a.yml",
        MARKED,
        [],
    ),
    "marked elsewhere": (
        "jobs/a.yml",
        f"{MARK}\n{JOB}environment_variables:\n  {MARK}\n  EOS_TOKEN: END # aml: not a secretary\n",
        [f"6:14 environment_variables.EOS_TOKEN: looks like a secret (name): {WRITE}"],
    ),
    "nothing of the kind": (
        "jobs/a.yml",
        f"{VARIABLES}{{MAX_TOKENS: 5, HF_TOKEN: '', TOKEN_FILE: /run/x, COMMIT: {'0a' * 20}}}\n",
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_findings(specs: Specs, case: str) -> None:
    name, text, expected = CASES[case]
    specs.write({f"specs/{name}": text, "specs/jobs/src/main.py": TOKEN})
    places = [line.split(" ", 1) for line in expected]
    assert specs.problems() == [f"specs/{name}:{place}: error: {message}" for place, message in places]


def test_the_files_that_a_spec_reaches(specs: Specs) -> None:
    environment = "environment: {image: x, conda_file: conda.yml}\n"
    step = f"command: echo {TOKEN}\ncode: src\n{environment}"
    specs.write({"specs/jobs/a.yml": "type: pipeline\njobs: {n: {component: parts/step.yml}}\n"})
    specs.write({"specs/jobs/b.yml": "type: pipeline\njobs: {n: {component: parts/step.yml}}\n"})
    specs.write({"specs/jobs/parts/step.yml": step, "specs/jobs/parts/src/x.yml": f"X: {TOKEN}\n"})
    specs.write({"specs/jobs/parts/conda.yml": "variables:\n  API_KEY: hunter2\n"})
    assert specs.problems() == [
        f"specs/jobs/parts/conda.yml:2:12: error: variables.API_KEY: looks like a secret (name): {HAND_OVER}",
        f"specs/jobs/parts/step.yml:1:10: error: command: looks like a secret (huggingface-token): {HAND_OVER}",
    ]


def test_the_project_file(specs: Specs) -> None:
    specs.write({"specs/project.yml": f"{PROJECT}external: [{TOKEN}]\n{TOKEN}: x\n"})
    validate = [sys.executable, "-m", "runner", "validate", "--json"]
    done = subprocess.run(validate, cwd=specs.root, capture_output=True, text=True)
    assert TOKEN not in done.stdout + done.stderr
    assert [(each["line"], each["column"]) for each in json.loads(done.stdout)["diagnostics"]] == [(3, 12), (4, 1)]


def test_what_refers_to_a_secret(specs: Specs) -> None:
    own = f"environment_variables: {{X: '{REFERENCE}', MODE: fast}}\n"
    flow = f"type: pipeline\njobs: {{deep: {{{JOB.strip().replace(chr(10), ', ')}, {own.strip()}}}}}\n"
    specs.write({"specs/datastores/blob.yml": f"{BLOB}credentials: {{account_key: '{REFERENCE}'}}\n"})
    specs.write({"specs/jobs/one.yml": JOB + own, "parts/flow.yml": flow})
    specs.write(
        {"specs/jobs/pipe.yml": "type: pipeline\njobs:\n  a: {type: pipeline, component: ../../parts/flow.yml}\n"}
    )
    place = Position("specs/datastores/blob.yml", 5, 28)
    assert specs.resource("datastore/blob").needs == {("credentials", "account_key"): Need("AML_SECRET_X", place)}
    job = specs.resource("job/one")
    place = Position("specs/jobs/one.yml", 3, 28)
    assert job.needs == {("environment_variables", "X"): Need("AML_SECRET_X", place)}
    assert job.content["environment_variables"] == {"X": REFERENCE, "MODE": "fast"}, "it counts as written"
    deep = ("jobs", "a", "component", "jobs", "deep", "environment_variables", "X")
    needs = specs.resource("job/pipe").needs
    assert {place: need.position.file for place, need in needs.items()} == {deep: "parts/flow.yml"}


def test_files_that_look_secret_are_left_out_with_a_warning(specs: Specs) -> None:
    names = (".env", "deep/server.PEM", "id_rsa", "id_rsa.pub", ".env.example", "client_secret_1.json", "keys.py")
    specs.write({f"src/{name}": "x" for name in names} | {"data/x.pem": "x"})
    specs.write({"specs/jobs/a.yml": f"{JOB}code: ../../src\n", "specs/jobs/b.yml": JOB})
    specs.write({"specs/data/one.yml": "name: one\ntype: uri_file\npath: ../../data/x.pem\n"})
    (warning,) = map(str, specs.desired().diagnostics)
    assert warning == (
        "specs/jobs/a.yml:3:7: warning: code: .env, client_secret_1.json, deep/server.PEM and 1 more left out, "
        "as secret by name; a line '!.env' in ../../src/.amlignore sends it"
    )
    (code,) = specs.resource("job/a").trees.values()
    assert list(code.files) == [".env.example", "id_rsa.pub", "keys.py"]
    specs.write({"src/.amlignore": ".env*\n*.[pP][eE][mM]\nid_rsa\nclient_*\n"})
    assert specs.desired().diagnostics == ()
