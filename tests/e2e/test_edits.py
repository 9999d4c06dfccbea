"""Edits of a command job's spec, and of what surrounds it: which of them train again, and why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import (
    BASE,
    JOB,
    PROJECT,
    Desk,
    Edit,
    append,
    check,
    committed,
    desk,
    git,
    remove,
    replace,
    several,
    write,
)

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

# The same as the job of the base, in another order, another style, and with comments.
ANOTHER_STYLE = """\
# What the team agreed on.
outputs:
    model:
        type: "uri_folder"
inputs: {"numbers": {path: 'azureml:numbers@latest', type: uri_file}, rate: 0.10}   # as in the paper
environment_variables:
    MODE: fast
compute:     azureml:parked
environment: azureml:plain@latest
code:        ../../src
command: >-
    python main.py
    --rate ${{inputs.rate}}
"""
WITH_ANCHORS = """\
inputs:
  rate: &rate 0.1
  again: 0.1
  numbers: {type: uri_file, path: "azureml:numbers@latest"}
  more: {type: uri_file, path: "azureml:numbers@latest"}
command: python main.py
environment: azureml:plain@latest
compute: azureml:parked
"""
RULES = BASE[PROJECT] + "rules:\n- match: job/one\n"

COUNTS = {
    "command": Edit(
        replace(JOB, "python main.py", "python -u main.py"),
        ("> job/one; command: python main.py --rate ${{inputs.rate}} -> python -u main.py --rate ${{inputs.rate}}",),
    ),
    "a literal input": Edit(replace(JOB, "rate: 0.1", "rate: 0.2"), ("> job/one; inputs.rate: 0.1 -> 0.2",)),
    "a literal input, committed": Edit(
        committed(replace(JOB, "rate: 0.1", "rate: 0.2")), ("> job/one; inputs.rate: 0.1 -> 0.2 (HEAD)",)
    ),
    "a number that becomes text": Edit(
        replace(JOB, "rate: 0.1", "rate: 'auto'"), ("> job/one; inputs.rate: 0.1 -> auto",)
    ),
    "one more input": Edit(
        replace(JOB, "  rate: 0.1\n", "  rate: 0.1\n  shuffle: true\n"), ("> job/one; inputs.shuffle: (none) -> true",)
    ),
    "one input less": Edit(
        replace(JOB, '  numbers: {type: uri_file, path: "azureml:numbers@latest"}\n', ""),
        ("> job/one; inputs.numbers: azureml:numbers:c* -> (none)",),
    ),
    "the path of an input": Edit(
        replace(JOB, "azureml:numbers@latest", "azureml://datastores/workspaceblobstore/paths/n.csv"),
        ("> job/one; inputs.numbers: azureml:numbers:c* -> azureml://datastores/workspaceblobstore/paths/n.csv",),
    ),
    "the mode of an input": Edit(
        replace(JOB, 'latest"}', 'latest", mode: download}'),
        ("> job/one; inputs.numbers.mode: (none) -> download",),
    ),
    "the type of an output": Edit(
        replace(JOB, "uri_folder", "mlflow_model"), ("> job/one; outputs.model.type: uri_folder -> mlflow_model",)
    ),
    "one more output": Edit(
        append(JOB, "  report: {type: uri_file}\n"), ("> job/one; outputs.report.type: (none) -> uri_file",)
    ),
    "an environment variable": Edit(
        replace(JOB, "MODE: fast", "MODE: slow"), ("> job/one; environment_variables.MODE: fast -> slow",)
    ),
    "one more environment variable": Edit(
        replace(JOB, "MODE: fast", "MODE: fast, SEED: 7"), ("> job/one; environment_variables.SEED: (none) -> 7",)
    ),
    "distribution": Edit(
        append(JOB, "distribution: {type: pytorch, process_count_per_instance: 2}\n"),
        ("> job/one; distribution.process_count_per_instance: (none) -> 2; distribution.type: (none) -> pytorch",),
    ),
    "resources": Edit(append(JOB, "resources: {shm_size: 4g}\n"), ("> job/one; resources.shm_size: (none) -> 4g",)),
    "identity": Edit(
        append(JOB, "identity: {type: user_identity}\n"), ("> job/one; identity.type: (none) -> user_identity",)
    ),
    "compute": Edit(
        several(
            replace(JOB, "azureml:parked", "azureml:spot"),
            replace(PROJECT, "compute/parked", "compute/*"),
            write("specs/compute/spot.yml", "name: spot\ntype: amlcompute\nsize: Standard_DS11_v2\n"),
        ),
        ("+ compute/spot", "> job/one; compute: parked -> spot"),
    ),
    "no compute any more": Edit(
        replace(JOB, "compute: azureml:parked\n", ""), ("> job/one; compute: parked -> (none)",)
    ),
    "a type that was left out": Edit(append(JOB, "type: command\n"), ("> job/one; type: (none) -> command",)),
    "two edits at once": Edit(
        several(replace(JOB, "rate: 0.1", "rate: 0.2"), append("src/main.py", "#")),
        ("> job/one; code: main.py changed; inputs.rate: 0.1 -> 0.2",),
    ),
    "a job that is new": Edit(
        write("specs/jobs/two.yml", "command: echo\nenvironment: azureml:plain@latest\ncompute: parked\n"),
        ("> job/two",),
    ),
    "a job that is gone": Edit(several(write("specs/jobs/.keep", ""), remove(JOB))),
    "another name": Edit(append(JOB, "name: uno\n"), ("> job/uno; name: one -> uno",)),
    "another file name": Edit(git("mv", JOB, "specs/jobs/two.yml"), ("> job/two; name: one -> two",)),
}
DESCRIBES = {
    field.partition(":")[0]: Edit(append(JOB, f"{field}\n"))
    for field in (
        "description: Trains on numbers",
        "display_name: Numbers",
        "experiment_name: numbers",
        "tags: {team: red}",
        "queue_settings: {job_tier: standard}",
        "services: {editor: {job_service_type: vs_code}}",
        "limits: {timeout: 600}",
        "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json",
        "name: one",
        "resources: {}",
        "identity:",
    )
} | {
    "a timeout that is raised": Edit(
        replace(JOB, "timeout: 60", "timeout: 120"), files={JOB: BASE[JOB] + "limits: {timeout: 60}\n"}
    ),
    "another style": Edit(write(JOB, ANOTHER_STYLE)),
    "anchors": Edit(
        several(replace(JOB, "again: 0.1", "again: *rate"), replace(JOB, "  more: {", "  more: {<<: {},")),
        files={JOB: WITH_ANCHORS},
    ),
    "line endings of a spec": Edit(lambda repo: _convert(repo.root / JOB)),
    "a compute by its bare name": Edit(replace(JOB, "azureml:parked", "parked")),
    "another file name beside a name": Edit(
        git("mv", JOB, "specs/jobs/two.yml"), files={JOB: BASE[JOB] + "name: one\n"}
    ),
    "another folder of specs": Edit(
        several(
            lambda repo: (repo.root / "specs/jobs/team").mkdir(),
            git("mv", JOB, "specs/jobs/team/one.yml"),
            replace("specs/jobs/team/one.yml", "../../src", "../../../src"),
        )
    ),
    "several specs in one file": Edit(
        several(
            remove(JOB),
            write("specs/jobs/all.yml", f"name: one\n{BASE[JOB]}---\nname: two\n{BASE[JOB]}"),
            remove("specs/jobs/two.yml"),
        ),
        files={"specs/jobs/two.yml": BASE[JOB]},
    ),
}
RULED = {
    "rerun": Edit(append(PROJECT, "rules: [{match: job/one, rerun: 2}]\n"), ("> job/one; rerun: 1 -> 2",)),
    "rerun once more": Edit(
        replace(PROJECT, "rerun: 2", "rerun: 3"),
        ("> job/one; rerun: 2 -> 3",),
        files={PROJECT: RULES + "  rerun: 2\n"},
    ),
    "rerun of another job": Edit(
        append(PROJECT, "rules: [{match: job/two, rerun: 2}]\n"),
        ("specs/project.yml:1:1: warning: rules: no spec matches 'job/two'",),
    ),
    "a field that is ignored": Edit(
        replace(JOB, "MODE: fast", "MODE: slow"),
        files={PROJECT: RULES + "  ignore_changes: [environment_variables.MODE]\n"},
    ),
    "a field beside one that is ignored": Edit(
        replace(JOB, "MODE: fast", "MODE: fast, SEED: 7"),
        ("> job/one; environment_variables.SEED: (none) -> 7",),
        files={PROJECT: RULES + "  ignore_changes: [environment_variables.MODE]\n"},
    ),
    "retries": Edit(append(PROJECT, "rules: [{match: job/one, retry: {limit: 2}}]\n")),
}
ABSENT = "is not in the workspace: correct the reference, or put it there"
REFUSED = {
    "a field that nobody knows": Edit(
        append(JOB, "enviroment: x\n"),
        ("specs/jobs/one.yml:11:1: error: unknown field 'enviroment', did you mean 'environment'?",),
    ),
    "an input that the command lacks": Edit(
        replace(JOB, "  rate: 0.1\n", ""),
        ("specs/jobs/one.yml:1:10: error: the command uses inputs.rate, which the job does not define",),
    ),
    "an environment that is nobody's": Edit(
        replace(JOB, "plain@", "plane@"),
        ("specs/jobs/one.yml:3:14: error: environment: no spec defines environment/plane, did you mean 'plain'?",),
    ),
    "a version that is not there": Edit(
        replace(JOB, "plain@latest", "plain:7"),
        (
            "> job/one; environment: azureml:plain:c* -> azureml:plain:7",
            f"specs/jobs/one.yml:3:14: error: environment/plain:7 {ABSENT}",
        ),
    ),
}
TABLE = {**COUNTS, **DESCRIBES, **RULED, **REFUSED}


def _convert(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.mark.parametrize("name", TABLE)
def test_edit(name: str, tmp_path: Path, at: Desk, state: dict[str, str]) -> None:
    check(TABLE[name], Repo(tmp_path / "repo", state), at)
