"""OpenMP's runtime for packages that take it from the system.

LightGBM's Linux wheel links `libgomp.so.1`, which slim Debian and Ubuntu systems lack. scikit-learn bundles a copy
under another name: a link to it in a folder of its own, put on the library path of the jobs, is all LightGBM needs.
"""

import ctypes
import sys
from pathlib import Path

LIBRARY = "libgomp.so.1"
_NEED_IT = ("lightgbm",)


def system_has_openmp() -> bool:
    """Whether a process on this machine finds the library by itself. macOS has its own, which wheels bundle."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def bundled_openmp(site_packages: Path) -> Path | None:
    """The first copy that an installed wheel brings along."""
    return next(iter(sorted(site_packages.glob("*.libs/libgomp*.so*"))), None)


def provide_openmp(environment: Path, site_packages: Path, packages: frozenset[str]) -> tuple[Path | None, str]:
    """Make the library loadable for jobs of an environment that needs it.

    Answers the folder for their library path (None if there is nothing to add) and the substitution to report.
    """
    needing = [name for name in _NEED_IT if name in packages]
    if not needing:
        return None, ""
    copy = bundled_openmp(site_packages)
    if copy is None:
        return None, f"{needing[0]} needs {LIBRARY}, which this machine lacks: install it (apt-get install libgomp1)"
    folder = environment / "lib-openmp"
    folder.mkdir(exist_ok=True)
    link = folder / LIBRARY
    link.unlink(missing_ok=True)
    link.symlink_to(copy)
    return folder, f"{LIBRARY} of the system -> the copy in {copy.parent.name}"
