"""Which files are specs, of what kind, and which belong to another one."""

from pathlib import Path

import pytest

from runner.desired import files, load, project
from runner.model.diagnostics import InvalidSpecsError
from runner.model.keys import Kind
from tests.desired.conftest import PROJECT, Specs
from tests.repositories import Repo

JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\n"
CONDA = "channels: [conda-forge]\ndependencies: [python=3.11]\n"
ENVIRONMENT = "name: e\nimage: mcr.microsoft.com/x:1\n"


def keys(specs: Specs) -> list[str]:
    return [str(spec.key) for spec in specs.load()]


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        ("jobs/a.yml", {}, Kind.JOB),
        ("jobs/deep/er/a.yml", {}, Kind.JOB),
        ("compute/a.yml", {}, Kind.COMPUTE),
        ("environments/a.yml", {}, Kind.ENVIRONMENT),
        ("data/a.yml", {}, Kind.DATA),
        ("team/data/a.yml", {}, Kind.DATA),
        ("a.yml", {"type": "command"}, Kind.JOB),
        ("a.yml", {"type": "AmlCompute"}, Kind.COMPUTE),
        ("a.yml", {"type": "mltable"}, Kind.DATA),
        ("datastores/a.yml", {}, Kind.DATASTORE),
        ("components/a.yml", {"type": "command"}, Kind.COMPONENT),
        ("models/a.yml", {}, Kind.MODEL),
        ("a.yml", {"type": "azure_blob"}, Kind.DATASTORE),
        ("a.yml", {"type": "mlflow_model"}, Kind.MODEL),
        ("a.yml", {"type": "sweep"}, Kind.JOB),
        ("a.yml", {"type": "pipeline"}, Kind.JOB),
        ("a.yml", {"type": "spark"}, Kind.JOB),
        ("a.yml", {"type": "endpoint"}, None),
        ("a.yml", {}, None),
        ("jobs/a.yml", {"$schema": "https://azuremlschemas.azureedge.net/latest/data.schema.json"}, Kind.DATA),
        ("a.yml", {"$schema": "https://example.com/amlCompute.schema.json"}, Kind.COMPUTE),
        ("jobs/a.yml", {"$schema": "https://example.com/pipelineJob.schema.json"}, Kind.JOB),
        ("jobs/a.yml", {"$schema": "https://example.com/pipelineComponent.schema.json"}, Kind.COMPONENT),
        ("jobs/a.yml", {"$schema": "https://example.com/sparkJob.schema.json"}, Kind.JOB),
        ("jobs/a.yml", {"$schema": "https://example.com/batchEndpoint.schema.json"}, None),
        ("schedules/a.yml", {}, Kind.SCHEDULE),
        ("connections/a.yml", {"type": "git"}, Kind.CONNECTION),
        ("a.yml", {"type": "git"}, Kind.CONNECTION),
        ("a.yml", {"$schema": "http://azureml/sdk-2-0/Schedule.json"}, Kind.SCHEDULE),
        ("jobs/a.yml", {"$schema": 5}, None),
    ],
)
def test_kind(path: str, value: dict[str, object], kind: Kind | None) -> None:
    assert files.kind_of(Path("/specs") / path, value, Path("/specs")) is kind


def test_discovery(specs: Specs) -> None:
    for name in ("b.yml", "a.yaml", "deep/c.yml", ".hidden.yml", ".hidden/d.yml", "e.json", "f.yml.bak", "project.yml"):
        specs.write({f"specs/jobs/{name}": JOB})
    specs.repo.link("specs/linked", specs.root / "specs" / "jobs")
    found = [path.relative_to(specs.root / "specs").as_posix() for path in files.discover(specs.root / "specs")]
    assert found == ["jobs/a.yaml", "jobs/b.yml", "jobs/project.yml", "jobs/deep/c.yml"]


def test_names_come_from_the_spec_or_the_file(specs: Specs) -> None:
    specs.write({"specs/jobs/one.yml": JOB, "specs/jobs/x.yaml": f"name: two\n{JOB}", "specs/jobs/three.gpu.yml": JOB})
    assert keys(specs) == ["job/one", "job/three", "job/two"]


def test_a_conda_file_belongs_to_its_environment(specs: Specs) -> None:
    specs.write({"specs/environments/e.yml": f"{ENVIRONMENT}conda_file: conda.yml\n"})
    specs.write({"specs/environments/conda.yml": CONDA})
    assert keys(specs) == ["environment/e"]


def test_a_conda_file_that_nobody_claims_is_said(specs: Specs) -> None:
    specs.write({"specs/environments/e.yml": ENVIRONMENT, "specs/environments/conda.yml": CONDA})
    assert specs.problems() == [
        "specs/environments/conda.yml:1:1: error: missing field 'name'",
        "specs/environments/conda.yml:1:1: error: unknown field 'channels'",
        "specs/environments/conda.yml:2:1: error: unknown field 'dependencies'",
    ]


