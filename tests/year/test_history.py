"""Every answer of `aml history`, about a whole year."""

import csv
import io
import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.git import notes
from tests.repositories import git
from tests.year import answers
from tests.year.archive import Archive
from tests.year.asking import Asking
from tests.year.operations import TARGETS
from tests.year.specs import DECIDES
from tests.year.workspace import MODEL

NOTHING = "nothing of that was applied, as far as the ledger knows\n"
KEYS = [*DECIDES, MODEL]
SINCE = [datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 7, 9, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]


def compare(told: list[answers.Step], right: list[answers.Step]) -> None:
    """Holds the steps of an answer against the right ones, which say less of each entry."""
    assert [step["commit"] for step in told] == [step["commit"] for step in right]
    for one, other in zip(told, right, strict=True):
        pairs = zip(one["entries"], other["entries"], strict=True)
        assert [{name: entry[name] for name in true} for entry, true in pairs] == other["entries"]


def history(aml: Asking, archive: Archive, *arguments: str, keys: set[str] | None = None, **wanted: Any) -> None:
    right = answers.history(archive, keys, **wanted)
    compare(aml.json("history", *arguments, said="" if right else NOTHING)["steps"], right)


def test_of_all(aml: Asking, archive: Archive) -> None:
    compare(json.loads(aml.process("history", "--json"))["steps"], answers.history(archive))


@pytest.mark.parametrize("key", KEYS)
def test_of_each_resource(aml: Asking, archive: Archive, key: str) -> None:
    history(aml, archive, key, keys={key})


def test_of_patterns(aml: Asking, archive: Archive) -> None:
    jobs = {key for key in KEYS if key.startswith("job/")}
    history(aml, archive, "job/*", keys=jobs)
    history(aml, archive, "t*", keys={"job/train", "job/tune"})


@pytest.mark.parametrize("target", TARGETS)
def test_of_each_target(aml: Asking, archive: Archive, target: str) -> None:
    history(aml, archive, "-t", target, target=target)
    history(aml, archive, "-t", target, "job/train", target=target, keys={"job/train"})


@pytest.mark.parametrize("since", SINCE)
def test_from_a_day_on(aml: Asking, archive: Archive, since: datetime) -> None:
    day = f"--since={since:%Y-%m-%d}"
    history(aml, archive, day, since=since)
    history(aml, archive, day, "job/train", since=since, keys={"job/train"})
    history(aml, archive, day, "job/train", "-t", "prod", since=since, keys={"job/train"}, target="prod")


def test_of_each_commit_that_was_applied(aml: Asking, archive: Archive) -> None:
    whole = {step["commit"]["id"]: step for step in answers.history(archive)}
    gone = [archive.ids[each.commit] for each in archive.year.applies if each.commit not in archive.here]
    assert gone, "commits that are in no clone any more"
    for name in [*gone, archive.ids[archive.year.applies[0].commit]]:
        compare(aml.json("history", f"--commit={name[:12]}")["steps"], [whole[name]])


def test_as_a_table(aml: Asking, archive: Archive) -> None:
    rows = list(csv.DictReader(io.StringIO(aml("history", "--csv"))))
    entries = [entry for step in answers.history(archive) for entry in step["entries"]]
    for row, entry in zip(rows, entries, strict=True):
        run = entry["run"] or {"status": "", "metrics": {"loss": ""}, "parameters": {"value": ""}}
        for name in ("at", "address", "action", "status", "live_name", "digest", "actor", "ref", "error"):
            assert row[name] == entry[name]
        assert row["pull_request"] == str(entry["pull_request"] or "")
        found = row["run.status"], row["metrics.loss"], row["parameters.value"]
        assert found == (run["status"], str(run["metrics"]["loss"]), run["parameters"]["value"])


@pytest.mark.parametrize("key", ["job/train", "job/score"])
def test_for_people(aml: Asking, archive: Archive, key: str) -> None:
    steps = answers.history(archive, {key})
    heads = [f"{step['commit']['id'][:10]}  " for step in reversed(steps)]
    shown = aml("history", key).splitlines()
    assert [line[:12] for line in shown if line[:1] != " " and not line.startswith(key) and line] == heads
    assert max(map(len, shown)) <= 80
    runs = [entry["run"] for step in steps for entry in step["entries"] if entry["run"]]
    runs = sorted({run["ended_at"]: run for run in runs}.values(), key=lambda run: run["created_at"])
    name, bars, last = shown[-1].rsplit("  ", 2)
    assert (name, len(bars)) == (f"{key} loss", min(len(runs), 40))
    assert last == f"{runs[-1]['metrics']['loss']:.4g}"
    rows = aml("history", key, "--format", "markdown").splitlines()
    lines = sum(max(len(step["entries"]), 1) for step in steps)
    assert rows[-1] == f"| `{name}` | {bars} | {last} |"
    assert len(list(itertools.takewhile(bool, rows))) == 2 + lines


def test_the_ledger_itself(aml: Asking, archive: Archive) -> None:
    """Two clones pushed at once, some lines with commits that were gone already: all of them are there."""
    lines = [entry for entries in archive.lines for entry in entries]
    exported = [json.loads(line) for line in aml("ledger", "export").splitlines()]
    assert {line["id"] for line in exported} == {entry.id for entry in lines}
    assert len(exported) == len(lines)
    commits = {applied.commit for applied in archive.year.applies if applied.deeds}
    ended = sum(run.ending is not None for run in archive.year.runs())
    assert aml("ledger", "verify").splitlines() == [
        f"entries  {len(lines)}",
        f"commits  {len(commits)}; not in this clone: {len(commits - archive.here)}",
        f"runs     {ended} that are over; how they ended is not known: {len(list(archive.year.runs())) - ended}",
        "damaged  0",
    ]


def test_in_a_shallow_clone(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    shallow = archive.folder / "shallow"
    git(archive.folder, "clone", "-q", "--depth=1", archive.origin.as_uri(), shallow.name)
    git(shallow, "fetch", "-q", "origin", f"{notes.REF}:{notes.REF}")
    told = Asking(shallow, capsys).json("history")["steps"]
    right = answers.history(archive)
    assert [step["commit"]["id"] for step in told] == [step["commit"]["id"] for step in right]
    assert [[entry["at"] for entry in step["entries"]] for step in told] == [
        [entry["at"] for entry in step["entries"]] for step in right
    ]
