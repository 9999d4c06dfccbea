"""The one place where git speaks to other machines: it fetches and pushes the notes of the ledger, when that is asked.

All else in here refuses every protocol. A push needs one, and the user's credentials. So it is made from a repository
of our own that borrows the objects: of the configuration of the one in hand nothing counts but where the remote is.
Helpers for credentials, ssh and proxies are those of the user's own configuration. No hook of the clone is run.
"""

import base64
import os
import random
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from runner.errors import GitError
from runner.git import notes
from runner.git.borrowing import borrow
from runner.git.history import History
from runner.git.repository import KEPT, OWN, Repository
from runner.model.detectors import HIDDEN, masked

PROTOCOLS = "file:https:ssh"  # none that others can read on the way, and none that starts a program
# Variables of git's that say how the user reaches other machines.
_REACHING = {"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"}
_SECONDS = 120  # that one exchange may take
_MOST, _PATIENCE = 50, 3  # tries; refusals in a row while the remote's notes stay what they are
_THEIRS = "refs/theirs"
_CONFIG = """\
[core]
\tbare = true
\thooksPath = {nowhere}
[fetch]
\tunpackLimit = 1
[gc]
\tauto = 0
[remote "remote"]
\turl = "{url}"
"""


@dataclass(frozen=True, slots=True)
class Login:
    """A token for every address below a URL, as a workflow has one. Without, the user's own helpers are asked."""

    url: str
    token: str = field(repr=False)

    def variables(self) -> dict[str, str]:
        """What tells git; a command line could be read by others."""
        header = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        name = f"http.{self.url}.extraHeader"
        settings = {"KEY_0": name, "VALUE_0": "", "KEY_1": name, "VALUE_1": f"Authorization: Basic {header}"}
        return {"GIT_CONFIG_COUNT": "2"} | {f"GIT_CONFIG_{key}": value for key, value in settings.items()}


def fetch(repository: Repository, login: Login | None = None) -> None:
    """Takes in the remote's notes. Raises GitError when the remote cannot be reached."""
    with _connected(repository, login) as remote:
        remote.take_in()


def push(repository: Repository, login: Login | None = None, *, pause: float = 0.5) -> None:
    """Takes in the remote's notes, and pushes what there is then; again while others do the same.

    `pause` is the longest time between two tries, in seconds. Raises GitError when the remote cannot be reached or
    refuses: the notes are in this clone then, and the next push takes them along.
    """
    with _connected(repository, login) as remote:
        refused, last = 0, ""
        for _ in range(_MOST):
            theirs = remote.take_in()
            mine = notes.tip(repository)
            try:
                if mine != theirs:
                    remote.send(mine)
            except GitError:
                refused = refused + 1 if theirs == last else 1
                if refused == _PATIENCE:
                    raise
                last = theirs
                time.sleep(random.uniform(0, pause))  # noqa: S311 - it only keeps two writers apart
            else:
                return
        raise GitError(f"others push {notes.REF} all the time")


@contextmanager
def _connected(repository: Repository, login: Login | None) -> Iterator["_Remote"]:
    url = _url(repository)
    # Beside the clone's own files, so that what the user's configuration says for this folder (includeIf) holds.
    folder = repository.ask("rev-parse", "--path-format=absolute", "--git-common-dir")
    try:
        with TemporaryDirectory(prefix="aml-ledger-", dir=folder) as made:
            place = Path(made, "git")
            escaped = url.replace("\\", "\\\\").replace('"', '\\"')
            borrow(repository, place, "ref: refs/heads/none", _CONFIG.format(nowhere=os.devnull, url=escaped))
            shallow = Path(repository.ask("rev-parse", "--path-format=absolute", "--git-path", "shallow"))
            if shallow.exists():
                (place / "shallow").write_bytes(shallow.read_bytes())
            yield _Remote(repository, place, _environment(login), login.token if login else "")
    except OSError as error:
        raise GitError(f"nothing can be pushed from {folder}: {error}") from error


def _url(repository: Repository) -> str:
    """Where `origin` is pushed to, or the only remote."""
    names = repository.ask("remote").splitlines()
    name = "origin" if "origin" in names else names[0] if len(names) == 1 else ""
    if not name:
        raise GitError("no remote is called origin, and it is not clear which one else" if names else "no remote")
    url = repository.ask("remote", "get-url", "--push", "--", name).splitlines()[0]
    if "://" in url or ":" in url.partition("/")[0]:
        return url
    path = (repository.root / url).resolve()
    if path.is_relative_to(repository.root):  # it would guard itself with hooks of this folder
        raise GitError(f"remote {name} is in this very folder")
    return str(path)


def _environment(login: Login | None) -> dict[str, str]:
    own = {name: value for name, value in OWN.items() if name != "GIT_OPTIONAL_LOCKS"}
    users = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in KEPT or name in _REACHING
    }
    return users | own | {"GIT_ALLOW_PROTOCOL": PROTOCOLS} | (login.variables() if login else {})


@dataclass(frozen=True, slots=True)
class _Remote:
    """The remote, seen from a git directory that borrows the objects of `home`."""

    home: Repository
    place: Path
    environment: Mapping[str, str]
    token: str

    def take_in(self) -> str:
        """Merges the remote's notes into those of `home`; the commit that they stand at, empty when there are none."""
        theirs = self._git("ls-remote", "--refs", "remote", notes.REF).partition("\t")[0].strip()
        if theirs:
            self._fetch(theirs)
            notes.merge(self.home, theirs)
        return theirs

    def _fetch(self, commit: str) -> None:
        if History(self.home).known(commit):
            return
        self._git("fetch", "--quiet", "--no-tags", "--no-auto-gc", "remote", f"+{notes.REF}:{_THEIRS}")
        for pack in sorted((self.place / "objects" / "pack").glob("*.pack")):
            self.home.ask("unpack-objects", "-q", given=pack.read_bytes())

    def send(self, commit: str) -> None:
        """Makes the remote's notes these, if they contain what is there."""
        self._git(
            "push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no",
            "remote", f"{commit}:{notes.REF}",
        )  # fmt: skip

    def _git(self, *arguments: str) -> str:
        # Files and no pipes: a helper that hangs would keep a pipe open.
        with TemporaryFile() as out, TemporaryFile() as problem:
            try:
                done = subprocess.run(
                    ["git", "--git-dir", str(self.place), *arguments],
                    cwd=self.place,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=problem,
                    timeout=_SECONDS,
                    check=False,
                )
            except FileNotFoundError as error:
                raise GitError("git cannot be started; is it installed?") from error
            except subprocess.TimeoutExpired as error:
                raise GitError(f"the remote did not answer within {_SECONDS} s") from error
            out.seek(0)
            problem.seek(0)
            if done.returncode:
                raise GitError(self._told(arguments[0], problem.read().decode("utf-8", "replace")))
            return out.read().decode("utf-8", "replace")

    def _told(self, command: str, problem: str) -> str:
        """What git says, on one line, with no token in it."""
        text = " ".join(problem.split())
        text = text.replace(self.token, HIDDEN) if self.token else text
        return f"git {command} failed: {masked(text)}"
