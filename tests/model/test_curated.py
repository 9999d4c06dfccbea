"""What replaces retired environments."""

import pytest

from runner.emulator.execution.catalogue import curated
from runner.model.curated import successor

REGISTRY = "azureml://registries/azureml/environments"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu", f"{REGISTRY}/lightgbm-3.3/labels/latest"),
        ("AzureML-sklearn-1.0-ubuntu20.04-py38-cpu", f"{REGISTRY}/sklearn-1.5/labels/latest"),
        ("AzureML-ACPT-pytorch-1.13-py38-cuda11.7-gpu", f"{REGISTRY}/acpt-pytorch-2.8-cuda12.6/labels/latest"),
        ("AzureML-pytorch-1.7-ubuntu18.04-py37-cuda11-gpu", f"{REGISTRY}/acpt-pytorch-2.8-cuda12.6/labels/latest"),
        ("AzureML-tensorflow-2.4-ubuntu18.04-py37-cuda11-gpu", f"{REGISTRY}/tensorflow-2.16-cuda12/labels/latest"),
        ("AzureML-lightgbmx-1", None),
        ("AzureML-something-1.0", None),
        ("lightgbm-3.2", None),
    ],
)
def test_successor(name: str, expected: str | None) -> None:
    assert successor(name) == expected


def test_the_embedded_workspace_says_the_same() -> None:
    for name, environment in curated().items():
        assert successor(name) == f"{REGISTRY}/{environment.successor}/labels/latest"
