"""The session of a workflow: what is checked out, and what is recorded of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner import engine, review
from runner.engine import Proposal, Session
from runner.errors import AmlError
from runner.git.remote import Login
from runner.git.repository import Repository
from runner.github.context import Context
from runner.model.events import Listener
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Plan
from runner.recording import Occasion


@dataclass(frozen=True, slots=True)
class Call:
    """How `aml ci` was called."""

    directory: Path
    target: str | None
    variables: Mapping[str, Any]
    environment: Mapping[str, str]
    dry_run: bool = False


def open_session(call: Call, context: Context, listener: Listener) -> Session:
    """The session for the event. Of a pull request nothing but runs and versions can be added."""
    pull = context.pull_request
    proposal = Proposal(pull.head, context.ref or f"refs/pull/{pull.number}/head", pull.into) if pull else None
    return engine.open_session(call.directory, call.target, listener, call.variables, call.environment, proposal)


def base_commit(session: Session, context: Context) -> str:
    """The commit that the change is compared with: the branch as it was merged into, else the first parent.

    Empty for a first commit, and where history is too shallow to tell.
    """
    repository = Repository(session.project.repository)
    first, second = (repository.ask("rev-parse", "--verify", "--quiet", f"HEAD^{n}", default="") for n in (1, 2))
    pull = context.pull_request
    if not pull or second == pull.head:
        return first
    return repository.ask("merge-base", "--end-of-options", pull.base, "HEAD", default="")


def base_digests(session: Session, context: Context, call: Call) -> tuple[dict[Key, str], str]:
    """The digest of each job in what the change starts from; and why they are not known, if they are not."""
    commit = base_commit(session, context)
    if not commit:
        return {}, "There is nothing to compare with: no earlier commit is in this clone (fetch-depth: 0 fetches all)."
    try:
        return review.base_digests(session, commit, call.environment), ""
    except AmlError as error:
        return {}, f"There is nothing to compare with: the specs of {commit[:10]} cannot be read ({error})."


def concerned(session: Session, made: Plan, known: Mapping[Key, str]) -> dict[Key, str]:
    """The live names of the runs that a change is about: those that it starts, and those whose content it changed."""
    digests = {each.key: each.digest for each in session.desired.resources}
    jobs = [change for change in made.changes if change.key.kind is Kind.JOB and change.key in digests]
    return {
        change.key: change.live_name
        for change in jobs
        if change.action is Action.RUN or known.get(change.key) != digests[change.key]
    }


def occasion(context: Context, numbers: Sequence[int], *, push: bool, approved_by: tuple[str, ...] = ()) -> Occasion:
    """What the ledger is told of a workflow; `numbers` are the pull requests that it is about."""
    return Occasion(
        actor=context.actor,
        pull_request=next(iter(numbers), None),
        approved_by=approved_by,
        workflow_run=context.run_url,
        push=push,
        login=Login(f"{context.server_url}/", context.token) if context.token else None,
    )


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)
