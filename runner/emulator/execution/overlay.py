"""A private layer over a built environment, so that a job can `pip install` without changing it for everybody else.

It is a virtual environment of its own (PEP 405: a `pyvenv.cfg` and links to the interpreter) that sees the packages of
the shared one below it. Making it costs a few milliseconds; Azure ML gives each job a fresh container for the same end.
"""

import shutil
from pathlib import Path

from runner.emulator.execution.store import Built, site_packages

_LARGEST_SCRIPT = 1 << 16
_PROVIDED = ("python", "activate", "deactivate", "pydoc")


def lay_over(built: Built, target: Path) -> None:
    """Create the layer in `target`, a folder that does not exist yet."""
    own_packages = site_packages(target, built.python)
    own_packages.mkdir(parents=True)
    if (built.path / "lib64").is_symlink():  # where Python keeps compiled packages in lib64
        (target / "lib64").symlink_to("lib")
    shutil.copyfile(built.path / "pyvenv.cfg", target / "pyvenv.cfg")
    # As a site folder, not as a plain path: the shared environment's own .pth files count too.
    line = f"import site; site.addsitedir({str(built.site_packages)!r})\n"
    (own_packages / "_shared_environment.pth").write_text(line, encoding="utf-8")
    _scripts(built.path / "bin", target / "bin")


def _scripts(shared: Path, own: Path) -> None:
    """The interpreter's links as they are; tools (pip, torchrun, mlflow) so that they start the layer's Python."""
    own.mkdir()
    for tool in shared.iterdir():
        if tool.is_symlink() and tool.name.startswith("python"):
            (own / tool.name).symlink_to(tool.readlink())
        elif not tool.name.startswith(_PROVIDED) and tool.is_file() and tool.stat().st_size < _LARGEST_SCRIPT:
            content = tool.read_bytes()
            if content.startswith(b"#!") and bytes(shared) in content:
                script = own / tool.name
                script.write_bytes(content.replace(bytes(shared), bytes(own)))
                script.chmod(0o700)
