"""Git's index, read for what it knows of files without opening them: their ids, and the stat data they had then.

`git status`, `diff-files` and `ls-files -m` would compare for us, and run a repository's filters to do so. So the
comparison is ours, and stricter than git's: what `core.checkStat` or `core.trustctime` would let pass is read.
"""

import os
import re
import stat
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol

from runner.errors import GitError

_STAT = re.compile(
    r"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n  uid: \d+\tgid: \d+\n"
    r"  size: (\d+)\tflags: [0-9a-f]+\n"
)
_SUBMODULE = "160000"
# With these a checkout may write other bytes of the same number as the blob has. Line endings change the number.
_CONVERTING = {"filter", "ident", "working-tree-encoding"}
_SECOND = 1_000_000_000
_COARSEST = 2 * _SECOND  # the times of FAT


class Repository(Protocol):
    """Who answers questions to git."""

    def ask(self, *arguments: str, default: str | None = None, given: bytes = b"") -> str:
        """What git prints."""


class Entry(NamedTuple):
    """One line of the index. `stat` is as git prints it: parsed only for a file that somebody wants."""

    tag: str  # H; S when left out of a sparse checkout; lower case when assumed unchanged; M when in conflict
    mode: str
    id: str
    stat: str

    @property
    def is_submodule(self) -> bool:
        """Whether it is the commit of another repository."""
        return self.mode == _SUBMODULE

    @property
    def is_sparse(self) -> bool:
        """Whether git leaves it out of the working tree."""
        return self.tag in "Ss"

    def describes(self, info: os.stat_result) -> bool:
        """Whether git read the file, and it has the same stat data since. No if git was told to look away."""
        found = _STAT.fullmatch(self.stat)
        if found is None:
            raise GitError("git ls-files answered in a form that is not known; git 2.31 or newer is needed")
        c_seconds, c_rest, m_seconds, m_rest, inode, size = map(int, found.groups())
        return (
            self.tag == "H"
            and self.mode.startswith("100")
            and stat.S_ISREG(info.st_mode)
            and c_seconds * _SECOND + c_rest == info.st_ctime_ns
            and m_seconds * _SECOND + m_rest == info.st_mtime_ns
            and size == info.st_size
            and inode == info.st_ino & 0xFFFFFFFF  # git keeps 32 bits
        )


def parse(listed: str) -> tuple[dict[str, Entry], list[str]]:
    """The entries, and the names of untracked files, from `ls-files -z -s -v --debug`.

    There an untracked file is `? name NUL`, and an entry `tag mode id stage TAB name NUL` before its stat data.
    """
    entries: dict[str, Entry] = {}
    untracked: list[str] = []
    head = ""
    for chunk in listed.split("\0"):
        end = chunk.index("\n", chunk.index("flags: ")) + 1 if chunk.startswith("  ctime: ") else 0
        if head.startswith("? "):
            untracked.append(head[2:])
        elif head:
            facts, _, name = head.partition("\t")
            tag, mode, found, _ = facts.split(" ")
            entries[name] = Entry(tag, mode, found, chunk[:end])
        head = chunk[end:]
    return entries, untracked


def settled(info: os.stat_result, moment: int) -> bool:
    """Whether a file that is changed at or after `moment` (ns) would get other times than these.

    A time that is a whole second may come from a file system that knows no finer ones.
    """
    last = max(info.st_mtime_ns, info.st_ctime_ns)
    return last + (0 if last % _SECOND else _COARSEST) < moment


class Index:
    """The index of one repository, and the untracked files beside it. Names are paths from the repository's root.

    `written` is the time of the index (ns); what git read about then may have changed unnoticed.
    """

    def __init__(
        self, repository: Repository, entries: Mapping[str, Entry], untracked: Iterable[str], written: int
    ) -> None:
        self._repository = repository
        self.entries = entries
        self.untracked = frozenset(untracked)
        self.written = written
        self.names = sorted({*entries, *self.untracked})  # a repository inside that is no submodule ends with a slash
        # Ids of a repository that uses SHA-256 are not ours: trees have SHA-1 ids everywhere.
        self.algorithm = "sha256" if any(len(entry.id) == 64 for entry in entries.values()) else "sha1"

    def knows(self, name: str) -> bool:
        """Whether git tracks a file, or would."""
        return name in self.entries or name in self.untracked

    def ignores(self, folder: str) -> bool:
        """Whether git ignores a folder as such, and not only all that is in it."""
        answer = self._repository.ask("check-ignore", "-z", "--stdin", default="", given=os.fsencode(folder) + b"\0")
        return bool(answer)

    def is_converted(self, name: str, size: int) -> bool:
        """Whether a file that git holds for unchanged, of `size` bytes, may have other bytes than the blob.

        Sizes tell of conversions, also under attributes or settings that are no longer there.
        """
        return name in self.attributes or self._sizes.get(self.entries[name].id) != size

    @cached_property
    def attributes(self) -> Mapping[str, str]:
        """The files with an attribute that converts them: name -> its value, e.g. `lfs`."""
        # Asked for and never followed: it is the filters that are programs.
        names = b"".join(os.fsencode(name) + b"\0" for name in self.names)
        fields = self._repository.ask("check-attr", "-z", "-a", "--stdin", given=names).split("\0")
        triples = zip(fields[0::3], fields[1::3], fields[2::3], strict=False)
        return {name: value for name, which, value in triples if which in _CONVERTING and value != "unset"}

    @cached_property
    def _sizes(self) -> Mapping[str, int]:
        ids = {entry.id for entry in self.entries.values() if entry.tag == "H" and entry.mode.startswith("100")}
        command = ("cat-file", "--batch-check=%(objectname) %(objectsize)", "--buffer", "--unordered")
        given = "".join(f"{found}\n" for found in ids).encode()
        lines = self._repository.ask(*command, default="", given=given).splitlines()
        # An object that is not there has "missing" for its size.
        return {found: int(size) for found, _, size in (line.partition(" ") for line in lines) if size.isdecimal()}
