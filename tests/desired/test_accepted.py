"""What we accept the SDK accepts: `accepted/` is a project with every kind of spec and every field of it."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from runner.model.keys import Kind
from tests.desired.conftest import ACCEPTED, Specs

# The SDK's own, about the libraries it builds on.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

FILES = sorted(path.relative_to(ACCEPTED).as_posix() for path in ACCEPTED.glob("specs/*s/*.yml"))
LOADERS = {"components": "load_component", "datastores": "load_datastore", "environments": "load_environment"}
LOADERS |= {"jobs": "load_job", "models": "load_model"}


@pytest.fixture
def sdk() -> ModuleType:
    """`azure.ai.ml`, imported where its warnings are let through."""
    return importlib.import_module("azure.ai.ml")


def test_we_accept_it(accepted: Specs) -> None:
    assert accepted.problems() == []
    assert {each.key.kind for each in accepted.desired().resources} == set(Kind) - {Kind.DATA}


@pytest.mark.parametrize("name", [name for name in FILES if Path(name).parent.name in LOADERS])
def test_the_sdk_accepts_it(sdk: ModuleType, name: str) -> None:
    getattr(sdk, LOADERS[Path(name).parent.name])(ACCEPTED / name)
