"""Notes under refs/notes/aml: lines of text on commits, which are added and merged, and never taken away.

They are written with `git fast-import`: it asks for nobody's name, starts no program that a repository's configuration
could name, and moves the reference only from where it was when the notes were read. Two who write at once meet there,
and one of them reads again.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from runner.errors import GitError
from runner.git.history import History
from runner.git.repository import Repository

REF = "refs/notes/aml"
LARGEST = 16 * 2**20  # bytes of one note that are read; a note of a thousand lines has less than one
_PATIENCE = 2  # failures in a row without anybody else at it; another's lock may be one
_WHO = b"aml-runner <aml-runner@localhost>"  # who did what stands in the lines
_OBJECT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes as they stand at `tip`: object -> text; what could not be read is in `unread`, with why."""

    tip: str = ""  # empty: there are none
    texts: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


def tip(repository: Repository) -> str:
    """The commit that holds the notes; empty when there are none. Raises GitError when it is something else."""
    found = repository.ask("for-each-ref", "--format=%(objectname) %(objecttype) %(symref)", REF)
    if not found:
        return ""
    name, kind, *elsewhere = found.split()
    if kind != "commit" or elsewhere:
        raise GitError(f"{REF} is not what `git notes` makes: look at it, and rename or delete it")
    return name


def read(repository: Repository, at: str | None = None, wanted: Iterable[str] | None = None) -> Notes:
    """The notes at a commit of theirs, else at the tip; only those on the `wanted` objects, if that is given."""
    at = tip(repository) if at is None else at
    listed = repository.ask("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", at) if at else ""
    found: dict[str, str] = {}  # object -> blob
    unread: dict[str, str] = {}
    for facts, _, path in (each.partition("\t") for each in listed.split("\0") if each):
        _, kind, blob, size = facts.split()
        name = path.replace("/", "")
        if wanted is not None and name not in wanted:
            continue
        if kind != "blob" or not _OBJECT.fullmatch(name):
            unread[path] = "is no note"
        elif size.isdecimal() and int(size) > LARGEST:
            unread[name] = f"has more than {LARGEST:,} bytes"
        else:
            found[name] = blob
    texts = _blobs(repository, found.values())
    unread |= dict.fromkeys((name for name, blob in found.items() if blob not in texts), "is not in this clone")
    return Notes(at, {name: texts[blob] for name, blob in found.items() if blob in texts}, unread)


def _blobs(repository: Repository, wanted: Iterable[str]) -> dict[str, str]:
    """The texts of blobs, as far as they are here. What is no UTF-8 comes out as it went in."""
    ids = sorted(set(wanted))
    found = repository.objects(ids)
    return {name: content.decode("utf-8", "surrogateescape") for name, (_, content) in found.items()}


def append(repository: Repository, lines: Mapping[str, Iterable[str]]) -> None:
    """Adds lines to notes: object -> lines without their ends. What is not here goes on the commit checked out.

    Raises GitError when they cannot be added; nothing is lost then.
    """
    history, head = History(repository), repository.commit()
    new: dict[str, list[str]] = {}
    for name, added in lines.items():
        new.setdefault(name if history.known(name) else head, []).extend(added)

    def step(before: str) -> None:
        texts = _all(read(repository, before, new))
        _import(repository, before, {name: _joined(texts.get(name, ""), added) for name, added in new.items()})

    _until_done(repository, step)


def merge(repository: Repository, theirs: str) -> None:
    """Takes in the notes at another commit of notes, as `git notes merge -s cat_sort_uniq` does.

    Raises GitError when that is no commit, or nothing can be written.
    """
    if not History(repository).known(theirs):
        raise GitError(f"{REF} of the remote is not what `git notes` makes")

    def step(before: str) -> None:
        base = repository.ask("merge-base", before, theirs, default="") if before else before
        if base == before:
            repository.ask("update-ref", "-m", "aml: fetched", REF, theirs, before or "0" * len(theirs))
        elif base != theirs:
            mine, other = _all(read(repository, before)), _all(read(repository, theirs))
            new = {name: text for name, text in other.items() if text != mine.get(name)}
            united = {name: _united(mine[name], text) if name in mine else text for name, text in new.items()}
            _import(repository, before, united, theirs)

    _until_done(repository, step)


def _until_done(repository: Repository, step: Callable[[str], None]) -> None:
    """Takes a step from the tip, and again from the next one when somebody else was faster."""
    failures = 0
    while True:
        before = tip(repository)
        try:
            step(before)
        except GitError:
            failures = failures + 1 if tip(repository) == before else 0
            if failures > _PATIENCE:  # nobody else is at it: it will not do
                raise
        else:
            return


def _all(notes: Notes) -> Mapping[str, str]:
    """The texts. Raises GitError for a note that cannot be read: it would be overwritten."""
    for name, why in notes.unread.items():
        if _OBJECT.fullmatch(name):
            raise GitError(f"the note on {name[:12]} {why}: fetch all of {REF}, or look at it")
    return notes.texts


def _joined(before: str, new: Iterable[str]) -> str:
    known = before.split("\n")
    start = f"{before}\n" if before and not before.endswith("\n") else before
    return start + "".join(f"{each}\n" for each in dict.fromkeys(new) if each not in known)


def _united(mine: str, theirs: str) -> str:
    return "".join(f"{each}\n" for each in sorted({*mine.split("\n"), *theirs.split("\n")} - {""}))


def _import(repository: Repository, before: str, texts: Mapping[str, str], merged: str = "") -> None:
    repository.ask("fast-import", "--quiet", "--date-format=now", given=_stream(before, texts, merged))


def _stream(before: str, texts: Mapping[str, str], merged: str) -> bytes:
    """One commit of notes, as fast-import reads it."""
    parts = [f"commit {REF}\ncommitter ".encode() + _WHO + b" now\n", _data("Notes added by aml\n")]
    parts += [f"from {before}\n".encode()] if before else []
    parts += [f"merge {merged}\n".encode()] if merged else []
    for name, text in texts.items():
        parts += [f"N inline {name}\n".encode(), _data(text)]
    return b"".join(parts)


def _data(text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    return b"data %d\n%b\n" % (len(content), content)
