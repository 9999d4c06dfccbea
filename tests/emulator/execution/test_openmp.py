"""OpenMP's runtime for LightGBM on a machine without it."""

import subprocess
import sys
from pathlib import Path

import pytest

from runner.emulator.execution.openmp import LIBRARY, provide_openmp, system_has_openmp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="wheels for macOS bundle their own")


def a_real_library() -> Path:
    """The libgomp that a package in our own environment or the system brings."""
    found = [path for entry in sys.path for path in Path(entry).glob("*.libs/libgomp*.so*") if Path(entry).is_dir()]
    if not found:
        pytest.skip("no wheel here bundles libgomp")
    return found[0]


@pytest.fixture
def site_packages(tmp_path: Path) -> Path:
    (tmp_path / "lib" / "scikit_learn.libs").mkdir(parents=True)
    source = a_real_library()
    (tmp_path / "lib" / "scikit_learn.libs" / source.name).write_bytes(source.read_bytes())
    return tmp_path / "lib"


def test_a_bundled_copy_becomes_loadable(site_packages: Path, tmp_path: Path) -> None:
    folder, note = provide_openmp(tmp_path, site_packages, frozenset({"lightgbm", "scikit-learn"}))
    assert folder is not None
    assert note == f"{LIBRARY} of the system -> the copy in scikit_learn.libs"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import ctypes; ctypes.CDLL('{LIBRARY}'); print(open('/proc/self/maps').read())"],
        env={"LD_LIBRARY_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(site_packages / "scikit_learn.libs") in loaded.stdout


def test_without_a_copy_it_says_what_to_install(tmp_path: Path) -> None:
    folder, note = provide_openmp(tmp_path, tmp_path, frozenset({"lightgbm"}))
    assert folder is None
    assert "apt-get install libgomp1" in note


def test_nothing_is_done_for_who_does_not_need_it(site_packages: Path, tmp_path: Path) -> None:
    assert provide_openmp(tmp_path, site_packages, frozenset({"six"})) == (None, "")


def test_the_system_is_asked_as_the_loader_would() -> None:
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    assert system_has_openmp() == (LIBRARY in listed)
