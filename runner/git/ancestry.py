"""Where a commit stands in history, seen from the one that is checked out. What cannot be proven is said to be so."""

from collections.abc import Iterable

from runner.git.history import History
from runner.git.repository import Repository
from runner.model.fence import Fence, Standing, bare


def fence(repository: Repository, branch: str, commits: Iterable[str]) -> Fence:
    """The fence of a target that names its branch, as it stands to the commits that live things were applied from."""
    return Fence(branch, on_branch(repository, branch), standings(repository, {bare(each) for each in commits} - {""}))


def standings(repository: Repository, commits: Iterable[str]) -> dict[str, Standing]:
    """For each commit, where it stands. Names of commits that are not here come from elsewhere and may be anything."""
    head = repository.commit()
    history = History(repository)
    shallow = is_shallow(repository)
    return {commit: _standing(repository, history, commit, head, shallow=shallow) for commit in sorted(set(commits))}


def is_shallow(repository: Repository) -> bool:
    """Whether commits of this clone lack their parents."""
    return repository.ask("rev-parse", "--is-shallow-repository", default="") == "true"


def _standing(repository: Repository, history: History, commit: str, head: str, *, shallow: bool) -> Standing:
    if head and commit == head:
        return Standing.BEHIND
    if not head or not history.known(commit):
        return Standing.SHALLOW if shallow else Standing.MISSING
    # Not `--is-ancestor`: in a shallow clone it denies true ancestors, and a failure looks like an answer.
    base = repository.ask("merge-base", "--end-of-options", commit, head, default="")
    if base == commit:
        return Standing.BEHIND
    if base == head:
        return Standing.AHEAD
    return Standing.SHALLOW if shallow else Standing.ASIDE


def on_branch(repository: Repository, branch: str) -> bool:
    """Whether the branch is checked out; also detached, at the commit where a remote's branch of that name stands."""
    ref = repository.ref()
    if ref:
        return ref == f"refs/heads/{branch}"
    listed = repository.ask("for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes", default="")
    tips = [line.split(" ", 1) for line in listed.splitlines() if line.endswith(f"/{branch}")]
    commit = repository.commit()
    return bool(commit) and any(tip == commit and ref.split("/", 3)[-1] == branch for tip, ref in tips)
