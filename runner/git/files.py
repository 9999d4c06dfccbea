"""Reading a file of a repository, and never one that is elsewhere: not by a link, nor one that appears meanwhile."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from runner.errors import GitError

_CHUNK = 1 << 20
_LARGEST = 1_000_000  # bytes of a text: specs, templates and ignore files have a thousandth of it


def resolved(path: str, root: Path) -> str:
    """What a path leads to, every link followed. Raises GitError when that is nothing, or nothing that may be sent."""
    try:
        real = os.path.realpath(path, strict=True)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise GitError(f"{path} is a link that leads in a circle") from error
        raise GitError(f"{path} {'is a link that leads nowhere' if Path(path).is_symlink() else 'is gone'}") from error
    if not Path(real).is_relative_to(root):
        raise GitError(f"{path} is a link that leaves the repository")
    # A checkout's .git may hold a token. Some file systems take .GIT for the same.
    if any(part.casefold() == ".git" for part in Path(real).relative_to(root).parts):
        raise GitError(f"{path} leads into .git, and nothing in there is ever sent")
    return real


@contextmanager
def opened(real: str, root: Path) -> Iterator[BinaryIO]:
    """A regular file, unbuffered, at a path that has no links below the root. Raises GitError when it has by now."""
    try:
        descriptor = _descend(root, Path(real).relative_to(root).parts)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}:
            raise GitError(f"{real} became a link while it was read") from error
        raise GitError(f"{real} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise GitError(f"{real} is no regular file")
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        yield stream


def _descend(root: Path, parts: Sequence[str]) -> int:
    # One component at a time, each below the folder that is open: what is swapped underneath cannot lead us away.
    *folders, name = parts
    place = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
            os.close(place)
            place = inner
        # Without O_NONBLOCK a named pipe would wait for somebody to write.
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
    finally:
        os.close(place)


def blob(stream: BinaryIO, *, sink: BinaryIO | None = None, algorithm: str = "sha1") -> str:
    """The id git gives to a file's content, in constant memory; what is read is written to `sink`.

    Raises GitError when the file grows or shrinks meanwhile.
    """
    size = os.fstat(stream.fileno()).st_size
    found = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
    while chunk := stream.read(_CHUNK):
        found.update(chunk)
        size -= len(chunk)
        if sink:
            sink.write(chunk)
    if size:
        raise GitError("it changed while it was read")
    return found.hexdigest()


def identity(content: bytes, algorithm: str = "sha1") -> str:
    """The id git gives to this content."""
    return hashlib.new(algorithm, b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def text(path: str, root: Path) -> str:
    """A small file as UTF-8. Raises GitError when it is not small, or not UTF-8."""
    with opened(resolved(path, root), root) as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise GitError(f"{path} has more than {_LARGEST:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GitError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
