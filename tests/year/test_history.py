"""Every answer of `aml history`, about a whole year."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.year import answers
from tests.year.archive import Archive
from tests.year.specs import DECIDES
from tests.year.workspace import MODEL

KEYS = [*DECIDES, MODEL]


def aml(archive: Archive, *arguments: str) -> str:
    command = [sys.executable, "-m", "runner", *arguments]
    done = subprocess.run(command, cwd=archive.root, capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr == ""
    return done.stdout


def history(archive: Archive, *arguments: str, keys: set[str] | None = None, **wanted: Any) -> None:
    """Asks, and holds the answer against the truth."""
    told = json.loads(aml(archive, "history", "--json", *arguments))["steps"]
    right = answers.history(archive, keys, **wanted)
    named = [{name: step["commit"][name] for name in right[0]["commit"]} for step in told]
    assert named == [step["commit"] for step in right]
    for one, other in zip(told, right, strict=True):
        pairs = zip(one["entries"], other["entries"], strict=True)
        assert [{name: entry[name] for name in true} for entry, true in pairs] == other["entries"]


def test_of_all(archive: Archive) -> None:
    history(archive)


@pytest.mark.parametrize("key", KEYS)
def test_of_each_resource(archive: Archive, key: str) -> None:
    history(archive, key, keys={key})
