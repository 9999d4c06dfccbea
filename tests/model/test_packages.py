"""Packages: what is stated exactly, and what a run had."""

import pytest

from runner.model.packages import Package, recorded, stated


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("python=3.11", Package("python", "=3.11", exact=False)),
        ("python=3.11.7", Package("python", "=3.11.7", exact=True)),
        ("numpy==1.26", Package("numpy", "==1.26", exact=True)),
        ("numpy==1.*", Package("numpy", "==1.*", exact=False)),
        ("numpy=1.26=py311_0", Package("numpy", "=1.26=py311_0", exact=True)),
        ("conda-forge::numpy >=1,<2", Package("numpy", ">=1,<2", exact=False)),
        ("pip", Package("pip", "", exact=False)),
    ],
)
def test_of_conda(line: str, package: Package) -> None:
    assert list(stated({"dependencies": [line]})) == [package]


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("lightgbm>=4.5,<5", Package("lightgbm", ">=4.5,<5", exact=False)),
        ("lightgbm==4.6.0", Package("lightgbm", "==4.6.0", exact=True)),
        ("lightgbm === 4.6.0", Package("lightgbm", "=== 4.6.0", exact=True)),
        ("lightgbm==4.*", Package("lightgbm", "==4.*", exact=False)),
        ("lightgbm==4.6.0,!=4.7", Package("lightgbm", "==4.6.0,!=4.7", exact=False)),
        ("mlflow[extras]==3.1 ; python_version>'3'", Package("mlflow", "==3.1", exact=True)),
        ("tool @ git+https://example.com/tool", Package("tool", "@ git+https://example.com/tool", exact=False)),
        ("azureml_mlflow  # a reason", Package("azureml_mlflow", "", exact=False)),
    ],
)
def test_of_pip(line: str, package: Package) -> None:
    assert list(stated({"dependencies": ["pip", {"pip": [line]}]}))[1:] == [package]


@pytest.mark.parametrize("line", ["-r more.txt", "--index-url https://example.com", "./wheels/tool.whl", "", "  "])
def test_what_is_no_package(line: str) -> None:
    assert list(stated({"dependencies": [{"pip": [line]}]})) == []


@pytest.mark.parametrize(
    "conda",
    [{}, {"dependencies": None}, {"dependencies": [{"pip": "numpy"}]}, {"dependencies": [None, 3, {"npm": ["x"]}]}],
)
def test_files_that_state_nothing(conda: dict[str, object]) -> None:
    assert list(stated(conda)) == []


def test_what_a_run_had() -> None:
    text = "mlflow==3.17.2\nAzureML_mlflow==1.60.0\nloose>=1\n# no\n-r x\n"
    assert recorded(text) == {"mlflow": "3.17.2", "azureml-mlflow": "1.60.0"}
