"""A conda file as requirements for the package index.

Conda is not on the machine and is not needed: nearly every package of a training environment is on PyPI too. What has
no counterpart there (compilers, CUDA, MPI) is left out and named, never dropped in silence.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.emulator.execution.problems import EnvironmentBuildError

_PYPI_NAMES = {
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python-headless",
    "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "pytables": "tables",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "seaborn-base": "seaborn",
    "tensorflow-base": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "xgboost-cpu": "xgboost",
}
_NOT_ON_PYPI = re.compile(
    r"_.*|cuda.*|cudnn|cudatoolkit|pytorch-cuda|pytorch-mutex|nccl|mkl|nomkl|blas|openblas|openmpi|mpich|llvm-openmp"
    r"|intel-openmp|gcc.*|gxx.*|gfortran.*|binutils.*|compilers|make|git|git-lfs|curl|wget|nodejs|openjdk|ffmpeg"
    r"|libgcc.*|libgomp|libstdcxx.*|ca-certificates|openssl|readline|ncurses|sqlite|tk|xz|zlib|bzip2"
)
_NAME = re.compile(r"(?:[\w.\-/]+::)?([A-Za-z0-9_][\w.\-]*)\s*(.*)", re.DOTALL)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+_\-]*(?:\.\*|\*)?")
_CONSTRAINT = re.compile(r"(===|==|=|~=|!=|>=|<=|>|<)?\s*(.+)")
_EXACT = re.compile(r"([A-Za-z0-9][\w.\-]*)(?:\[[\w,\s.\-]*\])?\s*==\s*([0-9][^\s,;*]*?)(?:\.\*)?\s*(?:;.*)?")


@dataclass(frozen=True, slots=True)
class CondaContent:
    """What a conda file asks for, in the package index's words."""

    python: str  # "3.8" or a range such as ">=3.9,<3.12"; empty if the file does not say
    requirements: tuple[str, ...]
    left_out: tuple[str, ...]  # conda packages without a counterpart on the package index, as written
    channels: tuple[str, ...]  # named by the file and used by a package that is taken from the index instead


def read_conda(conda: Mapping[str, Any], name: str) -> CondaContent:
    """Parse a conda file's mapping. `name` is the environment's, for messages.

    Raises EnvironmentBuildError for anything that could not be honoured.
    """
    dependencies = conda.get("dependencies") or []
    if not isinstance(dependencies, list):
        raise EnvironmentBuildError(f"{name}: `dependencies` of its conda file must be a list")
    python, requirements, left_out = "", [], []
    from_conda = False
    for entry in dependencies:
        if isinstance(entry, Mapping):
            requirements += _pip_section(entry, name)
            continue
        package, constraint = _split(str(entry), name)
        if package == "python":
            python = _python(constraint)
        elif _NOT_ON_PYPI.fullmatch(package):
            left_out.append(str(entry))
        elif package != "pip":  # every environment has it, in its current version
            requirements.append(_PYPI_NAMES.get(package, package) + constraint)
            from_conda = True
    channels = tuple(map(str, conda.get("channels") or ())) if from_conda else ()
    return CondaContent(python, tuple(requirements), tuple(left_out), channels)


def check_pip(requirements: Iterable[object], name: str) -> list[str]:
    """Requirements as pip takes them, without those that need files or options we do not have."""
    checked = [str(requirement).split(" #")[0].strip() for requirement in requirements]
    for requirement in checked:
        if requirement.startswith("-"):
            raise EnvironmentBuildError(
                f"{name}: pip option {requirement!r} is not supported; list the packages themselves, and set an extra "
                "index with UV_INDEX in the environment that starts the workspace"
            )
        if requirement.startswith((".", "/", "~", "file:")) or "@ file:" in requirement:
            raise EnvironmentBuildError(
                f"{name}: pip requirement {requirement!r} is a local path; only packages of an index or of a "
                "repository can be installed"
            )
    return [requirement for requirement in checked if requirement and not requirement.startswith("#")]


def exact_pins(requirements: Iterable[str]) -> dict[str, str]:
    """Name -> version of the requirements that allow one release only, e.g. `numpy==1.21.*` -> 1.21."""
    matches = (_EXACT.fullmatch(requirement.strip()) for requirement in requirements)
    return {match[1]: match[2] for match in matches if match is not None}


def relaxed(requirement: str) -> str:
    """`x==1.2` as `x>=1.2`: the nearest that a newer Python may have; anything else unchanged."""
    pin = _EXACT.fullmatch(requirement.strip())
    return requirement if pin is None else requirement.replace("==", ">=", 1).replace(".*", "", 1)


def _pip_section(entry: Mapping[Any, Any], name: str) -> list[str]:
    unknown = [str(key) for key in entry if key != "pip"]
    if unknown or not isinstance(entry.get("pip"), list):
        raise EnvironmentBuildError(
            f"{name}: a mapping in the `dependencies` of its conda file may only be `pip:` with a list, "
            f"not {', '.join(unknown) or 'pip: ' + repr(entry.get('pip'))}"
        )
    return check_pip(entry["pip"], name)


def _split(entry: str, name: str) -> tuple[str, str]:
    """`channel::numpy=1.21=build` -> ("numpy", "==1.21.*")."""
    match = _NAME.fullmatch(re.sub(r"\[.*?\]", "", entry.split(" #", maxsplit=1)[0]).strip())
    if match is None:
        raise EnvironmentBuildError(f"{name}: {entry!r} in its conda file is not `name=version`")
    package, constraint = match[1].lower(), match[2].strip()
    if "|" in constraint:
        raise EnvironmentBuildError(f"{name}: {entry!r} in its conda file uses `|`; state one range")
    return package, _constraint(constraint, entry, name)


def _constraint(text: str, entry: str, name: str) -> str:
    if not text or text == "*":
        return ""
    if re.fullmatch(r"=?\s*[0-9][^\s=,<>]*[\s=]+[\w.*]+", text):  # a build string after the version
        text = re.split(r"[\s=]+", text.lstrip("= "))[0]
        text = "=" + text
    parts = [_one(part.strip(), entry, name) for part in text.split(",") if part.strip()]
    return ",".join(part for part in parts if part)


def _one(part: str, entry: str, name: str) -> str:
    match = _CONSTRAINT.fullmatch(part)
    operator, version = (match[1] or "=", match[2].strip()) if match else ("=", part)
    if version == "*":
        return ""
    if _VERSION.fullmatch(version) is None:
        raise EnvironmentBuildError(f"{name}: cannot read the version in {entry!r} of its conda file")
    stem = re.sub(r"\.?\*$", "", version)
    if operator == "=" or (operator == "==" and stem != version):  # conda's `=1.21` means 1.21 and everything below it
        return f"=={stem}.*"
    return operator + stem


def _python(constraint: str) -> str:
    """A minor version if the file names one, else the range as it is."""
    exact = re.fullmatch(r"={2,3}(\d+\.\d+).*|~=(\d+\.\d+)\.\d+", constraint)
    return (exact[1] or exact[2]) if exact else constraint
