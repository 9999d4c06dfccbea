"""Findings about roles: what plan may read, and what apply may do."""

import re
from collections.abc import Iterable, Iterator, Mapping

from runner.doctor.facts import Permission, Rights, Unread
from runner.model.findings import Finding, Level
from runner.model.keys import Kind

ROLES = "roles"
_WORKSPACES = "Microsoft.MachineLearningServices/workspaces/"
SCIENTIST, OPERATOR = "AzureML Data Scientist", "AzureML Compute Operator"
# What apply does for each kind, below the workspace, and the built-in role that allows it. docs/azure.md has a role
# of just this, which a test holds to it.
NEEDED: Mapping[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.COMPUTE: (OPERATOR, ("computes/write", "computes/delete")),
    Kind.DATASTORE: (SCIENTIST, ("datastores/write", "datastores/delete", "datastores/listSecrets/action")),
    Kind.CONNECTION: (SCIENTIST, ("connections/write", "connections/delete")),
    Kind.ENVIRONMENT: (SCIENTIST, ("environments/versions/write", "codes/versions/write")),
    Kind.DATA: (SCIENTIST, ("data/versions/write", "datastores/listSecrets/action")),
    Kind.MODEL: (SCIENTIST, ("models/versions/write", "datastores/listSecrets/action")),
    Kind.COMPONENT: (SCIENTIST, ("components/versions/write", "codes/versions/write")),
    Kind.JOB: (SCIENTIST, ("jobs/write", "jobs/cancel/action", "codes/versions/write")),
    Kind.SCHEDULE: (SCIENTIST, ("schedules/write", "schedules/delete", "codes/versions/write")),
}


def reads(found: Mapping[str, Unread | None]) -> Iterator[Finding]:
    """What plan may read: each collection was asked for once."""
    readable = [name for name, problem in found.items() if problem is None]
    if readable:
        yield Finding(ROLES, "plan", Level.OK, f"may read {', '.join(readable)}")
    for name, problem in found.items():
        if problem and problem.status == 501:
            yield Finding(ROLES, "plan", Level.UNKNOWN, f"{name}: this workspace has none of the kind")
        elif problem:
            advice = "the role Reader allows it" if problem.status == 403 else ""
            yield Finding(ROLES, "plan", Level.ERROR, f"{name}: {problem.why}", advice)


def actions(rights: Rights | Unread, kinds: Iterable[Kind]) -> Iterator[Finding]:
    """What apply may do for the kinds of resource that are specified."""
    if isinstance(rights, Unread):
        yield Finding(ROLES, "apply", Level.UNKNOWN, f"what it may do cannot be asked: {rights.why}")
        return
    needed = [(kind, NEEDED[kind]) for kind in Kind if kind in set(kinds) and kind in NEEDED]
    missing = [
        Finding(ROLES, "apply", Level.WARNING, f"{kind}: may not {', '.join(denied)}", f"the role {role} allows it")
        for kind, (role, wanted) in needed
        if (denied := [action for action in wanted if not allowed(rights, _WORKSPACES + action)])
    ]
    names = ", ".join(kind for kind, _ in needed) or "nothing, and need not"
    yield from missing or [Finding(ROLES, "apply", Level.OK, f"may write {names}")]


def allowed(rights: Iterable[Permission], action: str, *, on_data: bool = False) -> bool:
    """Whether one of the permissions grants the operation and does not take it back."""
    for each in rights:
        granted, taken = (each.data_actions, each.not_data_actions) if on_data else (each.actions, each.not_actions)
        if _any(granted, action) and not _any(taken, action):
            return True
    return False


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(_pattern(each).fullmatch(action) for each in patterns)


def _pattern(text: str) -> re.Pattern[str]:
    """`*` is any text. `computes/*/write` means `computes/write` as well: AzureML Data Scientist takes that back so."""
    parts = [re.escape(part).replace(r"\*", ".*") for part in text.split("/*/")]
    return re.compile("/(?:.*/)?".join(parts), re.IGNORECASE)
