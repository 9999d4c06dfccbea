"""The year, made once for all workers of a test session."""

import fcntl

import pytest

from tests.year.archive import Archive, kept
from tests.year.asking import Asking
from tests.year.story import Scale


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Archive:
    """The whole year."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "year"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return kept(folder, Scale())


@pytest.fixture
def aml(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Asking:
    """Asks about the year."""
    return Asking(archive.root, capsys)
