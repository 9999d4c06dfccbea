"""Where the fuzzer works."""

import tempfile
from collections.abc import Iterator

import pytest

from tests.fuzz.ground import CANARY, Ground
from tests.fuzz.watch import Watch


@pytest.fixture(scope="package")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A repository, in a place where every trace would be seen; no workspace runs, and none may be started."""
    outer = tmp_path_factory.mktemp("fuzz").resolve()
    scratch = tmp_path_factory.mktemp("scratch").resolve()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AML_DEBUG", "1")  # then what is no error of ours comes through
        patch.setenv("AML_CACHE_DIR", str(scratch))
        patch.setenv("AML_STATE_DIR", str(outer / "state"))
        patch.setenv("HOME", str(outer / "home"))
        patch.setenv("AML_CANARY", CANARY)
        patch.setattr(tempfile, "tempdir", str(scratch))
        made = Ground(outer, scratch, Watch())
        made.warm_up()
        yield made
