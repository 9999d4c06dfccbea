"""Edits of environments, data, models, computes and datastores, and what follows for those that use them."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import (
    BASE,
    ENVIRONMENT,
    JOB,
    PROJECT,
    Change,
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

# Slow together with the other tables, which hold every kind of change too. The warnings are the SDK's own.
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

CONDA_FILE = "specs/environments/conda.yml"
CONDA = {
    ENVIRONMENT: "name: plain\nimage: acme/{project}:3.11\nconda_file: conda.yml\n",
    CONDA_FILE: "name: tools\ndependencies: [python=3.11, pip]\n",
}
BUILT = {  # no job in it: the embedded workspace builds no images
    "specs/environments/built.yml": "name: built\nbuild: {path: ../../docker}\n",
    "docker/Dockerfile": "FROM acme/{project}\n",
}
NEVER = "and versions never change: bump it"
NEW_ENVIRONMENT = ("+ environment/plain", "> job/one; environment: azureml:plain:c* -> azureml:plain:c*")
NEW_DATA = ("+ data/numbers", "> job/one; inputs.numbers: azureml:numbers:c* -> azureml:numbers:c*")
NEW_RAW = tuple(line.replace(":numbers", ":raw").replace("/numbers", "/raw") for line in NEW_DATA)
RAW_JOB = BASE[JOB].replace("uri_file", "uri_folder").replace("azureml:numbers", "azureml:raw")

ENVIRONMENTS = {
    "image": Edit(replace(ENVIRONMENT, "3.11", "3.12"), NEW_ENVIRONMENT),
    "image, committed": Edit(
        committed(replace(ENVIRONMENT, "3.11", "3.12")),
        (NEW_ENVIRONMENT[0], NEW_ENVIRONMENT[1] + " (HEAD)"),
    ),
    "a dependency": Edit(replace(CONDA_FILE, "pip]", "pip, {pip: []}]"), NEW_ENVIRONMENT, CONDA),
    "a comment in the conda file": Edit(append(CONDA_FILE, "# as of today\n"), files=CONDA),
    "the key order of the conda file": Edit(
        write(CONDA_FILE, "dependencies:\n- python=3.11\n- pip\nname: tools\n"), files=CONDA
    ),
    "the order of dependencies": Edit(
        replace(CONDA_FILE, "python=3.11, pip", "pip, python=3.11"), NEW_ENVIRONMENT, CONDA
    ),
    "a conda file that moves into the spec": Edit(
        several(
            remove(CONDA_FILE),
            replace(ENVIRONMENT, "conda.yml", "{name: tools, dependencies: [python=3.11, pip]}"),
        ),
        files=CONDA,
    ),
    "another name of the conda file": Edit(
        several(git("mv", CONDA_FILE, "specs/environments/tools.yml"), replace(ENVIRONMENT, "conda.yml", "tools.yml")),
        files=CONDA,
    ),
    "description of an environment": Edit(
        append(ENVIRONMENT, "description: Small\n"), ("~ environment/plain; description: (none) -> Small",)
    ),
    "tags of an environment": Edit(
        append(ENVIRONMENT, "tags: {team: red}\n"), ("~ environment/plain; tags.team: (none) -> red",)
    ),
    "a version stated": Edit(
        append(ENVIRONMENT, 'version: "1"\n'),
        ("+ environment/plain", "> job/one; environment: azureml:plain:c* -> azureml:plain:1"),
    ),
    "a version bumped": Edit(
        several(replace(ENVIRONMENT, '"1"', '"2"'), replace(ENVIRONMENT, "3.11", "3.12")),
        ("+ environment/bumped", "> job/one; environment: azureml:bumped:1 -> azureml:bumped:2"),
        {
            ENVIRONMENT: 'name: bumped\nversion: "1"\nimage: python:3.11\n',
            JOB: BASE[JOB].replace("plain", "bumped"),
        },
    ),
    "other content under one version": Edit(
        replace(ENVIRONMENT, "3.11", "3.12"),
        (f"{ENVIRONMENT}:1:1: error: environment/kept: version 1 exists with other content, {NEVER}",),
        {
            ENVIRONMENT: 'name: kept\nversion: "1"\nimage: python:3.11\n',
            JOB: BASE[JOB].replace("plain", "kept"),
        },
    ),
    "a name of an environment": Edit(
        several(replace(ENVIRONMENT, "plain", "renamed"), replace(JOB, "plain", "renamed")),
        ("+ environment/renamed", "> job/one; environment: azureml:plain:c* -> azureml:renamed:c*"),
    ),
    "a Dockerfile": Edit(append("docker/Dockerfile", "RUN true\n"), ("+ environment/built",), BUILT),
    "an environment written out": Edit(
        replace(JOB, "azureml:plain@latest", "{image: 'python:3.11'}"),
        ("> job/one; environment: azureml:plain@latest -> {'image': 'python:3.11'}",),
    ),
    "an image written out": Edit(
        replace(JOB, "3.11", "3.12"),
        ("> job/one; environment.image: python:3.11 -> python:3.12",),
        {JOB: BASE[JOB].replace("azureml:plain@latest", "{image: 'python:3.11'}")},
    ),
    "a description written out": Edit(
        replace(JOB, "'}", "', description: Small}"),
        files={JOB: BASE[JOB].replace("azureml:plain@latest", "{image: 'python:3.11'}")},
    ),
    "latest becomes the version": Edit(
        replace(JOB, "stated@latest", "stated:1"),
        files={
            ENVIRONMENT: 'name: stated\nversion: "1"\nimage: python:3.11\n',
            JOB: BASE[JOB].replace("plain", "stated"),
        },
    ),
    "one environment of two jobs": Edit(
        replace(ENVIRONMENT, "3.11", "3.12"),
        (*NEW_ENVIRONMENT, NEW_ENVIRONMENT[1].replace("one", "two")),
        {"specs/jobs/two.yml": BASE[JOB]},
    ),
}
DATA = {
    "a byte of data": Edit(
        append("numbers.csv", "3\n"),
        ("+ data/numbers", "> job/one; inputs.numbers: azureml:numbers:c* -> azureml:numbers:c*"),
    ),
    "a byte of data, committed": Edit(committed(append("numbers.csv", "3\n")), (NEW_DATA[0], NEW_DATA[1] + " (HEAD)")),
    "another folder of data": Edit(
        several(
            write("raw/.gitkeep", ""),
            git("mv", "numbers.csv", "raw/numbers.csv"),
            replace("specs/data/numbers.yml", "../../", "../../raw/"),
        )
    ),
    "another file name of data": Edit(
        several(git("mv", "numbers.csv", "n.csv"), replace("specs/data/numbers.yml", "numbers.csv", "n.csv")), NEW_DATA
    ),
    "description of data": Edit(
        append("specs/data/numbers.yml", "description: Counted\n"), ("~ data/numbers; description: (none) -> Counted",)
    ),
    "a file in a folder of data": Edit(
        write("raw/more.csv", "3\n"),
        NEW_RAW,
        {
            "specs/data/numbers.yml": "name: raw\npath: ../../raw\n",
            "raw/numbers.csv": "{project}\n",
            JOB: RAW_JOB,
        },
    ),
    "a file of data that git ignores": Edit(
        append("raw/numbers.csv", "2\n"),
        NEW_RAW,
        {
            "specs/data/numbers.yml": "name: raw\npath: ../../raw\n",
            "raw/numbers.csv": "{project}\n",
            ".gitignore": "/raw/\n",
            JOB: RAW_JOB,
        },
    ),
    "a URI of data": Edit(
        replace("specs/data/numbers.yml", "n1.csv", "n2.csv"),
        NEW_DATA,
        {
            "specs/data/numbers.yml": "name: numbers\ntype: uri_file\n"
            "path: azureml://datastores/workspaceblobstore/paths/n1.csv\n"
        },
    ),
    "data of its own": Edit(
        append("numbers.csv", "3\n"),
        ("+ data/numbers", "> job/one; inputs.numbers: numbers.csv changed"),
        {JOB: BASE[JOB].replace("azureml:numbers@latest", "../../numbers.csv")},
    ),
    "an asset in the place of data of its own": Edit(
        replace(JOB, "../../numbers.csv", "azureml:numbers@latest"),
        ("> job/one; inputs.numbers.path: ../../numbers.csv -> azureml:numbers@latest",),
        {JOB: BASE[JOB].replace("azureml:numbers@latest", "../../numbers.csv")},
    ),
    "data of its own in the place of an asset": Edit(
        replace(JOB, "azureml:numbers@latest", "../../numbers.csv"),
        ("> job/one; inputs.numbers: azureml:numbers:c* -> ../../numbers.csv",),
    ),
}
MODEL = "specs/models/weights.yml"


def model(name: str, change: Change, *plan: str) -> Edit:
    """An edit of a model of this name, which the job reads; its versions are counted."""
    reads = f'inputs:\n  weights: {{type: custom_model, path: "azureml:{name}@latest"}}\n'
    files = {
        MODEL: f"name: {name}\npath: ../../weights\n",
        "weights/w.txt": "0.1\n",
        JOB: BASE[JOB].replace("inputs:\n", reads),
    }
    return Edit(change, plan, files)


MODELS = {
    "a byte of a model": model(
        "byte",
        append("weights/w.txt", "0.2\n"),
        "+ model/byte",
        "> job/one; inputs.weights: azureml:byte:1 -> azureml:byte:2",
    ),
    "a byte of a model, committed": model(
        "committed",
        committed(append("weights/w.txt", "0.2\n")),
        "+ model/committed",
        "> job/one; inputs.weights: azureml:committed:1 -> azureml:committed:2 (HEAD)",
    ),
    "description of a model": model(
        "light", append(MODEL, "description: Light\n"), "~ model/light; description: (none) -> Light"
    ),
    "the type of a model": model(
        "typed",
        several(append(MODEL, "type: mlflow_model\n"), replace(JOB, "custom_model", "mlflow_model")),
        "+ model/typed",
        "> job/one; inputs.weights: azureml:typed:1 -> azureml:typed:2",
    ),
    "a stated version of a model": model(
        "stated",
        append(MODEL, 'version: "7"\n'),
        "+ model/stated",
        "> job/one; inputs.weights: azureml:stated:1 -> azureml:stated:7",
    ),
}
FIXED = "cannot change in place: apply deletes it and makes it anew (--allow-replace)"
FORCES = "  # forces replacement"
CLUSTER = "specs/compute/cluster.yml"
CLUSTER_SPEC = """\
type: amlcompute
size: Standard_DS11_v2
min_instances: 0
max_instances: 2
idle_time_before_scale_down: 120
tags: {team: red}
"""


def cluster(name: str, old: str, new: str, *plan: str) -> Edit:
    """An edit of a cluster; it has a name of its own, as it belongs to its project."""
    return Edit(replace(CLUSTER, old, new), plan, {CLUSTER: f"name: {name}\n{CLUSTER_SPEC}"})


COMPUTES = {
    "min_instances": cluster("least", "min_instances: 0", "min_instances: 1", "~ compute/least; min_instances: 0 -> 1"),
    "max_instances": cluster("most", "max_instances: 2", "max_instances: 3", "~ compute/most; max_instances: 2 -> 3"),
    "idle time": cluster("idle", "down: 120", "down: 900", "~ compute/idle; idle_time_before_scale_down: 120 -> 900"),
    "tags of a compute": cluster("tagged", "red", "blue", "~ compute/tagged; tags.team: red -> blue"),
    "size": cluster(
        "size",
        "DS11",
        "DS12",
        f"-/+ compute/size; size: STANDARD_DS11_V2 -> Standard_DS12_v2{FORCES}",
        f"{CLUSTER}:1:1: warning: compute/size: size {FIXED}",
    ),
    "tier": cluster(
        "tier",
        "type: amlcompute\n",
        "type: amlcompute\ntier: low_priority\n",
        f"-/+ compute/tier; tier: dedicated -> low_priority{FORCES}",
        f"{CLUSTER}:1:1: warning: compute/tier: tier {FIXED}",
    ),
    "an instance in the place of a cluster": Edit(
        write(CLUSTER, "name: other\ntype: computeinstance\nsize: Standard_DS11_v2\n"),
        (
            f"-/+ compute/other; type: amlcompute -> computeinstance{FORCES}; tags.team: red -> (none)",
            f"{CLUSTER}:1:1: warning: compute/other: type {FIXED}",
        ),
        {
            CLUSTER: f"name: other\n{CLUSTER_SPEC}",
            PROJECT: BASE[PROJECT] + "rules: [{match: compute/other, prevent_destroy: false}]\n",
        },
    ),
    "a count that is ignored": Edit(
        replace(CLUSTER, "max_instances: 2", "max_instances: 5"),
        files={
            CLUSTER: f"name: ignored\n{CLUSTER_SPEC}",
            PROJECT: BASE[PROJECT] + "rules: [{match: compute/*, ignore_changes: [max_instances]}]\n",
        },
    ),
}
STORE = "specs/datastores/lake.yml"


def store(name: str, old: str, new: str, *plan: str) -> Edit:
    """An edit of a datastore of this name."""
    spec = (
        f"name: {name}\ntype: azure_blob\naccount_name: devstore\ncontainer_name: lake\ndescription: Deep\n"
        "credentials: {account_key: '{{ env.AML_SECRET_LAKE }}'}\n"
    )
    return Edit(replace(STORE, old, new), plan, {STORE: spec})


STORES = {
    "description of a datastore": store(
        "described", "Deep", "Wide", "~ datastore/described; description: Deep -> Wide"
    ),
    "container of a datastore": store(
        "container",
        "container_name: lake",
        "container_name: sea",
        f"-/+ datastore/container; container_name: lake -> sea{FORCES}",
        f"{STORE}:1:1: warning: datastore/container: container_name {FIXED}",
    ),
    "the name of a secret": store("secret", "SECRET_LAKE", "SECRET_SEA"),
}
# Versions made from content are shared by projects: here each row has content of its own.
OWN = {ENVIRONMENT: "name: plain\nimage: acme/{project}:3.11\n", "numbers.csv": "{project}\n"}
TABLE = {
    name: dataclasses.replace(edit, files={**OWN, **edit.files})
    for name, edit in {**ENVIRONMENTS, **DATA, **MODELS, **COMPUTES, **STORES}.items()
}


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.mark.parametrize("name", TABLE)
def test_edit(name: str, tmp_path: Path, at: Desk, state: dict[str, str]) -> None:
    check(TABLE[name], Repo(tmp_path / "repo", state), at)
