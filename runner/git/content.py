"""What one file counts as: the index's word where it proves something, what was read before, or a look at the bytes."""

import os
import time
from typing import NamedTuple

from runner.errors import GitError
from runner.git import files
from runner.git.cache import StatCache
from runner.git.index import settled
from runner.git.repository import Repository

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_SMALL = 1024  # bytes; every pointer is smaller


class Counted(NamedTuple):
    """`blob` is the SHA-1 blob id of the bytes on disk; `recorded` the id that git would give to the file."""

    blob: str
    recorded: str


def counted(path: str, info: os.stat_result, home: Repository, cache: StatCache) -> Counted:
    """What the regular file at a path without links counts as. Raises GitError when its content is not there."""
    index, name = home.index, home.name(path)
    entry = index.entries.get(name)
    same = entry is not None and entry.describes(info)
    converted = same and index.is_converted(name, info.st_size)
    # Racy: it may have changed just after git looked. Then only the bytes say so; what a filter made of it cannot be
    # compared, and for the commit (not for what is sent) such a file is taken for unchanged.
    recorded = entry.id if entry and same and (converted or settled(info, index.written)) else ""
    if recorded and not converted and index.algorithm == "sha1":
        return Counted(recorded, recorded)
    found = _read(path, info, home, cache)
    if recorded or index.algorithm == "sha1" or not index.knows(name):
        return Counted(found, recorded or found)
    with files.opened(path, home.root) as stream:
        return Counted(found, files.blob(stream, algorithm=index.algorithm))


def _read(path: str, info: os.stat_result, home: Repository, cache: StatCache) -> str:
    if info.st_size < _SMALL:
        return _small(path, home)
    known = cache.get(path, info)
    if known:
        return known
    moment = time.time_ns()
    with files.opened(path, home.root) as stream:
        before = os.fstat(stream.fileno())
        found = files.blob(stream)
        if os.fstat(stream.fileno()).st_mtime_ns == before.st_mtime_ns:
            cache.put(path, before, found, moment)
    return found


def _small(path: str, home: Repository) -> str:
    """Read each time: that costs no more than to look it up, and it may be a pointer to a large file."""
    with files.opened(path, home.root) as stream:
        content = stream.read()
    name = home.name(path)
    expected = home.index.attributes.get(name) == "lfs" or not home.index.knows(name)
    if expected and content.startswith(_POINTER):
        raise GitError(f"{path} is a pointer to a large file that was not fetched; run: git lfs pull")
    return files.identity(content)
