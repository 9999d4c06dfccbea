"""Where a project lies on disk. Nothing of it is read, so that it is found at once."""

from pathlib import Path

FILE = "project.yml"


def root_of(start: Path) -> Path | None:
    """The project around a folder: the nearest one upwards with `specs/project.yml`; None outside of any."""
    folder = start.resolve()
    return next((root for root in (folder, *folder.parents) if (root / "specs" / FILE).is_file()), None)


def repository_of(root: Path) -> Path:
    """The repository around a folder; the folder itself outside of any."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
