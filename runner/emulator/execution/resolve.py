"""From the environment that a job names to what is installed on this machine, and what that cannot reproduce."""

import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.emulator.execution.catalogue import CuratedEnvironment, find
from runner.emulator.execution.conda import check_pip, exact_pins, read_conda
from runner.emulator.execution.problems import EnvironmentBuildError
from runner.emulator.execution.request import Environment

_PYTHON_IN_IMAGE = re.compile(r"(?:^|[/:\-_.])(?:py|python[:\-]?)(\d)\.?(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to install. `wanted` and `replaced` say what it stands in for."""

    python: str  # "3.8", a range, or empty for any
    requirements: tuple[str, ...]
    wanted: Mapping[str, str] = field(default_factory=dict)  # distribution -> version prefix that was asked for
    replaced: tuple[str, ...] = ()  # what is known to be substituted before anything is installed


def resolve(environment: Environment) -> Recipe:
    """The recipe for an environment; raises EnvironmentBuildError if it says too little or too much."""
    known = _curated(environment)
    if known is not None:
        return _from_catalogue(known)
    if environment.conda is not None:
        return _from_conda(environment)
    if environment.image:
        return Recipe(python=_python_of_image(environment.image), requirements=(), replaced=_image(environment.image))
    raise EnvironmentBuildError(f"environment {environment.name} has neither an image nor a conda file")


def _curated(environment: Environment) -> CuratedEnvironment | None:
    if environment.curated:
        known = find(environment.curated)
        if known is None:
            raise EnvironmentBuildError(f"{environment.curated} is not in the catalogue of curated environments")
        return known
    if environment.conda is None:  # the image of a curated environment, named directly
        repository = environment.image.rpartition("/")[2].partition(":")[0].partition("@")[0]
        return find(repository) or find(f"AzureML-{repository}")
    return None


def _from_catalogue(known: CuratedEnvironment) -> Recipe:
    return Recipe(
        python=known.python,
        requirements=tuple(check_pip(known.local, known.name)),
        wanted=known.packages,
        replaced=_image(known.image),
    )


def _from_conda(environment: Environment) -> Recipe:
    content = read_conda(environment.conda or {}, environment.name)
    replaced = list(_image(environment.image)) if environment.image else []
    if content.channels:
        replaced.append(f"conda channels {', '.join(content.channels)} -> the Python package index")
    if content.left_out:
        replaced.append(f"left out, not on the Python package index: {', '.join(content.left_out)}")
    return Recipe(
        python=content.python or _python_of_image(environment.image),
        requirements=content.requirements,
        wanted=exact_pins(content.requirements),
        replaced=tuple(replaced),
    )


def _image(image: str) -> tuple[str, ...]:
    system = {"linux": "Linux", "darwin": "macOS"}.get(sys.platform, sys.platform)
    return (f"image {image} -> a virtual environment on this machine ({system} {platform.machine()})",)


def _python_of_image(image: str) -> str:
    stated = _PYTHON_IN_IMAGE.search(image)
    return f"{stated[1]}.{stated[2]}" if stated else ""
