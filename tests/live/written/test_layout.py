"""Written specs as files: where each lies, what they share, and what they are called."""

from typing import Any

import pytest
import yaml

from runner.live.written.around import Written
from runner.live.written.layout import Layout, lay_out
from runner.live.written.text import as_yaml
from runner.model.resource import FieldPath
from tests.builders import key

URL = "https://store.example/box/LocalUpload/0123456789abcdef0123456789abcdef/src/"
STEP = {"type": "command", "command": "x", "environment": "azureml:e:1"}
FLOW = {"type": "pipeline", "jobs": {"inner": {"type": "command", "component": STEP}}}


def laid_out(
    specs: dict[str, dict[str, Any]], trees: dict[str, dict[FieldPath, str]] | None = None, **known: Any
) -> Layout:
    """The layout of specs by their keys."""
    made = {key(name): Written(spec, (trees or {}).get(name, {})) for name, spec in specs.items()}
    return lay_out(made, {key(name): version for name, version in known.pop("exist", {}).items()}, **known)


def test_a_reference_to_what_a_spec_stands_for_follows_it() -> None:
    job = {"environment": "azureml:e:2", "inputs": {"a": {"type": "uri_file", "path": "azureml:d:1"}}}
    job["inputs"]["b"] = {"type": "custom_model", "path": "azureml:m:3"}  # type: ignore[index]
    environment = {"name": "e", "version": "2", "image": "x"}
    found = laid_out({"job/j": job, "environment/e": environment}, exist={"data/d": "2", "model/m": "3"})
    written = yaml.safe_load(found.files["specs/jobs/j.yml"])
    assert written["environment"] == "azureml:e@latest"
    assert {name: port["path"] for name, port in written["inputs"].items()} == {
        "a": "azureml:d:1",
        "b": "azureml:m@latest",
    }


def test_a_conda_file_lies_beside_its_environment() -> None:
    conda = {"dependencies": ["python"]}
    found = laid_out({"environment/e": {"name": "e", "version": "1", "image": "x", "conda_file": conda}})
    assert {name: yaml.safe_load(text) for name, text in found.files.items()} == {
        "specs/environments/e.conda.yml": conda,
        "specs/environments/e.yml": {"name": "e", "version": "1", "image": "x", "conda_file": "e.conda.yml"},
    }
    assert [(file.path, file.is_spec) for file in found.told()] == [
        ("specs/environments/e.conda.yml", False),
        ("specs/environments/e.yml", True),
    ]


def test_a_conda_file_of_a_job_stays_in_place() -> None:
    job = {"environment": {"image": "x", "conda_file": {"dependencies": ["python"]}}}
    assert yaml.safe_load(laid_out({"job/j": job}).files["specs/jobs/j.yml"]) == job


def test_code_of_one_content_is_one_folder() -> None:
    urls = {"job/a": f"{URL}1/src", "job/b": f"{URL}2/src", "component/c": f"{URL}3/src", "job/d": f"{URL}4/src"}
    found = laid_out(
        {name: {"code": url} for name, url in urls.items()},
        {name: {("code",): url} for name, url in urls.items()},
        digests={url: "same" if name != "job/d" else "other" for name, url in urls.items()},
    )
    assert sorted(found.folders) == ["specs/code/src", "specs/code/src-2"]
    assert yaml.safe_load(found.files["specs/components/c.yml"]) == {"code": "../code/src"}
    assert yaml.safe_load(found.files["specs/jobs/b.yml"]) == {"code": "../code/src"}
    assert yaml.safe_load(found.files["specs/jobs/d.yml"]) == {"code": "../code/src-2"}
    assert found.owners["specs/code/src"] == {key("job/a"), key("job/b"), key("component/c")}


