"""Projects on disk."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.desired import load, project, resolve
from runner.desired.spec import Spec
from runner.model.diagnostics import InvalidSpecsError
from runner.model.resource import DesiredState, Resource
from tests.repositories import Repo

PROJECT = "version: 1\nproject: demo\n"


@dataclass
class Specs:
    """A project whose files a test writes."""

    repo: Repo

    @property
    def root(self) -> Path:
        return self.repo.root

    def write(self, files: Mapping[str, str | bytes]) -> "Specs":
        for name, content in files.items():
            self.repo.write(name, content)
        return self

    def found(self) -> project.Project:
        return project.find(self.root)

    def load(self) -> tuple[Spec, ...]:
        return load.load_project(self.found())

    def problems(self) -> list[str]:
        """Every finding of `aml validate`; empty when all is well."""
        try:
            self.load()
        except InvalidSpecsError as error:
            return [str(item) for item in error.diagnostics]
        return []

    def desired(self) -> DesiredState:
        return resolve.resolve(self.found(), self.load(), "local")

    def resource(self, name: str) -> Resource:
        return next(each for each in self.desired().resources if str(each.key) == name)


@pytest.fixture
def specs(repo: Repo) -> Specs:
    """A project with nothing in it but its project.yml, in git."""
    repo.write("specs/project.yml", PROJECT)
    return Specs(repo)


ACCEPTED = Path(__file__).parent / "accepted"


@pytest.fixture
def accepted(specs: Specs) -> Specs:
    """A project with every kind of spec and every field of it, committed."""
    shutil.copytree(ACCEPTED, specs.root, dirs_exist_ok=True)
    specs.repo.commit()
    return specs
