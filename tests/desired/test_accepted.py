"""What we accept the SDK accepts: `accepted/` is a project with every kind of spec and every field of it."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from runner.model.keys import Kind
from tests.desired.conftest import ACCEPTED, Specs

# The SDK's own, about the libraries it builds on.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")

LOADERS = {kind.folder: f"load_{kind}" for kind in Kind}
FILES = sorted(
    path.relative_to(ACCEPTED).as_posix() for folder in LOADERS for path in ACCEPTED.glob(f"specs/{folder}/*.yml")
)


@pytest.fixture
def sdk() -> ModuleType:
    """The loaders of `azure.ai.ml`, imported where its warnings are let through."""
    return importlib.import_module("azure.ai.ml.entities._load_functions")


def test_we_accept_it(accepted: Specs) -> None:
    assert accepted.problems() == []
    assert {each.key.kind for each in accepted.desired().resources} == set(Kind) - {Kind.DATA}


@pytest.mark.parametrize("name", FILES)
def test_the_sdk_accepts_it(sdk: ModuleType, name: str) -> None:
    getattr(sdk, LOADERS[Path(name).parent.name])(ACCEPTED / name)
