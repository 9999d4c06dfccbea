"""A project's beginning: the files of `runner/scaffold/`, laid out in a folder. Nothing that exists is overwritten."""

import json
import os
import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from runner.desired import newcomers, place, project, schemas
from runner.desired.schema.project import NAME
from runner.desired.schema.project import Project as Config
from runner.errors import ConfigError

_PROJECT, _SCHEMA = f"specs/{place.FILE}", f"specs/.schema/{schemas.PROJECT}.json"
_GITHUB = ".github/"
_LONGEST = 63


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What a beginning wrote, and what was there and stays as it is: paths from `root`."""

    root: Path
    project: str
    in_git: bool
    written: tuple[str, ...]
    kept: tuple[str, ...]


def begin(root: Path, name: str | None, *, example: bool | None) -> Scaffold:
    """Lays out a project in a folder, which is made if need be: all of it, or nothing.

    `name` is the project's, by default made of the folder's; `example` is by default written where there are no specs.
    Raises ConfigError when the folder belongs to another project, or when the name is none.
    """
    root = root.resolve()
    around = place.root_of(root)
    if around not in {None, root}:
        raise ConfigError(f"{root} is inside of the project in {around}: choose a folder outside, or work there")
    called = _named(root, name) if around is None else _known(root, name)
    with_example = example if example is not None else not os.path.lexists(root / "specs")
    files = _files(called, example=with_example, workflows=place.repository_of(root) == root)
    kept = {path for path in files if os.path.lexists(root / path)}
    written = {path: text for path, text in files.items() if path not in kept}
    root.mkdir(parents=True, exist_ok=True)
    found = project.Project(root, place.repository_of(root), Config(version=1, project=called))
    with newcomers.preparation(found) as prepared:
        prepared.write(written, {})
        prepared.move(written)
    return Scaffold(root, called, (found.repository / ".git").exists(), tuple(sorted(written)), tuple(sorted(kept)))


def _known(root: Path, name: str | None) -> str:
    """The name of the project that is there."""
    known = project.find(root).config.project
    if name not in {None, known}:
        raise ConfigError(f"{_PROJECT} is there, and its project is {known!r}: edit it, or leave out --project")
    return known


def _named(root: Path, name: str | None) -> str:
    """The given name; else one made of the folder's."""
    chosen = name if name is not None else re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-")[:_LONGEST]
    if not re.fullmatch(NAME, chosen):
        raise ConfigError(
            f"{chosen!r} is no name of a project: give --project up to {_LONGEST} lower-case letters, digits and '-'"
        )
    return chosen


def _files(name: str, *, example: bool, workflows: bool) -> dict[str, str]:
    """Path -> text. The example's `project.yml` takes the place of the plain one.

    GitHub looks for workflows at the root of a repository alone: for a project below it there are none.
    """
    scaffold = resources.files("runner") / "scaffold"
    files = dict(_texts(scaffold / "base"))
    if not workflows:
        files = {path: text for path, text in files.items() if not path.startswith(_GITHUB)}
    if example:
        files |= _texts(scaffold / "example")
    files[_PROJECT] = files[_PROJECT].replace("project: PROJECT\n", yaml.safe_dump({"project": name}))
    files[_SCHEMA] = json.dumps(schemas.schema(schemas.PROJECT), indent=2) + "\n"
    return files


def _texts(folder: Traversable, path: str = "") -> dict[str, str]:
    """Every file below a folder by its path, as it stands: a template is for the project to render."""
    found: dict[str, str] = {}
    for each in folder.iterdir():
        if each.name == "__pycache__":  # whoever installs us may have compiled the example's code
            continue
        if each.is_dir():
            found |= _texts(each, f"{path}{each.name}/")
        else:
            found[path + each.name] = each.read_text("utf-8")
    return found
