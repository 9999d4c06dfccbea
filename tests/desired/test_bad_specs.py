"""Every finding with its exact words and its exact place."""

import pytest

from tests.desired.conftest import Specs

JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\n"
JOB_NAME = "it must be 1-255 letters, digits, '-' and '_', beginning with a letter or digit"
COMPUTE_NAME = "it must be 3-24 letters, digits and '-', beginning with a letter and not ending in '-' and digits"
OR_EXTERNAL = "; define it, or list it under external: in specs/project.yml if others own it"
COMPUTES = "'amlcompute', 'computeinstance', 'kubernetes', 'synapsespark' or 'virtualmachine'"
ENVIRONMENT = "azureml:NAME@latest, azureml:NAME:VERSION, an id, file:PATH, or an environment written out"
KNOWN = "known are compute, datastore, connection, environment, data, model, component, job, schedule"
MODES = "'ro_mount', 'rw_mount', 'mount', 'download', 'upload', 'direct', 'eval_mount' or 'eval_download'"  # as listed

# file -> text, and what is said about it (without "error: ", place before it)
CASES: dict[str, tuple[str, str, list[str]]] = {
    "wrong type": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nmax_instances: many\n",
        ["3:16 max_instances: expected a whole number, not 'many'"],
    ),
    "quoted number": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nmax_instances: '4'\n",
        ["3:16 max_instances: expected a whole number, not '4'"],
    ),
    "fraction": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nmax_instances: 1.5\n",
        ["3:16 max_instances: expected a whole number, not 1.5"],
    ),
    "negative": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nmin_instances: -1\n",
        ["3:16 min_instances: must be at least 0, not -1"],
    ),
    "min over max": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nmin_instances: 3\nmax_instances: 2\n",
        ["3:16 min_instances (3) is over max_instances (2)"],
    ),
    "min over the default max": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nmin_instances: 5\n",
        ["3:16 min_instances (5) is over max_instances (4)"],
    ),
    "wrong enum": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\ntier: dedicatd\n",
        ["3:7 tier: expected 'dedicated', 'low_priority' or 'lowpriority', not 'dedicatd', did you mean 'dedicated'?"],
    ),
    "wrong type of compute": (
        "compute/gpu.yml",
        "name: gpu\ntype: kubernets\n",
        [
            f"2:7 type: expected {COMPUTES}, not 'kubernets', did you mean 'kubernetes'?",
        ],
    ),
    "a mapping where text belongs": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nsize: {a: b}\nidentity: me\n",
        ["3:7 size: expected text, not a mapping", "4:11 identity: expected a mapping, not 'me'"],
    ),
    "a field of a field": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\nidentity:\n  type: system_assigned\n  user_assigned_identites: []\n",
        ["5:3 unknown field 'user_assigned_identites', did you mean 'user_assigned_identities'?"],
    ),
    "tags are text": (
        "compute/gpu.yml",
        "name: gpu\ntype: amlcompute\ntags: {cost: 5, on: yes}\n",
        ["3:14 cost: expected text, not 5; put quotes around it", "3:17 the key 'on' is no text; put quotes around it"],
    ),
    "unknown field": (
        "jobs/a.yml",
        f"{JOB}environmnt: x\nzzz: 1\n",
        ["3:1 unknown field 'environmnt', did you mean 'environment'?", "4:1 unknown field 'zzz'"],
    ),
    "missing field": ("jobs/a.yml", "command: echo\n", ["1:1 missing field 'environment'"]),
    "empty field": (
        "jobs/a.yml",
        "command: ''\nenvironment: azureml:AzureML-x@latest\n",
        ["1:10 command: must not be empty"],
    ),
    "a field with nothing": (
        "jobs/a.yml",
        "command:\nenvironment: azureml:AzureML-x@latest\n",
        ["1:9 command: expected text, not nothing"],
    ),
    "inputs as a list": (
        "jobs/a.yml",
        f"{JOB}inputs:\n  - a\n",
        ["4:3 inputs: expected a mapping, not a list"],
    ),
    "an input that is neither": (
        "jobs/a.yml",
        f"{JOB}inputs:\n  a: [1]\n  b:\n",
        [
            "4:6 a: expected text, a number, true or false",
            "5:5 b: expected text, a number, true or false",
        ],
    ),
    "an input's fields": (
        "jobs/a.yml",
        f"{JOB}inputs:\n  a: {{type: uri_fil, mode: rw, pth: x}}\n",
        [
            (
                "4:13 type: expected 'uri_file', 'uri_folder', 'mltable', 'mlflow_model', 'custom_model' or "
                "'triton_model', not 'uri_fil', did you mean 'uri_file'?"
            ),
            f"4:28 mode: expected {MODES}, not 'rw'",
            "4:32 unknown field 'pth', did you mean 'path'?",
        ],
    ),
    "a binding to nothing": (
        "jobs/a.yml",
        f"{JOB[14:]}command: >-\n  run ${{{{inputs.a}}}} ${{{{ outputs.b }}}} ${{{{inputs.c}}}}\ninputs: {{c: 1}}\n",
        ["2:10 the command uses inputs.a, outputs.b, which the job does not define"],
    ),
    "timeout": (
        "jobs/a.yml",
        f"{JOB}limits: {{timeout: 0}}\n",
        ["3:19 timeout: must be at least 1, not 0"],
    ),
    "an environment by its bare name": (
        "jobs/a.yml",
        "command: echo\nenvironment: lightgbm\n",
        [
            f"2:14 environment: expected {ENVIRONMENT}",
        ],
    ),
    "an environment in place without a base": (
        "jobs/a.yml",
        "command: echo\nenvironment:\n  conda_file: {dependencies: [python]}\n",
        ["3:3 states neither 'image' nor 'build'; a conda file alone is no environment"],
    ),
    "image and build": (
        "environments/e.yml",
        "name: e\nimage: x\nbuild: {path: .}\n",
        ["3:8 'image' and 'build' exclude each other"],
    ),
    "build and conda_file": (
        "environments/e.yml",
        "name: e\nbuild: {path: .}\nconda_file: {dependencies: []}\n",
        ["3:13 'conda_file' goes with 'image', not with 'build'"],
    ),
    "unquoted version": (
        "environments/e.yml",
        "name: e\nimage: x\nversion: 1.10\n",
        ["3:10 version: reads as a number; put quotes around it"],
    ),
    "no version at all": (
        "environments/e.yml",
        "name: e\nimage: x\nversion: yes\n",
        ["3:10 version: expected text, not true; put quotes around it"],
    ),
    "empty version": (
        "data/d.yml",
        "name: d\npath: https://example.com\nversion: ''\n",
        ["3:10 version: must not be empty"],
    ),
    "missing file": (
        "data/d.yml",
        "name: d\ntype: uri_file\npath: gone.csv\n",
        ["3:7 path: 'gone.csv' does not exist"],
    ),
    "a folder for a file": ("data/d.yml", "name: d\ntype: uri_file\npath: .\n", ["3:7 path: '.' is no file"]),
    "a file for a folder": (
        "data/d.yml",
        "name: d\npath: ../project.yml\n",
        ["2:7 path: '../project.yml' is no folder"],
    ),
    "no MLTable": (
        "data/d.yml",
        "name: d\ntype: mltable\npath: ../../other\n",
        ["3:7 path: '../../other' holds no file named MLTable"],
    ),
    "an empty folder": ("data/d.yml", "name: d\npath: ../../empty\n", ["2:7 path: '../../empty' is an empty folder"]),
    "missing code": ("jobs/a.yml", f"{JOB}code: src\n", ["3:7 code: 'src' does not exist"]),
    "missing conda file": (
        "environments/e.yml",
        "name: e\nimage: x\nconda_file: gone.yml\n",
        ["3:13 conda_file: 'gone.yml' does not exist"],
    ),
    "a path that leaves": (
        "jobs/a.yml",
        f"{JOB}code: ../../../outside\n",
        ["3:7 code: '../../../outside' leaves the repository"],
    ),
    "an absolute path": (
        "data/d.yml",
        "name: d\ntype: uri_file\npath: /etc/passwd\n",
        ["3:7 path: '/etc/passwd' is an absolute path; paths start at the file and stay in the repository"],
    ),
    "a link that leaves": (
        "data/d.yml",
        "name: d\ntype: uri_file\npath: ../../stolen\n",
        ["3:7 path: '../../stolen' leaves the repository"],
    ),
    "undefined environment": (
        "jobs/a.yml",
        "command: echo\nenvironment: azureml:nothing@latest\n",
        [f"2:14 environment: no spec defines environment/nothing{OR_EXTERNAL}"],
    ),
    "undefined compute": (
        "jobs/a.yml",
        f"{JOB}compute: somewhere\n",
        [f"3:10 compute: no spec defines compute/somewhere{OR_EXTERNAL}"],
    ),
    "undefined data, nearly": (
        "jobs/a.yml",
        f"{JOB}inputs:\n  x: {{path: 'azureml:knwn:1'}}\n",
        ["4:13 path: no spec defines data/knwn, did you mean 'known'?"],
    ),
    "job name": (
        "jobs/a.b.yml",
        f"name: a.b\n{JOB}",
        [f"1:7 the service refuses the job name 'a.b': {JOB_NAME}"],
    ),
    "job name from the file": (
        "jobs/ä.yml",
        JOB,
        [f"1:1 the service refuses the job name 'ä': {JOB_NAME}"],
    ),
    "long job name": (
        "jobs/a.yml",
        f"name: {'a' * 231}\n{JOB}",
        ["1:7 this job name has 231 characters; 230 leave room for the run's suffix"],
    ),
    "compute name": (
        "compute/c.yml",
        "name: my_gpu\ntype: amlcompute\n",
        [f"1:7 the service refuses the compute name 'my_gpu': {COMPUTE_NAME}"],
    ),
    "environment name": (
        "environments/e.yml",
        "name: e/f\nimage: x\n",
        [f"1:7 the service refuses the environment name 'e/f': {JOB_NAME}"],
    ),
    "data name": (
        "data/d.yml",
        "name: -d\npath: https://example.com\n",
        [f"1:7 the service refuses the data name '-d': {JOB_NAME}"],
    ),
    "a path with a NUL": (
        "data/d.yml",
        'name: d\ntype: uri_folder\npath: "a\\0b"\n',
        ["3:7 the character U+0000 has no place in a text"],
    ),
    "a path that is too long": (
        "data/d.yml",
        f"name: d\ntype: uri_folder\npath: {'x' * 300}\n",
        [f"3:7 path: '{'x' * 300}' does not exist"],
    ),
    "a type that is no text": (
        "models/m.yml",
        "name: m\ntype: {a: 1}\npath: ../../other/file\n",
        ["2:7 type: expected 'custom_model', 'mlflow_model' or 'triton_model', not a mapping"],
    ),
    "duplicate key": (
        "data/d.yml",
        "name: a\nname: b\npath: https://example.com\n",
        ["2:1 duplicate key 'name'; the first is at specs/data/d.yml:1:1"],
    ),
    "not YAML": ("data/d.yml", "name: [\n", ["2:1 not YAML: did not find expected node content"]),
    "empty": ("data/d.yml", "", ["1:1 is empty: no resource in it"]),
    "only comments": ("data/d.yml", "# nothing\n---\n", ["1:1 is empty: no resource in it"]),
    "a list": ("data/d.yml", "- a\n", [f"1:1 not a spec: no mapping; {KNOWN}"]),
    "text": ("data/d.yml", "\n  hello\n", [f"2:3 not a spec: no mapping; {KNOWN}"]),
    "no kind": (
        "other/x.yml",
        "name: x\n",
        [f"1:1 not a spec: its folder, '$schema' and 'type' say no kind we know; {KNOWN}"],
    ),
    "a schema we do not know": (
        "jobs/x.yml",
        "$schema: https://azuremlschemas.azureedge.net/latest/batchEndpoint.schema.json\n",
        [f"1:1 not a spec: its folder, '$schema' and 'type' say no kind we know; {KNOWN}"],
    ),
    "a document among others": (
        "jobs/x.yml",
        f"name: a\n{JOB}---\nname: b\n{JOB}codee: x\n---\n- c\n",
        ["8:1 unknown field 'codee', did you mean 'code'?", f"10:1 not a spec: no mapping; {KNOWN}"],
    ),
}
ENCODED: dict[str, tuple[bytes, list[str]]] = {
    "UTF-16": ("name: d\npath: https://example.com\n".encode("utf-16"), ["is not UTF-8: invalid start byte at byte 0"]),
    "Latin-1": (b"name: d\ndescription: \xe4\n", ["is not UTF-8: invalid continuation byte at byte 21"]),
    "cut off": (b"name: \xc3", ["is not UTF-8: unexpected end of data at byte 6"]),
    "byte order mark": (b"\xef\xbb\xbfname: d\npath: https://example.com\n", []),
    "Windows line ends": (b"name: d\r\npath: https://example.com\r\n", []),
}


