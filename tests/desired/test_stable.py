"""A digest is a matter of content alone: not of layout, place, process or language. And all of the content counts."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.desired import load, project, resolve
from runner.model.content import deciding
from runner.model.digest import digest
from runner.model.keys import Kind
from tests.desired.conftest import ACCEPTED, Specs

# As the page "Content decides" has it, for jobs and what they are made of.
LEFT_OUT = {"$schema", "name", "version", "description", "tags", "display_name", "experiment_name", "queue_settings"}
LEFT_OUT |= {"services", "comment"}
# Below these, people choose the names.
CHOSEN = {"inputs", "outputs", "jobs", "search_space", "tags", "environment_variables", "properties"}


def digests(root: Path) -> dict[str, str]:
    found = project.find(root)
    return {str(each.key): each.digest for each in resolve.resolve(found, load.load_project(found), "local").resources}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The accepted project outside git, to be written over."""
    return Path(shutil.copytree(ACCEPTED, tmp_path_factory.mktemp("copied") / "project"))


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    return digests(ACCEPTED)


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    order.shuffle(names)
    return {name: shuffled(value[name], order) for name in names}


def with_comments(text: str, order: random.Random) -> str:
    """The text with some lines of comment and some empty ones; nothing in it spans lines but collections."""
    return "".join(f"{order.choice(['', '# words: [{', '   '])}\n{line}\n" for line in text.splitlines())


@settings(max_examples=10)
@given(seed=st.integers())
def test_key_order_comments_and_layout(copied: Path, expected: dict[str, str], seed: int) -> None:
    order = random.Random(seed)  # noqa: S311 - a shuffle, no secret
    for path in sorted(ACCEPTED.rglob("specs/**/*.yml")):
        value = shuffled(yaml.safe_load(path.read_text("utf-8")), order)
        text = yaml.safe_dump(value, sort_keys=False, default_flow_style=order.choice([True, False, None]), width=1000)
        (copied / path.relative_to(ACCEPTED)).write_text(with_comments(text, order))
    assert digests(copied) == expected


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "4294967295", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0", "PYTHONOPTIMIZE": "1"},
    ],
    ids=lambda variables: variables["LC_ALL"],
)
def test_process_language_and_place(accepted: Specs, expected: dict[str, str], variables: dict[str, str]) -> None:
    code = "import sys, json, pathlib; from tests.desired.test_stable import digests; "
    code += "print(json.dumps(digests(pathlib.Path(sys.argv[1]))))"
    command = [sys.executable, "-c", code, str(accepted.root)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=os.environ | variables, capture_output=True, text=True, check=True)
    assert yaml.safe_load(done.stdout) == expected


def leaves(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Any = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    if not items:
        yield at
    for step, item in items:
        yield from leaves(item, (*at, step))


def altered(value: Any, at: tuple[str | int, ...]) -> Any:
    if not at:
        return not value if isinstance(value, bool) else f"{value}x" if isinstance(value, str) else (value or 0) + 1
    copy = value.copy()
    copy[at[0]] = altered(value[at[0]], at[1:])
    return copy


def documents() -> list[tuple[str, Kind]]:
    found = [(path, Kind.JOB if path.parent.name == "jobs" else Kind.COMPONENT) for path in ACCEPTED.rglob("*.yml")]
    chosen = [(path.relative_to(ACCEPTED).as_posix(), kind) for path, kind in found]
    return sorted(item for item in chosen if item[0].startswith(("specs/jobs/", "specs/components/")))


def is_left_out(place: tuple[str | int, ...]) -> bool:
    """Whether a field only describes or handles: its name says so where no person chose the name."""
    own = [step for before, step in zip(("", *place), place, strict=False) if before not in CHOSEN]
    return any(step in LEFT_OUT for step in own)


@pytest.mark.parametrize(("name", "kind"), documents())
def test_every_field_counts(name: str, kind: Kind) -> None:
    value = yaml.safe_load((ACCEPTED / name).read_text("utf-8"))
    before = digest(kind, deciding(kind, value))
    for place in leaves(value):
        after = digest(kind, deciding(kind, altered(value, place)))
        assert (after == before) is is_left_out(place), place
