"""What commits say: which of them changed a file last, and what a file held in one of them."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from runner.git.repository import Repository
from runner.model.commits import Commit

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_AUTHOR = re.compile(r"author (?P<name>.*) <[^>]*> (?P<at>\d{1,12}) [+-]\d{4}")
_LAST = 253_402_300_799  # the end of the year 9999
_MOST = 10_000  # commits looked through
# Checking signatures, textconv and ext-diff would start programs that the repository names.
_NAMED = ("--name-only", "--no-renames", "--no-textconv", "--no-ext-diff", "--no-show-signature")


class History:
    """The history of one repository, each question asked once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._changed: dict[str, dict[str, str]] = {}
        self._answers: dict[tuple[str, ...], str] = {}

    def known(self, commit: str) -> bool:
        """Whether this is a commit that is here: a name from elsewhere may be anything, and a clone may be shallow."""
        return bool(_COMMIT.fullmatch(commit)) and self._ask("cat-file", "-t", commit).strip() == "commit"

    def commits(self, names: Iterable[str]) -> dict[str, Commit]:
        """Those of the commits that are here; names from elsewhere may be anything."""
        wanted = sorted({name for name in names if _COMMIT.fullmatch(name)})
        return {
            name: _described(name, content.decode("utf-8", "replace"))
            for name, (kind, content) in self._repository.objects(wanted).items()
            if kind == "commit"
        }

    def last(self, paths: Iterable[str], at: str) -> str:
        """The last commit of a commit's history that changed one of these files or folders; empty when none did."""
        wanted = [f":(literal){path}" for path in paths]
        options = ("--format=%H", "--no-textconv", "--no-ext-diff", "--no-show-signature")
        return self._ask("log", "-1", *options, "--end-of-options", at, "--", *wanted).strip() if wanted else ""

    def edits(self, paths: Iterable[str]) -> list[str]:
        """Every commit of this history that changed one of these files, newest first.

        Also what was taken back before it was merged; of merges those in which a file is unlike in all that they merge.
        """
        wanted = [f":(literal){path}" for path in paths]
        if not wanted or not self._repository.commit():
            return []
        listed = self._ask(
            "log", "-z", f"-{_MOST}", "--format=/%H", "--full-history", "--no-follow", "--root", "-c", *_NAMED,
            "--end-of-options", "HEAD", "--", *wanted,
        )  # fmt: skip
        return list(dict.fromkeys(commit for commit, _ in _files(listed)))

    def changed(self, since: str) -> dict[str, str]:
        """Each file that a commit after `since` changed: path from the root -> the last of them."""
        if since not in self._changed:
            self._changed[since] = self._read(since)
        return self._changed[since]

    def text(self, commit: str, path: str) -> str:
        """What a file held in a commit, as it is stored; empty when it was not in it."""
        return self._ask("cat-file", "blob", f"{commit}:{path}")

    def files(self, commit: str, folder: str) -> dict[str, str]:
        """The files below a folder in a commit: path from the folder -> git blob id."""
        listed = self._ask("ls-tree", "-r", "-z", "--end-of-options", f"{commit}:{folder}" if folder else commit)
        entries = (line.partition("\t") for line in listed.split("\0") if line)
        return {name: facts.split()[2] for facts, _, name in entries}

    def object(self, commit: str, path: str) -> str:
        """The id of the file or folder at a path in a commit; empty when nothing is there."""
        place = "" if path == "." else path
        return self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{place}").strip()

    def _read(self, since: str) -> dict[str, str]:
        listed = self._ask(
            "log", "-z", f"-{_MOST}", "--format=/%H", *_NAMED, "--end-of-options", f"{since}..HEAD", "--"
        )  # fmt: skip
        found: dict[str, str] = {}
        for commit, path in _files(listed):
            found.setdefault(path, commit)
        return found

    def _ask(self, *arguments: str) -> str:
        if arguments not in self._answers:
            self._answers[arguments] = self._repository.ask(*arguments, default="")
        return self._answers[arguments]


def _files(listed: str) -> Iterator[tuple[str, str]]:
    """Each commit with each file that it changed, as `git log -z --format=/%H --name-only` lists them, newest first."""
    commit = ""
    first = False
    for word in listed.split("\0"):
        if word.startswith("/"):  # which opens a commit, as no path begins with one
            commit, first = word[1:], True
        elif word:  # a line end stands between a commit and its first file
            yield commit, word.removeprefix("\n") if first else word
            first = False


def _described(name: str, text: str) -> Commit:
    head, _, message = text.partition("\n\n")
    author = next((found for line in head.split("\n") if (found := _AUTHOR.fullmatch(line))), None)
    subject, _, body = message.strip().partition("\n")
    if not author:
        return Commit(name, subject=subject, body=body)
    at = datetime.fromtimestamp(min(int(author["at"]), _LAST), UTC).isoformat()
    return Commit(name, author["name"], at, subject, body)
