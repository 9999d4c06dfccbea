"""From what a job names to what is installed; the catalogue of curated environments."""

import re

import pytest

from runner.emulator.execution.catalogue import curated, find, registry
from runner.emulator.execution.conda import check_pip, read_conda
from runner.emulator.execution.problems import EnvironmentBuildError
from runner.emulator.execution.request import Environment
from runner.emulator.execution.resolve import resolve

LIGHTGBM = "AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu"


@pytest.mark.parametrize("name", [*curated(), *registry()])
def test_every_entry_of_the_catalogue_is_complete(name: str) -> None:
    known = find(name)
    assert known is not None
    assert re.fullmatch(r"3\.\d+", known.python)
    assert known.description.endswith(".")
    assert check_pip(known.local, name) == list(known.local)
    # A bounded range for everything: an environment that works today works tomorrow.
    assert all(">=" in requirement and "<" in requirement for requirement in known.local)
    assert read_conda(known.conda, name).python == known.python
    assert (known.successor in registry()) == (name in curated())


def test_the_catalogue_holds_what_people_name() -> None:
    assert next(iter(curated())) == LIGHTGBM
    assert len(curated()) >= 20
    assert {"lightgbm-3.3", "sklearn-1.5", "acpt-pytorch-2.8-cuda12.6", "tensorflow-2.16-cuda12"} <= set(registry())
    assert curated()[LIGHTGBM].python == "3.7"
    assert curated()[LIGHTGBM].packages["lightgbm"] == "3.2"


@pytest.mark.parametrize(
    "environment",
    [
        Environment("azureml:x", curated=LIGHTGBM),
        Environment("azureml:x", image=f"mcr.microsoft.com/azureml/curated/{LIGHTGBM.removeprefix('AzureML-')}:48"),
        Environment("azureml:x", curated="lightgbm-3.3"),
        Environment("azureml:x", image="mcr.microsoft.com/azureml/curated/lightgbm-3.3@sha256:00"),
    ],
)
def test_a_curated_environment_is_found_by_name_or_image(environment: Environment) -> None:
    recipe = resolve(environment)
    assert any(requirement.startswith("lightgbm>=") for requirement in recipe.requirements)
    assert "lightgbm" in recipe.wanted
    assert recipe.replaced[0].startswith("image mcr.microsoft.com/azureml/curated/lightgbm-3.")


@pytest.mark.parametrize(
    ("image", "python"),
    [
        ("python:3.10-slim", "3.10"),
        ("mcr.microsoft.com/azureml/x-ubuntu20.04-py38-cpu:1", "3.8"),
        ("docker.io/library/python3.11", "3.11"),
        ("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04", ""),
        ("numpy:2.1", ""),
        ("happy37", ""),
    ],
)
def test_python_of_an_image(image: str, python: str) -> None:
    assert resolve(Environment("env", image=image)).python == python


def test_a_conda_file_with_its_base_image() -> None:
    conda = {
        "channels": ["conda-forge"],
        "dependencies": ["python=3.9", "numpy=1.21", "openmpi", {"pip": ["six==1.16.0"]}],
    }
    recipe = resolve(Environment("env", image="mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04", conda=conda))
    assert recipe.python == "3.9"
    assert recipe.wanted == {"numpy": "1.21", "six": "1.16.0"}
    assert [text.split(" ->")[0] for text in recipe.replaced] == [
        "image mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04",
        "conda channels conda-forge",
        "left out, not on the Python package index: openmpi",
    ]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (Environment("azureml:x:1"), "azureml:x:1 has neither an image nor a conda file"),
        (Environment("azureml:y", curated="AzureML-unheard-of"), "AzureML-unheard-of is not in the catalogue"),
    ],
)
def test_an_environment_that_says_too_little(environment: Environment, message: str) -> None:
    with pytest.raises(EnvironmentBuildError, match=message):
        resolve(environment)
