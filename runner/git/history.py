"""What commits say: which of them changed a file last, and what a file held in one of them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from runner.git.repository import Repository
from runner.model.commits import Commit

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_AUTHOR = re.compile(r"author (?P<name>.*) <[^>]*> (?P<at>\d{1,12}) [+-]\d{4}")
_LAST = 253_402_300_799  # the end of the year 9999
_MOST = 10_000  # commits looked through


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

    def touching(self, paths: Iterable[str], at: str = "HEAD", most: int = _MOST) -> list[str]:
        """The commits of a commit's history that changed one of these files or folders, newest first."""
        wanted = [f":(literal){path}" for path in paths]
        if not wanted or not self._repository.commit():
            return []
        listed = self._ask(
            "log", f"-{most}", "--format=%H", "--no-textconv", "--no-ext-diff", "--no-show-signature",
            "--end-of-options", at, "--", *wanted,
        )  # fmt: skip
        return listed.split()

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
        # Newest first; a slash opens a commit, as no path begins with one. Checking signatures would start a program
        # that the repository names.
        listed = self._ask(
            "log", "-z", f"-{_MOST}", "--format=/%H", "--name-only", "--no-renames", "--no-textconv", "--no-ext-diff",
            "--no-show-signature", "--end-of-options", f"{since}..HEAD", "--",
        )  # fmt: skip
        found: dict[str, str] = {}
        commit = ""
        first = False
        for word in listed.split("\0"):
            if word.startswith("/"):
                commit, first = word[1:], True
            elif word:  # a line end stands between a commit and its first file
                found.setdefault(word.removeprefix("\n") if first else word, commit)
                first = False
        return found

    def _ask(self, *arguments: str) -> str:
        if arguments not in self._answers:
            self._answers[arguments] = self._repository.ask(*arguments, default="")
        return self._answers[arguments]


def _described(name: str, text: str) -> Commit:
    head, _, message = text.partition("\n\n")
    author = next((found for line in head.split("\n") if (found := _AUTHOR.fullmatch(line))), None)
    subject, _, body = message.strip().partition("\n")
    if not author:
        return Commit(name, subject=subject, body=body)
    at = datetime.fromtimestamp(min(int(author["at"]), _LAST), UTC).isoformat()
    return Commit(name, author["name"], at, subject, body)
