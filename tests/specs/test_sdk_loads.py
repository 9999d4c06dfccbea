"""Every spec of this repository is plain Azure ML CLI v2 YAML: the SDK's loaders take the files as they stand."""

import ast
import csv
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

SPECS = Path(__file__).parents[2] / "specs"
# The SDK's own, about the libraries it builds on.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture
def sdk() -> ModuleType:
    """`azure.ai.ml`, imported where its warnings are let through."""
    return importlib.import_module("azure.ai.ml")


def test_compute(sdk: ModuleType) -> None:
    cluster = sdk.load_compute(SPECS / "compute" / "cpu-cluster.yml")
    assert (cluster.name, cluster.type, cluster.size) == ("cpu-cluster", "amlcompute", "Standard_DS11_v2")
    assert (cluster.min_instances, cluster.max_instances) == (0, 4)
    assert cluster.idle_time_before_scale_down == 120


def test_data(sdk: ModuleType) -> None:
    iris = sdk.load_data(SPECS / "data" / "iris.yml")
    assert (iris.name, iris.type) == ("iris", "uri_file")
    path = SPECS / "data" / iris.path
    assert path.is_file()
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert list(rows[0]) == ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    species = [row["species"] for row in rows]
    assert {name: species.count(name) for name in species} == {"setosa": 50, "versicolor": 50, "virginica": 50}


def test_environment(sdk: ModuleType) -> None:
    environment = sdk.load_environment(SPECS / "environments" / "lightgbm-env.yml")
    assert environment.name == "lightgbm-env"
    assert environment.image.startswith("mcr.microsoft.com/azureml/")
    assert environment.conda_file["dependencies"][0] == "python=3.11"


def test_job(sdk: ModuleType) -> None:
    job = sdk.load_job(SPECS / "jobs" / "iris-train.yml")
    assert (job.name, job.type, job.experiment_name) == ("iris-train", "command", "iris")
    assert job.command == (
        "python main.py --iris-csv ${{inputs.iris_csv}} --learning-rate ${{inputs.learning_rate}}"
        " --boosting ${{inputs.boosting}}"
    )
    assert job.environment == "AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu@latest"
    assert job.compute == "cpu-cluster"
    inputs = job._build_inputs()  # what the SDK sends
    assert (inputs["learning_rate"], inputs["boosting"]) == (0.9, "gbdt")
    assert (inputs["iris_csv"].type, inputs["iris_csv"].path) == ("uri_file", "iris@latest")
    assert (SPECS / "jobs" / job.code / "main.py").is_file()
    assert job.limits.timeout == 1800


def test_the_training_script_runs_on_the_python_of_its_image() -> None:
    ast.parse((SPECS / "jobs" / "src" / "main.py").read_text(), feature_version=(3, 7))


def documents() -> list[tuple[str, Any]]:
    files = [path for path in SPECS.rglob("*.yml") if path.name != "project.yml" and ".conda." not in path.name]
    return [(path.relative_to(SPECS).as_posix(), yaml.safe_load(path.read_text())) for path in sorted(files)]


@pytest.mark.parametrize(("name", "document"), documents())
def test_every_spec_says_what_it_is(name: str, document: Any) -> None:
    """Editors complete and check a file by its `$schema`; a file is found by the name it gives."""
    assert document["$schema"].startswith("https://azuremlschemas.azureedge.net/latest/")
    assert document["name"] == Path(name).stem
