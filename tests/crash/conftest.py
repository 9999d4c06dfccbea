"""A workspace for the stories, kept apart from that of other tests."""

from collections.abc import Iterator

import pytest

from runner.emulator import daemon
from tests.crash.laboratory import Laboratory
from tests.emulator.conftest import started


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """A workspace that has built the environment of all stories already."""
    folder = tmp_path_factory.mktemp("crash")
    nobody = folder / "nobody.pem"
    nobody.touch()
    with pytest.MonkeyPatch.context() as patch:
        # It trusts itself alone: to read the public authorities is most of what a connection costs.
        patch.setenv("REQUESTS_CA_BUNDLE", str(nobody))
        running = started(folder / "state")
    try:
        made = Laboratory(running, folder)
        first = made.aml(made.project(), "build", "apply", "--auto-approve", "--wait")
        assert first.end() == 0, first.output
        yield made
    finally:
        daemon.stop(running.state)
