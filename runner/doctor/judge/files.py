"""Findings about the clone and the project."""

from collections.abc import Iterator

from runner.doctor.facts import Clone, Project, Target, Unread
from runner.model.findings import Finding, Level

GIT, PROJECT = "git", "project"
_NOTES = "'refs/notes/*:refs/notes/*'"


def clone(found: Clone | Unread | None) -> Iterator[Finding]:
    """Whether git can say who changed what, and when."""
    if found is None:
        message = "there is none around this folder: no commit is recorded, and nothing is ignored"
        yield Finding(GIT, "repository", Level.WARNING, message, "git init")
        return
    if isinstance(found, Unread):
        yield Finding(GIT, "repository", Level.ERROR, found.why)
        return
    yield Finding(GIT, "version", Level.OK, found.version)
    if found.commit:
        branch = found.ref.removeprefix("refs/heads/") or "no branch: a detached HEAD"
        yield Finding(GIT, "commit", Level.OK, f"{found.commit[:12]} ({branch})")
        yield _history(found)
    else:
        yield Finding(GIT, "commit", Level.WARNING, "none yet: runs cannot say where they come from", "git commit")
    if found.remotes:
        yield _notes(found)


def _history(found: Clone) -> Finding:
    if not found.shallow:
        return Finding(GIT, "history", Level.OK, "whole")
    message = (
        "a shallow clone: which commit made a difference is not found beyond its depth, and that one commit comes "
        "after another cannot be proven"
    )
    return Finding(GIT, "history", Level.WARNING, message, "git fetch --unshallow; in a workflow: fetch-depth: 0")


def _notes(found: Clone) -> Finding:
    """No warning: notes only inform, and nothing that is planned or applied depends on them."""
    without = sorted(found.remotes - found.with_notes)
    if not without:
        return Finding(GIT, "notes", Level.OK, "are fetched")
    message = f"are not fetched from {', '.join(without)}: what others applied would be told in them"
    return Finding(GIT, "notes", Level.OK, message, f"git config --add remote.{without[0]}.fetch {_NOTES}")


def project(found: Project | Unread) -> Iterator[Finding]:
    """Whether there is something to plan, and where it would go."""
    if isinstance(found, Unread):
        yield Finding(PROJECT, "project", Level.ERROR, found.why, "begin with specs/project.yml, or name a folder: -C")
        return
    yield Finding(PROJECT, "project", Level.OK, found.root)
    if isinstance(found.specs, Unread):
        yield Finding(PROJECT, "specs", Level.ERROR, found.specs.why, "aml validate names each")
    else:
        yield Finding(PROJECT, "specs", Level.OK, f"{found.specs} valid")
    if isinstance(found.target, Unread):
        yield Finding(PROJECT, "target", Level.ERROR, found.target.why)
        return
    yield Finding(PROJECT, "target", Level.OK, _place(found.target))
    if found.dirty is not None:
        yield _changes(found.dirty, found.target)


def _place(target: Target) -> str:
    if not target.subscription_id:
        return f"{target.name}: the embedded workspace"
    return f"{target.name}: {target.workspace_name} in {target.resource_group}, subscription {target.subscription_id}"


def _changes(dirty: bool, target: Target) -> Finding:
    if not dirty:
        return Finding(PROJECT, "changes", Level.OK, "what would be sent is what the commit says")
    if target.allow_dirty:
        return Finding(PROJECT, "changes", Level.OK, f"files differ from the commit, which {target.name} allows")
    message = f"files differ from the commit: apply to {target.name} is refused"
    return Finding(PROJECT, "changes", Level.WARNING, message, "git commit, or set allow_dirty on the target")
