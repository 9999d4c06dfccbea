"""uv's reports as one line, and what uv and jobs are started with."""

import sys
from pathlib import Path

import pytest

from runner.emulator.execution.uv import key_line
from runner.emulator.execution.variables import build_variables, job_variables

NO_SOLUTION = """Using Python 3.11.7 environment at: .
error: No solution found when resolving dependencies
  cause: Because there is no version of six==99 and you require six==99, we can conclude that this is unsatisfiable.

hint: Packages were unavailable because the network was disabled."""
DRAWN = """  \u00d7 No solution found when resolving dependencies:
  ╰─▶ Because there is no version of six==99 and you require
      six==99, we can conclude that your requirements are unsatisfiable."""
FAILED_BUILD = """Resolved 6 packages in 646ms
error: Failed to build `scikit-learn==0.24.2`
  cause: The build backend returned an error
  cause: Call to `setuptools.build_meta` failed (exit status: 1)

         [stderr]
         Traceback (most recent call last):
           File "<string>", line 17, in <module>
         ModuleNotFoundError: No module named 'pkg_resources'

hint: This error likely indicates"""
REQUIRES = "Because there is no version of six==99 and you require six==99, we can conclude"


@pytest.mark.parametrize(
    ("output", "beginning", "end"),
    [
        (NO_SOLUTION, f"No solution found when resolving dependencies: {REQUIRES}", "unsatisfiable"),
        (DRAWN, f"No solution found when resolving dependencies: {REQUIRES}", "unsatisfiable"),
        (FAILED_BUILD, "Failed to build `scikit-learn==0.24.2`: Call to", "No module named 'pkg_resources'"),
        ("error: No space left on device", "No space left on device", ""),
        ("", "", ""),
    ],
)
def test_key_line(output: str, beginning: str, end: str) -> None:
    line = key_line(output)
    assert line.startswith(beginning)
    assert line.endswith(end)
    assert "\n" not in line


OURS = {
    "PATH": f"{sys.prefix}/bin:/usr/bin:/venv/bin",
    "VIRTUAL_ENV": "/venv",
    "HOME": "/home/me",
    "LC_ALL": "C",
    "AWS_SECRET_ACCESS_KEY": "s",
    "IDENTITY_HEADER": "s",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LD_PRELOAD": "x",
    "UV_INDEX": "https://u:s@index",
    "HTTPS_PROXY": "https://proxy",
    "SSL_CERT_FILE": "/ca",
    "UV_PYTHON": "3.1",
    "PIP_INDEX_URL": "https://index",
}


def test_a_job_gets_what_is_listed() -> None:
    variables = job_variables(
        OURS, virtual_env=Path("/job"), search_path=(Path("/job/bin"),), temporary=Path("/tmp/job"), library_path=""
    )
    assert variables == {
        "HOME": "/home/me",
        "LC_ALL": "C",
        "PATH": "/job/bin:/usr/bin",
        "VIRTUAL_ENV": "/job",
        "TMPDIR": "/tmp/job",
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def test_a_build_gets_the_package_index_too() -> None:
    passed = build_variables(OURS)
    assert {"UV_INDEX", "HTTPS_PROXY", "SSL_CERT_FILE", "HOME", "PATH"} <= set(passed)
    assert not {"AWS_SECRET_ACCESS_KEY", "IDENTITY_HEADER", "LD_PRELOAD", "UV_PYTHON", "PIP_INDEX_URL"} & set(passed)
    assert passed["UV_DEFAULT_INDEX"] == "https://index"
    assert passed["UV_PYTHON_DOWNLOADS"] == "never"
