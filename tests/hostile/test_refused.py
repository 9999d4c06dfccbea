"""One line for each thing that is wrong, exit 1, nothing sent. What is said stands in `said.yml`."""

from pathlib import Path

import pytest
import yaml

from tests.hostile import meanings, places, texts
from tests.hostile.conftest import Done, Victim
from tests.hostile.rows import Row

ROWS = {**texts.ROWS, **places.ROWS, **meanings.ROWS}
SAID: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "said.yml").read_text("utf-8"))
# A template is stopped after 2 s of processor time; all else takes a tenth of that.
SECONDS, MEGABYTES = 10, 400


def rows() -> list[object]:
    """The table, for pytest."""
    return [pytest.param(name, marks=pytest.mark.slow if row.slow else (), id=name) for name, row in ROWS.items()]


def test_the_tables_belong_together() -> None:
    assert len(ROWS) == len(texts.ROWS) + len(places.ROWS) + len(meanings.ROWS)
    assert list(SAID) == list(ROWS)


@pytest.mark.parametrize("name", rows())
def test_refused(victim: Victim, note: list[Done], name: str) -> None:
    row: Row = ROWS[name]
    row.lay_out(victim.repo)
    done = victim.aml(*row.command)
    count = len(SAID[name])
    said = [*SAID[name], f"error: {count} {'error' if count == 1 else 'errors'} in the specs; nothing was sent"]
    assert (done.err.splitlines(), done.out, done.code) == (said, "", 1)
    assert not row.unsaid or row.unsaid not in done.err
    assert done.seconds < SECONDS
    assert done.megabytes < MEGABYTES
    note.append(done)