def test_what_is_in_a_code_folder_belongs_to_the_code(specs: Specs) -> None:
    specs.write({"specs/jobs/a.yml": f"{JOB}code: src\n", "specs/jobs/src/config.yml": "anything: [goes]\n"})
    specs.write({"specs/jobs/src/deep/job.yml": JOB, "specs/jobs/src/main.py": ""})
    assert keys(specs) == ["job/a"]


@pytest.mark.parametrize(
    "text", ["", "{{ a template }}\n", "a: !include b.yml\n", "when: 2026-01-01\n", "[\n", b"\xff"]
)
def test_what_is_in_a_code_folder_is_nobodys_business(specs: Specs, text: str | bytes) -> None:
    specs.write({"specs/jobs/a.yml": f"{JOB}code: src\n", "specs/jobs/src/config.yml": text})
    assert specs.problems() == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [\n", "specs/envs/conda.yml:2:1: error: not YAML: did not find expected node content"),
        (
            "1: a\n",
            "specs/envs/conda.yml:1:1: error: the key '1' is no text; put quotes around it",
        ),
        ("- a\n", "specs/environments/e.yml:3:13: error: conda_file: is no conda specification"),
        ("", "specs/environments/e.yml:3:13: error: conda_file: is no conda specification"),
        (b"\xff", "specs/envs/conda.yml:1:1: error: is not UTF-8: invalid start byte at byte 0"),
    ],
)
def test_what_is_wrong_with_a_conda_file(specs: Specs, text: str | bytes, message: str) -> None:
    specs.write({"specs/environments/e.yml": f"{ENVIRONMENT}conda_file: ../envs/conda.yml\n"})
    specs.write({"specs/envs/conda.yml": text})
    assert specs.problems() == [message]


def test_code_here_does_not_swallow_the_neighbours(specs: Specs) -> None:
    specs.write({"specs/jobs/a.yml": f"{JOB}code: .\n", "specs/jobs/b.yml": JOB})
    assert keys(specs) == ["job/a", "job/b"]


def test_two_specs_may_share_code(specs: Specs) -> None:
    specs.write({"specs/jobs/a.yml": f"{JOB}code: ../../src\n", "specs/jobs/b.yml": f"{JOB}code: ../../src\n"})
    specs.write({"src/main.py": "", "src/x.yml": "free: text\n"})
    assert keys(specs) == ["job/a", "job/b"]


def test_data_in_yaml_belongs_to_the_asset(specs: Specs) -> None:
    specs.write(
        {"specs/data/d.yml": "name: d\ntype: uri_file\npath: values.yml\n", "specs/data/values.yml": "[1, 2]\n"}
    )
    assert keys(specs) == ["data/d"]


def test_a_claim_counts_although_the_spec_has_errors(specs: Specs) -> None:
    specs.write({"specs/environments/e.yml": f"{ENVIRONMENT}nonsense: 1\nconda_file: conda.yml\n"})
    specs.write({"specs/environments/conda.yml": CONDA})
    assert specs.problems() == ["specs/environments/e.yml:3:1: error: unknown field 'nonsense'"]


def test_several_documents(specs: Specs) -> None:
    specs.write({"specs/jobs/all.yml": f"name: a\n{JOB}---\nname: b\n{JOB}"})
    assert keys(specs) == ["job/a", "job/b"]
    assert [str(spec.position) for spec in specs.load()] == ["specs/jobs/all.yml:1:1", "specs/jobs/all.yml:5:1"]


def test_an_empty_project_is_a_project(specs: Specs) -> None:
    assert specs.load() == ()
    assert specs.desired().resources == ()


def test_single_files_outside_a_project(folder: Repo) -> None:
    job = folder.write("job.yml", f"type: command\ncompute: azureml:elsewhere\n{JOB}")
    data = folder.write("data/d.yml", "name: d\npath: https://example.com\n")
    assert [str(spec.key) for spec in load.load_files([job, data], folder.root).specs] == ["data/d", "job/job"]


def test_a_placeholder_for_a_name_is_left_to_whoever_fills_the_file_in(folder: Repo) -> None:
    model = folder.write("m.yml", "type: custom_model\nname: <name>\nversion: <version>\npath: https://example.com\n")
    found = load.load_files([model], folder.root)
    assert [str(item).removeprefix(f"{model}:") for item in found.warnings] == [
        "2:7: warning: name: '<name>' is to be filled in",
        "3:10: warning: version: '<version>' is to be filled in",
    ]
    folder.write("specs/project.yml", PROJECT)
    folder.write("specs/models/m.yml", model.read_text())
    with pytest.raises(InvalidSpecsError):
        load.load_project(project.find(folder.root))


def test_what_is_wrong_in_single_files(folder: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.root)
    folder.write("job.yml", "type: command\ncommand: x\nenvironment: {image: x}\ncode: gone\n")
    folder.write("odd.yml", "x: 1\n")
    with pytest.raises(InvalidSpecsError) as caught:
        load.load_files([Path("odd.yml"), Path("job.yml")], folder.root)
    assert [str(item).partition(";")[0] for item in caught.value.diagnostics] == [
        "job.yml:4:7: error: code: 'gone' does not exist",
        "odd.yml:1:1: error: not a spec: its folder, '$schema' and 'type' say no kind we know",
    ]
