"""What a resource refers to and what was sent with it, place by place."""

from pathlib import Path

from runner.model.keys import Key, Kind
from runner.model.references import Reference
from runner.model.resource import External, Tree
from runner.model.uses import sources, uses
from tests.builders import desired, key, resource

PLAIN = resource("environment/plain", {"image": "python:3.11"})
NUMBERS = resource("data/numbers", {"path": "numbers.csv", "version": "7"})
MODEL = resource("model/base", {"path": "model"})
CPU = resource("compute/cpu", {"size": "Standard_DS11_v2"})


def test_what_is_ours_is_named_exactly_and_what_others_own_as_written() -> None:
    job = resource(
        "job/train",
        {
            "$schema": "https://azuremlschemas.azureedge.net/latest/commandJob.schema.json",
            "description": "https://wiki.example.com/train",
            "command": "python main.py",
            "code": "../../src",
            "environment": f"azureml:plain:{PLAIN.version}",
            "compute": "azureml:cpu",
            "inputs": {
                "rate": 0.1,
                "numbers": {"type": "uri_file", "path": "azureml:numbers:7"},
                "base": {"type": "custom_model", "path": f"azureml:base:{MODEL.version}"},
                "shared": {"type": "uri_file", "path": "azureml:shared@latest"},
                "iris": {"type": "uri_file", "path": "https://example.com/iris.csv"},
            },
        },
        depends_on=["environment/plain", "data/numbers", "model/base", "compute/cpu"],
    )
    place = ("inputs", "shared", "path")
    shared = External(Reference(Key(Kind.DATA, "shared"), label="latest"), job.position, job.key, place)
    state = desired(PLAIN, NUMBERS, MODEL, CPU, job, externals=[shared])
    assert uses(state, job, {key("model/base"): "base:3"}) == {
        "environment": f"environment/plain:{PLAIN.version}",
        "compute": "compute/cpu",
        "inputs.numbers.path": "data/numbers:7",
        "inputs.base.path": "model/base:3",
        "inputs.shared.path": "data/shared@latest",
        "inputs.iris.path": "https://example.com/iris.csv",
    }


def test_of_an_environment_it_is_the_image() -> None:
    assert uses(desired(PLAIN), PLAIN, {}) == {"image": "python:3.11"}
    assert uses(desired(NUMBERS), NUMBERS, {}) == {}


def test_sources_are_paths_from_the_root_of_the_repository(tmp_path: Path) -> None:
    trees = {
        ("code",): Tree(f"{tmp_path}/src", {"main.py": "0" * 40}),
        ("jobs", "one", "code"): Tree(f"{tmp_path}/other.py", {"other.py": "1" * 40}, is_file=True),
    }
    assert sources(resource(trees=trees), tmp_path) == {"code": "src", "jobs.one.code": "other.py"}
