"""Answers of `aml diff`, about a whole year: what was applied one after the other, side by side."""

from itertools import pairwise
from typing import Any

import pytest

from tests.year import answers
from tests.year.archive import Archive
from tests.year.asking import Asking
from tests.year.operations import TARGETS
from tests.year.specs import DECIDES, Content, content
from tests.year.truth import Run

FIELDS = {"trainer": "code", "scorer": "code", "packages": "environment", "rows": "inputs.numbers"}


def applied(archive: Archive, target: str) -> list[int]:
    """The commits of this clone that were applied to a target: every third one."""
    found = [each.commit for each in archive.year.applies if each.target == target and each.commit in archive.here]
    return list(dict.fromkeys(found))[::3]


def best(archive: Archive, target: str, address: str, found: Content) -> tuple[str, Run | None]:
    """The newest run of a content that completed, else the newest."""
    told = [
        (entry.live_name, deed.run)
        for each, deed, entry in answers.deeds(archive)
        if (each.target, deed.address, deed.content) == (target, address, found)
    ]
    ended = [(name, run) for name, run in told if run and run.ending and run.ending.status == "Completed"]
    return (ended or told or [("", None)])[-1]


def side(archive: Archive, target: str, address: str, found: Content | None) -> dict[str, Any] | None:
    if found is None:
        return None
    name, run = best(archive, target, address, found)
    return {
        "live_name": name,
        "status": run.ending.status if run and run.ending else "",
        "known_from": "ledger" if name else "",
    }


def fields(address: str, before: Content, after: Content) -> set[str]:
    """The fields of a job that differ."""
    pairs = zip(DECIDES[address], before, after, strict=True)
    return {FIELDS.get(name, "inputs.value") for name, one, other in pairs if one != other}


def losses(archive: Archive, target: str, address: str, *contents: Content | None) -> list[float | None]:
    runs = [best(archive, target, address, each)[1] if each else None for each in contents]
    return [run.ending.loss if run and run.ending else None for run in runs]


@pytest.mark.parametrize("target", TARGETS)
def test_of_what_was_applied_one_after_the_other(aml: Asking, archive: Archive, target: str) -> None:
    commits = applied(archive, target)
    assert len(commits) > 3
    for base, head in pairwise(commits):
        one, other = (archive.year.commits[each].knobs for each in (base, head))
        told = aml.json("diff", f"{archive.ids[base]}..{archive.ids[head]}", "-t", target, "--offline", said=None)
        jobs = {job["address"]: job for job in told["jobs"]}
        for address in (each for each in DECIDES if each.startswith("job/")):
            before, after = content(one, address), content(other, address)
            if before is None and after is None:
                assert address not in jobs
                continue
            check(archive, jobs[address], target, before, after)


def check(archive: Archive, job: dict[str, Any], target: str, before: Content | None, after: Content | None) -> None:
    """One job at both commits."""
    address = job["address"]
    for name, found in (("base", before), ("head", after)):
        right = side(archive, target, address, found)
        assert right == (job[name] and {each: job[name][each] for each in right or {}})
    loss = losses(archive, target, address, before, after)
    assert [(each["before"], each["after"]) for each in job["metrics"]] == ([tuple(loss)] if loss != [None] * 2 else [])
    if before is None or after is None:
        assert job["change"] == ("added" if after else "removed")
        return
    assert job["change"] == ("same" if before == after else "changed")
    differing = fields(address, before, after)
    assert {name for name in differing if any(each["field"].startswith(name) for each in job["spec"])} == differing
    assert all(each["field"].startswith((*differing, "packages.")) for each in job["spec"])
    # The environment is a conda file with one package that changes.
    assert any(each["field"].startswith("packages.") for each in job["spec"]) == ("environment" in differing)
    values = [("value", str(before[0]), str(after[0]))] if before[0] != after[0] and None not in loss else []
    assert [(each["name"], each["before"], each["after"]) for each in job["parameters"]] == values


def test_of_a_commit_that_is_gone(aml: Asking, archive: Archive) -> None:
    """The ledger says what it was."""
    gone = next(each for each in archive.year.applies if each.commit not in archive.here and not each.dirty)
    revisions = f"{archive.ids[gone.commit]}..{archive.ids[archive.year.main]}"
    jobs = {job["address"]: job for job in aml.json("diff", revisions, "--offline", said=None)["jobs"]}
    told = [deed for deed in gone.deeds if deed.address.startswith("job/")]
    assert told
    for deed in told:
        right = side(archive, gone.target, deed.address, deed.content)
        assert right == {name: jobs[deed.address]["base"][name] for name in right or {}}
