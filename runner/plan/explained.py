"""Whether a commit explains what this project has live: what it was applied from has to be here to be looked at."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from runner.model.fence import bare
from runner.model.identity import PROMOTED_COMMIT
from runner.model.keys import Key, Kind
from runner.model.live import LiveRun, LiveState
from runner.model.resource import DesiredState


@dataclass(frozen=True, slots=True)
class Record:
    """What this clone knows of commits.

    `told` is the content that the record of applies has of a commit that is here, as it was committed: a resource's key
    and its digest. `refs` says where another commit was.
    """

    here: Collection[str] = frozenset()
    told: Collection[tuple[str, str]] = frozenset()
    refs: Mapping[str, str] = field(default_factory=dict)
    shallow: bool = False


@dataclass(frozen=True, slots=True)
class _Thing:
    key: Key
    address: str
    commit: str
    content: tuple[str, str]  # the key and the digest that it was applied with


def without_commit(
    desired: DesiredState, live: LiveState, runs: Collection[LiveRun], record: Record
) -> Iterator[tuple[Key, str, str]]:
    """What this project has live, and no commit that is here explains: its key, its address, and why."""
    committed = desired.origin.commit and not desired.origin.dirty
    current = {(str(each.key), each.digest) for each in desired.resources} if committed else set()
    for thing in _owned(desired, live, runs):
        if thing.commit not in record.here and thing.content not in current and thing.content not in record.told:
            yield thing.key, thing.address, _why(thing.commit, record)


def commits(desired: DesiredState, live: LiveState, runs: Collection[LiveRun]) -> frozenset[str]:
    """The commits that what this project has live was applied from."""
    return frozenset(bare(thing.commit) for thing in _owned(desired, live, runs))


def _owned(desired: DesiredState, live: LiveState, runs: Collection[LiveRun]) -> Iterator[_Thing]:
    active = [(key, version, asset) for (key, version), asset in live.assets.items() if not asset.archived]
    tagged = [
        *((key, str(key), found.tags) for key, found in live.mutable()),
        *((key, f"{key}:{version}", asset.tags) for key, version, asset in active),
        *((Key(Kind.JOB, run.name), f"job/{run.name}", run.properties) for run in runs),
    ]
    ours = (desired.origin.project, desired.origin.target)
    for key, address, tags in tagged:
        if (tags.get("aml.project"), tags.get("aml.target")) == ours:
            # Not the key that it is found by: a model that a run's output became has the content of the job. And what
            # was promoted is here because of the commit that asked for it, wherever it was trained.
            content = tags.get("aml.key", ""), tags.get("aml.digest", "")
            yield _Thing(key, address, tags.get(PROMOTED_COMMIT) or tags.get("aml.commit", ""), content)


def _why(commit: str, record: Record) -> str:
    short = bare(commit)[:10]
    if not commit:
        return "applied from no commit"
    if commit != bare(commit):
        return "applied with edits that are in no commit"
    if commit in record.refs:
        return f"its commit {short} is in the ledger, and not in this clone: git fetch origin {record.refs[commit]}"
    if record.shallow:
        return f"its commit {short} is not in this shallow clone, nor in the ledger: git fetch --unshallow"
    return f"its commit {short} is not in this clone, nor in the ledger: git fetch what it was on"
