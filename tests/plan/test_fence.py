"""What may change where: a table of what is live, from where it was applied, and what is asked."""

from typing import Any

import pytest

from runner.model.fence import Fence, Standing, bare
from runner.model.live import LiveState
from runner.model.plan import Action, Change
from runner.plan.fence import fenced
from runner.plan.planning import Asked, Planning
from tests.builders import change, desired

COMMIT = "a" * 40
ON = {standing: Fence("main", here=True, standings={COMMIT: standing}) for standing in Standing}
ELSEWHERE = Fence("main", here=False, standings={COMMIT: Standing.BEHIND})
MUTABLE, VERSION, JOB = "compute/cpu", "data/iris", "job/train"
LOST = "(if no remote has it, it was rewritten or never pushed)"
INSIST = "; --allow-rollback does it all the same"


def judged(
    action: Action, name: str, commit: str | None, fence: Fence | None, **asked: Any
) -> tuple[Change, list[str]]:
    """The change once the fence has looked at it, and what it said."""
    planning = Planning(desired(), LiveState(), Asked(fence=fence, **asked))
    judged = fenced(planning, change(name, action), commit)
    return judged, [f"{item.severity}: {item.message}" for item in planning.problems]


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing.AHEAD, "which is newer than the commit of this plan: pull, then plan again"),
        (
            Standing.ASIDE,
            "which the history of main does not hold: another branch, squashed, or rewritten since",
        ),
        (
            Standing.MISSING,
            f"which this clone does not have: git fetch, then plan again {LOST}",
        ),
        (
            Standing.SHALLOW,
            "which this clone is too shallow to place: git fetch --unshallow (in a workflow: fetch-depth: 0)",
        ),
    ],
)
@pytest.mark.parametrize("action", [Action.UPDATE, Action.REPLACE, Action.DELETE])
@pytest.mark.parametrize("name", [MUTABLE, VERSION])
def test_no_proof_no_change(standing: Standing, words: str, action: Action, name: str) -> None:
    found, said = judged(action, name, COMMIT, ON[standing])
    assert said == [f"error: {name}: was applied from {COMMIT[:10]}, {words}{INSIST}"]
    assert not found.withheld
    assert judged(action, name, f"{COMMIT}-dirty", ON[standing])[1] == said
    assert judged(action, name, COMMIT, ON[standing], allow_rollback=True)[1] == []


@pytest.mark.parametrize("action", [Action.UPDATE, Action.REPLACE, Action.DELETE])
def test_forwards_and_first_of_all(action: Action) -> None:
    assert judged(action, MUTABLE, COMMIT, ON[Standing.BEHIND])[1] == []
    assert judged(Action.CREATE, MUTABLE, None, ON[Standing.AHEAD])[1] == []
    assert judged(action, MUTABLE, "", ON[Standing.BEHIND])[1] == [
        f"error: {MUTABLE}: does not say from which commit it was applied{INSIST}"
    ]
    unheard = "b" * 40  # of which nobody asked where it stands
    assert "which this clone does not have" in judged(action, MUTABLE, unheard, ON[Standing.BEHIND])[1][0]


@pytest.mark.parametrize(
    ("action", "name", "left"),
    [
        (Action.CREATE, MUTABLE, True),
        (Action.UPDATE, MUTABLE, True),
        (Action.REPLACE, MUTABLE, True),
        (Action.DELETE, MUTABLE, True),
        (Action.ADOPT, MUTABLE, True),
        (Action.CREATE, "datastore/lake", True),
        (Action.CREATE, VERSION, False),
        (Action.UPDATE, VERSION, True),
        (Action.DELETE, VERSION, True),
        (Action.ADOPT, VERSION, True),
        (Action.RUN, JOB, False),
        (Action.DELETE, JOB, True),
        (Action.NO_OP, MUTABLE, False),
        (Action.NO_OP, JOB, False),
    ],
)
def test_other_branches_add_runs_and_versions_only(action: Action, name: str, left: bool) -> None:
    found, said = judged(action, name, COMMIT, ELSEWHERE)
    assert found.withheld == ("left to main" if left else "")
    words = "and something else is checked out, which may add runs and versions only"
    insist = "(--allow-rollback does it all the same)"
    assert said == ([f"warning: {name}: {action} is left to main, {words} {insist}"] if left else [])
    assert judged(action, name, COMMIT, ELSEWHERE, allow_rollback=True) == (change(name, action), [])
    assert judged(action, name, COMMIT, None) == (change(name, action), [])


def test_what_is_adopted_was_applied_from_no_commit_of_ours() -> None:
    assert judged(Action.ADOPT, MUTABLE, "", ON[Standing.BEHIND])[1] == []


@pytest.mark.parametrize(("commit", "expected"), [(COMMIT, COMMIT), (f"{COMMIT}-dirty", COMMIT), ("", "")])
def test_a_commit_without_the_word_dirty(commit: str, expected: str) -> None:
    assert bare(commit) == expected
