"""Conda files in the package index's words."""

from typing import Any

import pytest

from runner.emulator.execution.conda import exact_pins, read_conda, relaxed
from runner.emulator.execution.problems import EnvironmentBuildError


@pytest.mark.parametrize(
    ("entry", "requirement"),
    [
        ("numpy", "numpy"),
        ("numpy=1.21", "numpy==1.21.*"),
        ("numpy=1.21.*", "numpy==1.21.*"),
        ("numpy==1.21.2", "numpy==1.21.2"),
        ("numpy==1.21.*", "numpy==1.21.*"),
        ("numpy 1.21.*", "numpy==1.21.*"),
        ("numpy=1.21=py38_0", "numpy==1.21.*"),
        ("numpy 1.21.2 py38_0", "numpy==1.21.2.*"),
        ("numpy>=1.20,<2", "numpy>=1.20,<2"),
        ("numpy >=1.20, <2", "numpy>=1.20,<2"),
        ("numpy~=1.21.0", "numpy~=1.21.0"),
        ("numpy=*", "numpy"),
        ("numpy  # for the plots", "numpy"),
        ("conda-forge::lightgbm=3.2", "lightgbm==3.2.*"),
        ("pytorch=2.1[build=cpu_*]", "torch==2.1.*"),
        ("matplotlib-base", "matplotlib"),
        ("Scikit-Learn=1.0", "scikit-learn==1.0.*"),
    ],
)
def test_conda_packages(entry: str, requirement: str) -> None:
    assert read_conda({"dependencies": [entry]}, "env").requirements == (requirement,)


@pytest.mark.parametrize(
    ("entry", "python"),
    [
        ("python=3.8", "3.8"),
        ("python=3.8.13", "3.8"),
        ("python==3.10.4", "3.10"),
        ("python 3.9", "3.9"),
        ("python~=3.11.0", "3.11"),
        ("python>=3.9,<3.12", ">=3.9,<3.12"),
        ("python", ""),
    ],
)
def test_python(entry: str, python: str) -> None:
    content = read_conda({"dependencies": [entry]}, "env")
    assert (content.python, content.requirements) == (python, ())


def test_a_whole_file() -> None:
    content = read_conda(
        {
            "name": "lightgbm-env",
            "channels": ["conda-forge", "pytorch"],
            "dependencies": [
                *("python=3.10", "pip=22", "pandas=1.5", "cudatoolkit=11.3", "libgomp"),
                {
                    "pip": [
                        "lightgbm>=4,<5",
                        "# a comment",
                        "mlflow-skinny[gateway]>=3  # tracking",
                        "six @ git+https://x/y",
                    ]
                },
            ],
        },
        "env",
    )
    assert content.python == "3.10"
    assert content.requirements == (
        *("pandas==1.5.*", "lightgbm>=4,<5", "mlflow-skinny[gateway]>=3", "six @ git+https://x/y"),
    )
    assert content.left_out == ("cudatoolkit=11.3", "libgomp")
    assert content.channels == ("conda-forge", "pytorch")


def test_channels_do_not_matter_to_a_file_with_pip_only() -> None:
    conda = {"channels": ["conda-forge"], "dependencies": ["python=3.11", "pip", {"pip": ["six"]}]}
    assert read_conda(conda, "env").channels == ()


@pytest.mark.parametrize(
    ("dependencies", "message"),
    [
        ([{"pip": ["-r requirements.txt"]}], "option '-r requirements.txt' is not supported"),
        ([{"pip": ["--extra-index-url https://x"]}], "UV_INDEX"),
        ([{"pip": ["-e ."]}], "not supported"),
        ([{"pip": ["./wheels/x.whl"]}], "local path"),
        ([{"pip": ["x @ file:///tmp/x"]}], "local path"),
        ([{"pip": "six"}], "with a list"),
        ([{"npm": ["left-pad"]}], "not npm"),
        (["numpy=1.20|1.21"], "uses `|`"),
        (["numpy=x.y"], "cannot read the version"),
        (["=1.2"], "not `name=version`"),
        ({"numpy": 1}, "must be a list"),
    ],
)
def test_what_cannot_be_honoured_is_refused(dependencies: Any, message: str) -> None:
    with pytest.raises(EnvironmentBuildError) as caught:
        read_conda({"dependencies": dependencies}, "my-env")
    assert message in str(caught.value)
    assert str(caught.value).startswith("my-env: ")


@pytest.mark.parametrize("conda", [{}, {"dependencies": None}, {"dependencies": []}])
def test_an_empty_file_is_a_bare_environment(conda: dict[str, Any]) -> None:
    assert read_conda(conda, "env").requirements == ()


def test_exact_pins() -> None:
    requirements = ["a==1.2.*", "b==1.0", "c[x,y]==2.0 ; python_version>'3'", "d>=1", "e==1,<2", "f"]
    assert exact_pins(requirements) == {"a": "1.2", "b": "1.0", "c": "2.0"}


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [("a==1.2.*", "a>=1.2"), ("a==1.2", "a>=1.2"), ("a[x]==1.2", "a[x]>=1.2"), ("a>=1,<2", "a>=1,<2"), ("a", "a")],
)
def test_relaxed(pinned: str, expected: str) -> None:
    assert relaxed(pinned) == expected
