"""The environment variables of a job's process and of a build: lists of what is let through, not of what is held back.

The daemon may have been started from a shell full of credentials. A job gets none of them, a build only what it needs
to reach the package index.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_FOR_JOBS = frozenset({"HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "CUDA_VISIBLE_DEVICES"})
_FOR_BUILDS = frozenset(
    {"HOME", "PATH", "LANG", "TMPDIR", "NETRC", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "CC", "CXX", "CFLAGS"}
    | {"ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
)
_BUILD_PREFIXES = ("UV_", "SSL_CERT_", "XDG_")
# These would make uv install somewhere else than into the environment that is being built.
_NEVER_FOR_BUILDS = frozenset(
    {"UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_PROJECT", "UV_WORKING_DIR"}
)
# What pip users have set already serves uv too.
_PIP_NAMES = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL": "UV_EXTRA_INDEX_URL"}


def build_variables(ours: Mapping[str, str]) -> dict[str, str]:
    """What uv is started with."""
    passed = {
        name: value
        for name, value in ours.items()
        if (name.upper() in _FOR_BUILDS or name.startswith(_BUILD_PREFIXES)) and name not in _NEVER_FOR_BUILDS
    }
    for pip_name, uv_name in _PIP_NAMES.items():
        if pip_name in ours:
            passed.setdefault(uv_name, ours[pip_name])
    return passed | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


def job_variables(
    ours: Mapping[str, str], *, virtual_env: Path, search_path: tuple[Path, ...], temporary: Path, library_path: str
) -> dict[str, str]:
    """What every job's process is started with, before the workspace's and the job's own variables are added."""
    passed = {name: value for name, value in ours.items() if name in _FOR_JOBS or name.startswith("LC_")}
    variables = {
        "PATH": os.pathsep.join([*map(str, search_path), *_system_path(ours)]),
        "VIRTUAL_ENV": str(virtual_env),
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",  # the log is followed while it grows
        "PYTHONNOUSERSITE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",  # a job on a laptop calls nobody that its author did not name
    }
    if library_path:
        variables["LD_LIBRARY_PATH"] = library_path
    return passed | variables


def _system_path(ours: Mapping[str, str]) -> list[str]:
    """Our own PATH without our own virtual environment: its tools are not the job's."""
    own = {str(Path(sys.prefix) / "bin")} if sys.prefix != sys.base_prefix else set()
    own |= {str(Path(ours["VIRTUAL_ENV"]) / "bin")} if "VIRTUAL_ENV" in ours else set()
    return [part for part in ours.get("PATH", os.defpath).split(os.pathsep) if part and part not in own]
