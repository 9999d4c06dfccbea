"""Folders of code and build contexts as they lie in the workspace: hashed as git would, or brought here.

What a folder here would never send is left there: `.git`, `__pycache__`, the ignore files at its root.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from runner.azureml.storage import Storage
from runner.errors import ServiceError
from runner.model.limits import DEFAULT, Limits

_NEVER = frozenset({".git", "__pycache__"})
_IGNORE_FILES = frozenset({".amlignore", ".gitignore"})


def blobs(storage: Storage, url: str) -> dict[str, str]:
    """The files of a remote folder: relative POSIX path -> git blob id, as in a local `Tree`. Nothing is kept."""
    return {name: _hashed(size, storage.read(url, name)) for name, size in _files(storage, url).items()}


def download(storage: Storage, url: str, folder: Path, limits: Limits = DEFAULT, *, only: str = "") -> dict[str, str]:
    """Writes a remote folder, or `only` one file of it, to `folder`, which is empty; its files, as `blobs` tells them.

    Raises ServiceError for a file that could lead out of the folder, or that cannot be one beside the others, and for
    more than the limits allow.
    """
    found = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in _files(storage, url, limits, only).items():
        place = folder / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                found[name] = _hashed(size, _written(storage.read(url, name), file.write))
        except (FileExistsError, NotADirectoryError) as error:
            raise ServiceError(f"{url} holds {name!r} beside another file of that name") from error
    return found


def _files(storage: Storage, url: str, limits: Limits = DEFAULT, only: str = "") -> dict[str, int]:
    listed = {name: size for name, size in storage.files(url).items() if only in {"", name}}
    unsafe = sorted(name for name in listed if not _is_safe(name))
    if unsafe:
        raise ServiceError(f"{url} holds a file named {unsafe[0]!r}, which is no path in a folder")
    sent = {name: size for name, size in sorted(listed.items()) if not _is_left(name)}
    if not sent:
        raise ServiceError(f"{url} holds no file")
    if len(sent) > limits.files or sum(sent.values()) > limits.bytes:
        raise ServiceError(f"{url} holds more than {limits.files:,} files or {limits.bytes:,} bytes")
    return sent


def _is_safe(name: str) -> bool:
    segments = name.split("/")
    plain = all(segment not in {"", ".", ".."} and len(segment.encode()) <= 255 for segment in segments)
    return plain and name.isprintable() and "\\" not in name and ":" not in segments[0]


def _is_left(name: str) -> bool:
    return name in _IGNORE_FILES or any(segment.lower() in _NEVER for segment in name.split("/"))


def _hashed(size: int, pieces: Iterator[bytes]) -> str:
    """The id that git gives to a file of this content."""
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _written(pieces: Iterator[bytes], write: Callable[[bytes], int]) -> Iterator[bytes]:
    for piece in pieces:
        write(piece)
        yield piece