@pytest.mark.parametrize(("file", "text", "expected"), CASES.values(), ids=CASES)
def test_finding(specs: Specs, file: str, text: str, expected: list[str]) -> None:
    specs.write({"specs/data/known.yml": "name: known\npath: https://example.com\n", "other/file": ""})
    (specs.root / "empty").mkdir()
    specs.repo.link("stolen", "/etc/passwd")
    specs.write({f"specs/{file}": text})
    wanted = [f"specs/{file}:{place}: error: {words}" for place, _, words in (line.partition(" ") for line in expected)]
    assert specs.problems() == wanted


@pytest.mark.parametrize(("content", "expected"), ENCODED.values(), ids=ENCODED)
def test_encoding(specs: Specs, content: bytes, expected: list[str]) -> None:
    specs.write({"specs/data/d.yml": content})
    assert specs.problems() == [f"specs/data/d.yml:1:1: error: {words}" for words in expected]


def test_a_duplicate_definition_names_the_first(specs: Specs) -> None:
    other = "path: https://example.com\n"
    specs.write({"specs/data/a.yml": f"# first\nname: iris\n{other}", "specs/data/b.yml": f"name: Iris\n{other}"})
    specs.write({"specs/data/c.yml": f"name: iris\n{other}---\nname: fine\n{other}"})
    assert specs.problems() == [
        "specs/data/b.yml:1:1: error: data/Iris is defined twice; the first is at specs/data/a.yml:2:1",
        "specs/data/c.yml:1:1: error: data/iris is defined twice; the first is at specs/data/a.yml:2:1",
    ]


