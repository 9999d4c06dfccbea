"""Local paths in specs: they start at the file, may leave `specs/`, and never leave the repository."""

import os
from pathlib import Path


def resolve(text: str, folder: Path) -> Path:
    """The path that a spec in `folder` means, links and `..` resolved."""
    return Path(os.path.realpath(folder / text.removeprefix("file:").removeprefix("//")))


def problem(text: str, folder: Path, repository: Path, wants: str) -> str | None:
    """Why this path cannot be used, or None."""
    if Path(text).is_absolute():
        return f"{text!r} is an absolute path; paths start at the file and stay in the repository"
    path = resolve(text, folder)
    if not path.is_relative_to(repository.resolve()):
        return f"{text!r} leaves the repository"
    if not is_there(path):
        return f"{text!r} does not exist"
    return _wrong_kind(text, path, wants)


def is_there(path: Path) -> bool:
    """Whether something is at a path; nothing can be at one that is too long, say."""
    try:
        return path.exists()
    except OSError:
        return False


def _wrong_kind(text: str, path: Path, wants: str) -> str | None:
    if wants.endswith("file or folder") and path.is_file():
        return None
    if wants.endswith("file"):
        return None if path.is_file() else f"{text!r} is no file"
    if not path.is_dir():
        return f"{text!r} is no file or folder" if wants.endswith("file or folder") else f"{text!r} is no folder"
    if wants == "MLTable folder" and not (path / "MLTable").is_file():
        return f"{text!r} holds no file named MLTable"
    return None if any(path.iterdir()) else f"{text!r} is an empty folder"
