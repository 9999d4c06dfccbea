"""What this project has live has to be of a commit that is here."""

import dataclasses

import pytest

from runner.model.live import LiveResource, LiveRun, LiveState
from runner.model.resource import DesiredState
from runner.plan.explained import Record, commits, without_commit
from tests.builders import JOB, ORIGIN, desired, live, resource, run_of

CPU = resource("compute/Cpu", {"name": "Cpu", "type": "amlcompute"})
IRIS = resource("data/iris", {"path": "https://example.com", "version": "1"})
TRAIN = resource("job/train", JOB)
HERE, GONE = ORIGIN.commit, "d" * 40
DIRTY = dataclasses.replace(ORIGIN, dirty=True)
EDITS, NONE = "applied with edits that are in no commit", "applied from no commit"
LOST = "its commit dddddddddd is not in this clone, nor in the ledger: git fetch what it was on"
SHALLOW = "its commit dddddddddd is not in this shallow clone, nor in the ledger: git fetch --unshallow"
TOLD = "its commit dddddddddd is in the ledger, and not in this clone: git fetch origin refs/pull/7/head"
KNOWN = Record(here={HERE})


def of(commit: str, **tags: str) -> tuple[LiveState, tuple[LiveRun, ...]]:
    """A cluster, a version and a run, all of them applied from a commit."""
    found = live(desired(CPU, IRIS))
    own = {"aml.commit": commit, **tags}

    def tagged(thing: LiveResource) -> LiveResource:
        return dataclasses.replace(thing, tags={**thing.tags, **own})

    state = LiveState(
        computes={name: tagged(each) for name, each in found.computes.items()},
        assets={name: tagged(each) for name, each in found.assets.items()},
    )
    run = run_of(TRAIN)
    return state, (dataclasses.replace(run, properties={**run.properties, **own}),)


def told(wanted: DesiredState, record: Record, commit: str, **tags: str) -> dict[str, str]:
    return {address: why for _, address, why in without_commit(wanted, *of(commit, **tags), record)}


@pytest.mark.parametrize(
    ("commit", "record", "why"),
    [
        (HERE, KNOWN, ""),
        ("", KNOWN, NONE),
        (f"{HERE}-dirty", KNOWN, EDITS),
        (f"{GONE}-dirty", dataclasses.replace(KNOWN, shallow=True), EDITS),
        (GONE, KNOWN, LOST),
        (GONE, dataclasses.replace(KNOWN, shallow=True), SHALLOW),
        (GONE, dataclasses.replace(KNOWN, shallow=True, refs={GONE: "refs/pull/7/head"}), TOLD),
    ],
)
def test_whatever_it_is_its_commit_explains_it(commit: str, record: Record, why: str) -> None:
    run = f"job/{run_of(TRAIN).name}"
    assert told(desired(), record, commit) == ({"compute/Cpu": why, "data/iris:1": why, run: why} if why else {})


@pytest.mark.parametrize("commit", ["", GONE, f"{HERE}-dirty"])
def test_the_same_content_of_a_commit_explains_it_too(commit: str) -> None:
    run = f"job/{run_of(TRAIN).name}"
    both = {("compute/Cpu", CPU.digest), ("job/train", TRAIN.digest)}
    squashed = dataclasses.replace(KNOWN, told=both)
    assert told(desired(), squashed, commit).keys() == {"data/iris:1"}
    assert told(desired(CPU, TRAIN), KNOWN, commit).keys() == {"data/iris:1"}, "what is checked out, and clean"
    assert told(desired(CPU, TRAIN, origin=DIRTY), KNOWN, commit).keys() == {"compute/Cpu", "data/iris:1", run}
    changed = dataclasses.replace(KNOWN, told={(address, "e" * 64) for address, _ in both})
    assert told(desired(), changed, commit).keys() == {"compute/Cpu", "data/iris:1", run}


@pytest.mark.parametrize("tags", [{"aml.project": "theirs"}, {"aml.target": "prod"}])
def test_what_is_not_ours_is_not_asked(tags: dict[str, str]) -> None:
    assert told(desired(), KNOWN, GONE, **tags) == {}
    assert commits(desired(), *of(GONE, **tags)) == frozenset()


def test_what_is_archived_is_gone() -> None:
    found, _ = of(GONE)
    archived = {name: dataclasses.replace(each, archived=True) for name, each in found.assets.items()}
    assert list(without_commit(desired(), LiveState(assets=archived), (), KNOWN)) == []


def test_which_commits_are_asked_for() -> None:
    assert commits(desired(), *of(f"{GONE}-dirty")) == {GONE}