def test_names_of_different_kinds_may_be_equal(specs: Specs) -> None:
    specs.write({"specs/data/iris.yml": "name: iris\npath: https://example.com\n", "specs/jobs/iris.yml": JOB})
    assert specs.problems() == []


def test_every_problem_of_every_file_at_once(specs: Specs) -> None:
    specs.write({f"specs/{number}/{file}": text for number, (file, text, _) in enumerate(CASES.values())})
    found = specs.problems()
    assert {line.split("/")[1] for line in found} == {
        str(number) for number, (_, _, expected) in enumerate(CASES.values()) if expected
    }
    assert found == sorted(found, key=lambda line: (line.split(":")[0], *map(int, line.split(":")[1:3]), line))


def test_who_refers_to_something_broken_is_not_blamed(specs: Specs) -> None:
    specs.write(
        {"specs/environments/e.yml": "name: e\n", "specs/jobs/a.yml": "command: x\nenvironment: azureml:e@latest\n"}
    )
    assert specs.problems() == [
        "specs/environments/e.yml:1:1: error: states neither 'image' nor 'build'; a conda file alone is no environment"
    ]


@pytest.mark.parametrize("pattern", ["environment/theirs", "environment/*", "*"])
def test_what_others_own_may_be_listed(specs: Specs, pattern: str) -> None:
    specs.write({"specs/jobs/a.yml": "command: echo\nenvironment: azureml:theirs:3\n"})
    assert len(specs.problems()) == 1
    specs.write({"specs/project.yml": f"version: 1\nproject: demo\nexternal: ['{pattern}']\n"})
    assert specs.problems() == []
    assert [str(external.reference) for external in specs.desired().externals] == ["environment/theirs:3"]


@pytest.mark.parametrize(
    "environment",
    [
        "azureml:AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu@latest",
        "azureml://registries/azureml/environments/lightgbm-3.3/labels/latest",
        "azureml:/subscriptions/0/resourceGroups/r/providers/x/environments/e/versions/1",
        "{image: 'mcr.microsoft.com/x:1'}",
    ],
)
def test_what_is_azures_or_elsewhere_needs_no_definition(specs: Specs, environment: str) -> None:
    specs.write({"specs/jobs/a.yml": f"command: echo\nenvironment: {environment}\n"})
    assert specs.problems() == []
