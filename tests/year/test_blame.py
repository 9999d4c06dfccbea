"""Answers of `aml blame`, about a whole year: runs, versions, and each model."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from runner.model.ledger import Entry
from tests.year import answers
from tests.year.archive import Archive
from tests.year.asking import Asking
from tests.year.operations import TARGETS
from tests.year.specs import files, sources, spec, uses
from tests.year.truth import Applied, Deed, Made

Told = tuple[Applied, Deed, Entry]


def made(archive: Archive, target: str, action: str) -> dict[str, Told]:
    """What was made on a target, by its name there; of several of one name the newest."""
    told = answers.deeds(archive)
    return {
        f"{deed.address.partition('/')[0]}/{entry.live_name}": (applied, deed, entry)
        for applied, deed, entry in told
        if applied.target == target and deed.action == action and deed.status == "done"
    }


def sample(archive: Archive, target: str) -> Iterator[tuple[str, Told]]:
    """Every third run, and all whose name is that of another one, too."""
    names = Counter(entry.live_name for _, deed, entry in answers.deeds(archive) if deed.action == "run")
    for number, (name, told) in enumerate(made(archive, target, "run").items()):
        if number % 3 == 0 or names[told[2].live_name] > 1:
            yield name, told


def check_commit(archive: Archive, told: dict[str, Any], applied: Applied) -> None:
    """Which commit it was, whose, and which pull request."""
    commit = archive.year.commits[applied.commit]
    here = applied.commit in archive.here
    assert told["entry"]["commit"] == archive.ids[applied.commit]
    assert (told["entry"]["actor"], told["entry"]["dirty"]) == (applied.actor, applied.dirty)
    assert told["pull_request"] == (applied.pull or (commit.pull if here else None))
    assert (told["commit"] or {}).get("subject") == (commit.subject if here else None)
    assert (told["commit"] or {}).get("author") == (commit.author if here else None)


def check_uses(archive: Archive, told: dict[str, Any], applied: Applied, deed: Deed, own: Entry) -> None:
    """What a run used, and which commit made that in the same workspace."""
    versions = made_before(archive, applied, own.workspace)
    found = {use["place"]: use for use in told["uses"]}
    assert found.keys() == uses(deed.address).keys()
    for place, address in uses(deed.address).items():
        kind, _, name = address.partition("/")
        content = {"environment/plain": deed.content[2], "data/numbers": deed.content[-1]}[address]
        maker, entry = versions[address, (content,)]
        assert found[place]["reference"] == f"{kind}/{entry.live_name}"
        assert found[place]["made"]["entry"]["commit"] == archive.ids[maker.commit]
        assert found[place]["made"]["entry"]["spec"].startswith(f"specs/{kind}")
        assert name in entry.live_name


def made_before(archive: Archive, applied: Applied, workspace: str) -> dict[tuple[str, Any], tuple[Applied, Any]]:
    """What made each version in a workspace last, at the time of an apply."""
    return {
        (deed.address, deed.content): (other, entry)
        for other, deed, entry in answers.deeds(archive)
        if (deed.action, entry.workspace) == ("create", workspace) and other.at <= applied.at
    }


@pytest.mark.parametrize("target", TARGETS)
def test_of_each_run(aml: Asking, archive: Archive, target: str) -> None:
    """Also of those that ran in a workspace that was deleted since, and of names that ran in both targets."""
    for name, (applied, deed, entry) in sample(archive, target):
        found = aml.json("blame", name, "-t", target, "--offline")
        told = found["lineage"]
        assert (told["name"], told["entry"]["id"]) == (entry.live_name, entry.id)
        assert told["entry"]["run"] == (deed.run and answers.outcome(deed.run))
        check_commit(archive, told, applied)
        check_uses(archive, told, applied, deed, entry)
        assert told["entry"]["sources"] == sources(deed.address)
        assert found["explained"] == explained(archive, applied, deed)
        assert told["became"] == list(became(archive, applied, deed))


def explained(archive: Archive, applied: Applied, deed: Deed) -> bool:
    """Whether a commit that is here has the content."""
    same = (
        each
        for each, other, _ in answers.deeds(archive)
        if (other.address, other.content) == (deed.address, deed.content)
    )
    return not applied.dirty and any(each.commit in archive.here for each in same)


def became(archive: Archive, applied: Applied, deed: Deed) -> Iterator[str]:
    """The models that a run became."""
    for other, model, entry in answers.deeds(archive):
        if model.action == "register" and model.run is deed.run and other.target == applied.target:
            yield entry.live_name


def test_of_each_model(aml: Asking, archive: Archive) -> None:
    for name, (applied, deed, _) in made(archive, "prod", "register").items():
        found = aml.json("blame", name, "--offline")["lineage"]
        check_commit(archive, found, applied)
        (began,) = (each for each in answers.deeds(archive) if each[1].run is deed.run and each[1].action == "run")
        assert found["origin"]["entry"]["id"] == began[2].id
        check_commit(archive, found["origin"], began[0])
        check_uses(archive, found["origin"], *began)


@pytest.mark.parametrize("target", TARGETS)
def test_of_each_version(aml: Asking, archive: Archive, target: str) -> None:
    versions = {name: each for name, each in made(archive, target, "create").items() if ":" in name}
    for name, (applied, deed, entry) in list(versions.items())[::2]:
        found = aml.json("blame", name, "-t", target, "--offline")["lineage"]
        assert found["entry"]["digest"] == entry.digest
        check_commit(archive, found, applied)
        users = {
            other.live_name
            for _, each, other in answers.deeds(archive)
            if each.action == "run" and f"{deed.address.partition('/')[0]}/{entry.live_name}" in other.uses.values()
        }
        assert set(found["used_by"]) == users


def test_of_each_job_its_newest_run(aml: Asking, archive: Archive) -> None:
    newest = {deed.address: entry for _, deed, entry in answers.deeds(archive) if deed.address.startswith("job/")}
    for address, entry in newest.items():
        assert aml.json("blame", address, "--offline")["lineage"]["name"] == entry.live_name


def test_the_commit_that_changed_it_last(aml: Asking, archive: Archive) -> None:
    """Its spec or code is unlike in all that it was made of, and like in what was applied."""
    for name, (applied, deed, _) in list(made(archive, "prod", "run").items())[::3]:
        changed = aml.json("blame", name, "-t", "prod", "--offline")["changed"]["id"]
        commit = archive.year.commits[archive.ids.index(changed)]
        held = sent(archive, commit, deed)
        assert held == sent(archive, archive.year.commits[applied.commit], deed)
        assert all(sent(archive, archive.year.commits[parent], deed) != held for parent in commit.parents)


def sent(archive: Archive, commit: Made, deed: Deed) -> dict[str, str]:
    """The spec and the code of a job in a commit."""
    whole = files(commit.knobs, archive.year.project)
    folders = (spec(deed.address), *(f"{path}/" for path in sources(deed.address).values()))
    return {path: text for path, text in whole.items() if path.startswith(folders)}
