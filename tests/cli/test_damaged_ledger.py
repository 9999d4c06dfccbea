"""A damaged ledger: what each command says of it, and that whatever can still be read is still there afterwards."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from runner.__main__ import run
from runner.cli.ledger import NONE
from runner.errors import GitError
from runner.git import notes
from runner.git.repository import Repository
from runner.model.ledger import line
from tests import damage
from tests.model.test_ledger import END, RUN
from tests.repositories import Repo, git

NO_LINE = "is no line of the ledger"
NOT_OURS = f"{notes.REF} is not what `git notes` makes: look at it, and rename or delete it"
NEXT = replace(RUN, id="9", at="2026-05-01T00:00:00+00:00", address="job/next", live_name="next-1")


@dataclass(frozen=True)
class Row:
    """What comes of a harm. `{at}` stands for the note on HEAD; a harm that is an `error` is one for every command."""

    harm: Callable[[Path], None]
    ids: str = "1 2 3"  # of the entries that are told
    damage: tuple[str, ...] = ()
    lacking: int = 0  # commits of theirs that are not in this clone
    error: str = ""
    refused: str = ""  # why the next apply cannot write there; it changes nothing then


ROWS = [
    Row(damage.missing, ids=""),
    Row(damage.truncated, ids="1 2", damage=(f"{{at}}, line 2: {NO_LINE}",)),
    Row(damage.foreign, damage=(f"{{at}}, line 3: {NO_LINE}",)),
    Row(damage.binary, damage=(f"{{at}}, line 3: {NO_LINE}",)),
    Row(damage.markers, damage=tuple(f"{{at}}, line {number}: {NO_LINE}" for number in (1, 4, 5))),
    Row(damage.conflict, damage=(f"{{at}}, line 3: {NO_LINE}",)),
    Row(
        damage.huge,
        ids="1",
        damage=("{at}: has more than 16,777,216 bytes",),
        refused=f"the {{at}} has more than 16,777,216 bytes: fetch all of {notes.REF}, or look at it",
    ),
    Row(
        damage.unreadable,
        ids="1",
        damage=("{at}: is not in this clone",),
        refused=f"the {{at}} is not in this clone: fetch all of {notes.REF}, or look at it",
    ),
    Row(damage.branch, error=NOT_OURS, refused=NOT_OURS),
    Row(damage.blob, error=NOT_OURS, refused=NOT_OURS),
    Row(damage.shallow, lacking=1),
]


@pytest.fixture
def project(repo: Repo) -> Repo:
    """A ledger of three entries on two commits; the note of the second has two of them."""
    repo.write("specs/project.yml", "version: 1\nproject: iris\n")
    first = repo.commit("first")
    second = repo.commit("second")
    later = [replace(END, commit=second), replace(RUN, id="3", commit=second, live_name="train-2", at=END.at)]
    notes.append(Repository(repo.root), {first: [line(replace(RUN, commit=first))], second: map(line, later)})
    return repo


def aml(project: Repo, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, list[str]]:
    """The exit code, what is on stdout, and the lines on stderr."""
    code = run(["-C", str(project.root), *words])
    out, err = capsys.readouterr()
    return code, out, err.splitlines()


def test_every_harm_has_a_row() -> None:
    assert {row.harm for row in ROWS} == {*damage.HARMS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.harm.__name__)
def test_what_is_said(project: Repo, row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    row.harm(project.root)
    at = f"note on {git(project.root, 'rev-parse', 'HEAD')[:12]}"
    damaged = [each.format(at=at) for each in row.damage]
    passed = [f"passed over: {each}" for each in damaged] if row.ids else [NONE]
    for words in (["history"], ["ledger", "export"], ["ledger", "verify"]):
        code, out, err = aml(project, capsys, *words)
        if row.error:
            assert (code, out, err) == (1, "", [f"error: {row.error}"])
        elif words[-1] == "verify":
            assert (code, err) == (1 if damaged else 0, [] if row.ids else [NONE])
            assert f"; not in this clone: {row.lacking}" in out.splitlines()[1]
            assert out.splitlines()[3:] == [f"damaged  {len(damaged)}", *damaged]
        else:
            assert (code, err) == (0, passed)
        if words[-1] == "export" and not row.error:
            assert [json.loads(each)["id"] for each in out.splitlines()] == row.ids.split()


def held(project: Repo) -> dict[str, bytes]:
    """The notes as git has them, as far as they are in this clone."""
    listed = git(project.root, "ls-tree", "-r", notes.REF).splitlines()
    blobs = {each.partition("\t")[2]: each.split()[2] for each in listed}
    objects = Repository(project.root).objects(blobs.values())
    return {path: objects[name][1] for path, name in blobs.items() if name in objects}


@pytest.mark.parametrize("row", [row for row in ROWS if not row.error], ids=lambda row: row.harm.__name__)
def test_nothing_is_lost_when_more_is_written(project: Repo, row: Row) -> None:
    """And what cannot be read keeps nobody from writing on other commits."""
    whole = git(project.root, "rev-parse", notes.REF)
    row.harm(project.root)
    before = held(project) if row.ids else {}
    head = git(project.root, "rev-parse", "HEAD")
    if row.refused:
        with pytest.raises(GitError) as caught:
            notes.append(Repository(project.root), {head: [line(NEXT)]})
        assert str(caught.value) == row.refused.format(at=f"note on {head[:12]}")
        assert held(project) == before
        head = project.commit("another")
    notes.append(Repository(project.root), {head: [line(NEXT)]})
    after = held(project)
    assert all(set(text.split(b"\n")) <= set(after[path].split(b"\n")) for path, text in before.items())
    assert line(NEXT).encode() in after[head].split(b"\n")
    if not row.ids:
        notes.merge(Repository(project.root), whole)
        assert sum(text.count(b"\n") for text in held(project).values()) == 4


@pytest.mark.parametrize("harm", [row.harm for row in ROWS if row.error])
def test_what_is_no_ledger_is_left_as_it_is(project: Repo, harm: Callable[[Path], None]) -> None:
    harm(project.root)
    before = git(project.root, "for-each-ref")
    with pytest.raises(GitError, match="is not what `git notes` makes"):
        notes.append(Repository(project.root), {"HEAD": [line(NEXT)]})
    assert git(project.root, "for-each-ref") == before
