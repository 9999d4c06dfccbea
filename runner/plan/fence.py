"""The fence: on a target that names its branch, only that branch changes things, and never back to an older state."""

from dataclasses import replace

from runner.model.fence import Standing, bare
from runner.model.plan import Action, Change
from runner.plan.planning import Planning

_INSIST = "--allow-rollback does it all the same"
_WHY_NOT = {
    Standing.AHEAD: "which is newer than the commit of this plan: pull, then plan again",
    Standing.ASIDE: "which the history of {branch} does not hold: another branch, squashed, or rewritten since",
    Standing.MISSING: "which this clone does not have: git fetch, then plan again (if no remote has it, it was "
    "rewritten or never pushed)",
    Standing.SHALLOW: "which this clone is too shallow to place: git fetch --unshallow (in a workflow: fetch-depth: 0)",
}


def fenced(planning: Planning, change: Change, commit: str | None) -> Change:
    """The change; withheld on other branches, refused where nothing proves that it is a step forward.

    `commit` is what the live thing was applied from, empty when it does not say; None when there is nothing live.
    """
    fence = planning.asked.fence
    if fence is None or planning.asked.allow_rollback or _only_adds(change):
        return change
    if not fence.here:
        elsewhere = "and something else is checked out, which may add runs and versions only"
        planning.warn(change, f"{change.action} is left to {fence.branch}, {elsewhere} ({_INSIST})")
        return replace(change, withheld=f"left to {fence.branch}")
    # What is adopted was applied from no commit of ours.
    why = "" if commit is None or change.action is Action.ADOPT else _objection(planning, commit)
    if why:
        planning.refuse(change, f"{why}; {_INSIST}")
    return change


def _objection(planning: Planning, commit: str) -> str:
    """Why there is no proof that this commit came before the one of the plan; empty when there is."""
    fence, known = planning.asked.fence, bare(commit)
    if fence is None:
        return ""
    if not known:
        return "does not say from which commit it was applied"
    standing = fence.standings.get(known, Standing.MISSING)
    if standing is Standing.BEHIND:
        return ""
    return f"was applied from {known[:10]}, {_WHY_NOT[standing].format(branch=fence.branch)}"


def _only_adds(change: Change) -> bool:
    """Runs and versions may be added from anywhere; what is mutable belongs to the branch from its first day."""
    return change.action is Action.NO_OP or (change.action.adds and not change.key.kind.mutable)
