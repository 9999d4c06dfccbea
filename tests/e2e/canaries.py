"""A repository whose configuration names a program in every place where git would run one: each a canary of its own."""

import os
import pty
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.conftest import GIT, Repo

HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout", "post-index-change")
HOOKS += ("reference-transaction", "post-rewrite", "post-merge", "pre-merge-commit", "pre-push", "pre-auto-gc")
ATTRIBUTES = """\
*.txt filter=plain diff=converted
*.md filter=process
*.csv diff=commanded
*.lst merge=driven
"""
CHANGED = ("plain", "rows.csv", "notes.md", "specs/jobs/src/main.txt")
# Settings that name a program, by the canary that sits there.
PROGRAMS = {
    "fsmonitor": "core.fsmonitor",
    "pager": "core.pager",
    "editor": "core.editor",
    "ssh": "core.sshCommand",
    "external": "diff.external",
    "textconv": "diff.converted.textconv",
    "diff": "diff.commanded.command",
    "clean": "filter.plain.clean",
    "smudge": "filter.plain.smudge",
    "process": "filter.process.process",
    "merge": "merge.driven.driver",
    "uploadpack": "remote.origin.uploadpack",
}
SETTINGS = {
    "commit.gpgSign": "true",
    "log.showSignature": "true",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "remote.origin.url": ".",
    "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
    "remote.origin.promisor": "true",
    "status.submoduleSummary": "true",
    "diff.submodule": "diff",
    "core.untrackedCache": "true",
}
# Programs that git starts without a shell, and so without arguments of ours.
BARE = {"proxy": "core.gitProxy", "askpass": "core.askPass", "gpg": "gpg.program"}
SHELL = {"alias": "alias.sing", "credential": "credential.helper", "submodule": "submodule.inner.update"}
VARIABLES = ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "GIT_EDITOR", "GIT_ASKPASS", "GIT_PROXY_COMMAND")
# What answers wrongly keeps git from what comes after it.
QUIET = ("-c", "core.fsmonitor=false", "-c", "filter.process.process=")
# What wakes each of them when plain git is asked.
WAKES: Mapping[str, tuple[str, ...]] = {
    "fsmonitor": ("status",),
    "hook-post-index-change": (*QUIET, "reset", "-q"),
    "hook-post-checkout": (*QUIET, "checkout", "-q", "-f", "-b", "other"),
    "hook-reference-transaction": ("branch", "third"),
    "hook-pre-commit": ("commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "x"),
    "pager": ("--paginate", "log", "--no-show-signature"),
    "editor": ("commit", "--amend", "--no-gpg-sign", "--no-verify"),
    "ssh": ("ls-remote", "ssh://host.example/x"),
    "proxy": ("ls-remote", "git://host.example/x"),
    "askpass": ("-c", "credential.helper=", "credential", "fill"),
    "external": ("diff", "--", "plain"),
    "textconv": ("diff", "--no-ext-diff", "--textconv", "--", "specs"),
    "diff": ("diff", "--", "rows.csv"),
    "clean": ("add", "specs/jobs/src/main.txt"),
    "smudge": ("checkout", "-f", "HEAD", "--", "specs/jobs/src/main.txt"),
    "process": ("add", "notes.md"),
    "merge": (*QUIET, "merge", "-q", "--no-gpg-sign", "branched"),
    "gpg": ("commit", "-q", "-S", "--allow-empty", "--no-verify", "-m", "x"),
    "uploadpack": ("ls-remote", "origin"),
    "alias": ("sing",),
    "credential": ("credential", "fill"),
    "submodule": ("submodule", "update", "inner"),
    "included": ("sing-included",),
    "included-if": ("sing-included-if",),
    "ext": ("ls-remote", "ext::{canary} ext"),
    "GIT_EXTERNAL_DIFF": ("diff", "--", "plain"),
    "GIT_SSH_COMMAND": ("ls-remote", "ssh://host.example/x"),
    "GIT_PAGER": ("--paginate", "log", "--no-show-signature"),
    "GIT_EDITOR": ("commit", "--amend", "--no-gpg-sign", "--no-verify"),
}


@dataclass
class Canaries:
    """A program that writes down under which name it was called."""

    folder: Path

    @property
    def program(self) -> Path:
        """What sings."""
        return self.folder / "canary"

    def hatch(self) -> "Canaries":
        """Writes the program."""
        self.folder.mkdir()
        self.program.write_text(f'#!/bin/sh\necho "$1" >> {self.folder}/sung\ncat > {os.devnull} < {os.devnull}\n')
        self.program.chmod(0o755)
        return self

    def bare(self, name: str) -> Path:
        """A program of its own for one of them."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\nexec {self.program} {name}\n")
        path.chmod(0o755)
        return path

    def sung(self) -> set[str]:
        """Who sang since the last time that this was asked."""
        log = self.folder / "sung"
        found = set(log.read_text().split()) if log.exists() else set()
        log.unlink(missing_ok=True)
        return found

    def variables(self) -> dict[str, str]:
        """An environment that names them, too."""
        found = {name: f"{self.program} {name}" for name in VARIABLES}
        return found | {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "alias.x",
            "GIT_CONFIG_VALUE_0": f"!{self.program} x",
        }


def plant(repo: Repo, canaries: Canaries) -> None:
    """Puts one into every place, and leaves something to do for git in the working tree."""
    repo.write(".gitattributes", ATTRIBUTES)
    for name in (*CHANGED, "merged.lst"):
        repo.write(name, "one\n")
    _submodule(repo)
    repo.commit()
    repo.git("checkout", "-q", "-b", "branched")
    repo.write("merged.lst", "two\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("merged.lst", "three\n")
    repo.commit()
    _sign(repo)
    _hooks(repo.root / ".git/hooks", canaries)
    for included, setting in (("included", "include.path"), ("included-if", "includeIf.gitdir:.git.path")):
        file = canaries.folder / included
        file.write_text(f'[alias]\n\tsing-{included} = "!{canaries.program} {included}"\n')
        repo.git("config", setting, str(file))
    (repo.root / ".git/info").mkdir(exist_ok=True)
    (repo.root / ".git/info/attributes").write_text(ATTRIBUTES)
    _hooks(canaries.folder / "hooks", canaries)
    for setting, value in SETTINGS.items():
        repo.git("config", setting, value)
    repo.git("config", "core.attributesFile", str(repo.root / ".gitattributes"))
    for name, setting in SHELL.items():
        repo.git("config", setting, f"!{canaries.program} {name};:")
    for name, setting in BARE.items():
        repo.git("config", setting, str(canaries.bare(name)))
    for name, setting in PROGRAMS.items():
        repo.git("config", setting, f"{canaries.program} {name}")
    repo.git("config", "core.hooksPath", str(canaries.folder / "hooks"))
    repo.git("-C", "inner", "commit", "-q", "--allow-empty", "-m", "b")
    for name in CHANGED:
        repo.write(name, "changed\n")


def _submodule(repo: Repo) -> None:
    """A folder that is one, at a commit that is not checked out."""
    (repo.root / "inner").mkdir()
    for command in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "a")):
        repo.git("-C", "inner", *command)
    repo.write(".gitmodules", '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n')
    repo.git("add", "inner")
    repo.git("config", "submodule.inner.url", "./inner")


def _sign(repo: Repo) -> None:
    """The commit that is checked out claims to be signed: who shows signatures asks a program."""
    head, _, message = repo.git("cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = subprocess.run(
        [*GIT, "hash-object", "-w", "-t", "commit", "--stdin"],
        cwd=repo.root,
        input=f"{head}\n{signature}\n\n{message}",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    repo.git("update-ref", "refs/heads/main", signed)


def _hooks(folder: Path, canaries: Canaries) -> None:
    folder.mkdir(exist_ok=True)
    for name in HOOKS:
        (folder / name).write_text(f"#!/bin/sh\nexec {canaries.program} hook-{name}\n")
        (folder / name).chmod(0o755)


def wake(repo: Repo, canaries: Canaries, name: str) -> set[str]:
    """Who sings when plain git is asked what wakes this one; on a terminal, as pagers are for those."""
    canaries.sung()
    variables = {**repo.variables, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "TERM": "xterm"}
    variables |= {name: canaries.variables()[name]} if name in VARIABLES else {}
    command = [*GIT, *(word.replace("{canary}", str(canaries.program)) for word in WAKES[name])]
    leader, terminal = pty.openpty()
    asking = subprocess.Popen(
        command, cwd=repo.root, env=variables, stdin=subprocess.PIPE, stdout=terminal, stderr=subprocess.DEVNULL
    )
    os.close(terminal)
    with suppress(subprocess.TimeoutExpired, BrokenPipeError):
        asking.communicate(b"protocol=https\nhost=host.example\n\n", timeout=20)
    asking.kill()
    asking.wait()
    os.close(leader)
    return canaries.sung()