def test_code_that_is_there_already_is_used() -> None:
    job = {"job/a": {"code": URL}}
    present = {"specs/code/src": "other", "specs/code/ours": "same"}
    found = laid_out(job, {"job/a": {("code",): URL}}, digests={URL: "same"}, present=present)
    assert (found.folders, found.reused) == ({}, {"specs/code/ours"})
    found = laid_out(job, {"job/a": {("code",): URL}}, digests={URL: "new"}, present=present)
    assert (list(found.folders), found.reused) == (["specs/code/src-2"], set())


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x/box/my%20code", "my-code"),
        ("https://x/box/..%2F..%2Fetc", "etc"),
        ("https://x/box/.git", "git"),
        ("https://x/box/..", "code"),
        ("https://x/upload-0123456789abcdef0123456789abcdef", "code"),
        ("https://x/0f0e0d0c-0b0a-0908-0706-050403020100/", "code"),
    ],
)
def test_the_name_of_a_folder(url: str, name: str) -> None:
    assert list(laid_out({"job/a": {"code": url}}, {"job/a": {("code",): url}}).folders) == [f"specs/code/{name}"]


def test_a_build_context_lies_beside_its_environment() -> None:
    spec = {"name": "e", "version": "1", "build": {"path": URL}}
    found = laid_out({"environment/e": spec}, {"environment/e": {("build", "path"): URL}})
    assert found.folders == {"specs/environments/e": URL}
    assert yaml.safe_load(found.files["specs/environments/e.yml"])["build"] == {"path": "e"}


def test_components_in_place_go_to_files_beside_the_job() -> None:
    pipeline = {"type": "pipeline", "jobs": {"one": {"component": STEP}, "two": {"type": "sweep", "trial": STEP}}}
    pipeline["jobs"]["nested"] = {"type": "pipeline", "component": FLOW}  # type: ignore[index]
    other = {"type": "pipeline", "component": {**FLOW, "description": "d"}}
    found = laid_out({"job/a": pipeline, "job/b": other})
    read = {name: yaml.safe_load(text) for name, text in found.files.items()}
    assert read == {
        "specs/jobs/a.yml": {
            "type": "pipeline",
            "jobs": {
                "one": {"component": "./a.one.yml"},
                "two": {"type": "sweep", "trial": "./a.one.yml"},
                "nested": {"type": "pipeline", "component": "./a.nested.yml"},
            },
        },
        "specs/jobs/a.one.yml": STEP,
        "specs/jobs/a.nested.yml": {
            "type": "pipeline",
            "jobs": {"inner": {"type": "command", "component": "./a.one.yml"}},
        },
        "specs/jobs/b.yml": {"type": "pipeline", "component": "./b.component.yml"},
        "specs/jobs/b.component.yml": {
            "type": "pipeline",
            "description": "d",
            "jobs": {"inner": {"type": "command", "component": "./a.one.yml"}},
        },
    }
    assert found.owners["specs/jobs/a.one.yml"] == {key("job/a"), key("job/b")}


def test_the_trial_of_a_sweep_job_stays() -> None:
    sweep = {"type": "sweep", "trial": {"command": "x"}}
    assert yaml.safe_load(laid_out({"job/s": sweep}).files["specs/jobs/s.yml"]) == sweep


def test_a_file_name_that_would_be_too_long() -> None:
    name = "j" * 231
    found = laid_out({f"job/{name}": {"type": "pipeline", "jobs": {"n" * 90: {"component": STEP}}}})
    assert all(len(path.rpartition("/")[2]) <= 255 for path in found.files)


def test_the_text_of_a_spec() -> None:
    spec = {
        "name": "e",
        "version": "1",
        "description": "one\ntwo\n",
        "tags": {"a": "1", "b": "yes", "c": "ä"},
        "values": [1, 0.5, {"x": "y"}],
    }
    spec["same"] = spec["values"]
    assert (
        as_yaml(spec)
        == """\
name: e
version: "1"
description: |
  one
  two
tags:
  a: '1'
  b: 'yes'
  c: ä
values:
  - 1
  - 0.5
  - x: y
same:
  - 1
  - 0.5
  - x: y
"""
    )


def test_text_that_deceives_the_eye_is_written_as_escapes() -> None:
    text = as_yaml({"command": "a\u202eb\x1b[2J"})
    assert text == 'command: "a\\u202Eb\\e[2J"\n'
    assert yaml.safe_load(text) == {"command": "a\u202eb\x1b[2J"}
