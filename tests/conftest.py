"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.repositories import Repo

# The same examples every time, nothing kept on disk, and no stopwatch: these tests share their cores with others.
settings.register_profile("aml", database=None, deadline=None, derandomize=True, max_examples=40)
settings.load_profile("aml")


@pytest.fixture
def folder(tmp_path: Path) -> Repo:
    """An empty folder outside git."""
    (tmp_path / "repo").mkdir()
    return Repo((tmp_path / "repo").resolve())


@pytest.fixture
def repo(folder: Repo) -> Repo:
    """An empty git repository."""
    return folder.init()
