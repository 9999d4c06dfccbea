"""What is fine is fine: exit 0, it means what it says, and it steers no terminal and no log."""

import json

import pytest
import yaml

from runner.report.lines import inert
from tests.hostile.accepted import EVIL, ROWS, fine
from tests.hostile.conftest import Victim
from tests.hostile.rows import PROJECT

ALL = {**ROWS, **{name: fine(f"description: {json.dumps(text)}\n", description=text) for name, text in EVIL.items()}}


@pytest.mark.parametrize("name", ALL)
def test_accepted(victim: Victim, name: str) -> None:
    row = ALL[name]
    victim.repo.write("specs/project.yml", PROJECT)
    victim.repo.write(row.file, row.text)
    done = victim.aml("validate")
    assert (done.code, done.out, done.err) == (0, "1 spec is valid.\n", "")
    rendered = victim.aml("render")
    assert (rendered.code, rendered.err) == (0, "")
    found = yaml.safe_load(rendered.out)
    assert {field: found[field] for field in row.means} == dict(row.means)
    for line in rendered.out.split("\n"):
        assert line == inert(line)
        assert not line.lstrip().startswith("::"), "a command to GitHub Actions"
