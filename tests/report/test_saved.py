"""Saved plans: what is written, what is read, and what is refused."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runner import __version__
from runner.errors import ConfigError
from runner.model.live import LiveState
from runner.model.options import Options
from runner.model.plan import Action, Plan, Reason
from runner.model.resource import DesiredState
from runner.plan.planner import make_plan
from runner.report import saved
from tests.builders import JOB, ORIGIN, change, desired, key, live, plan, resource

CPU = resource("compute/cpu", {"type": "amlcompute", "max_instances": 2})
LAKE = resource("datastore/lake", {"type": "azure_blob", "credentials": {"account_key": "s3cret"}})
TRAIN = resource("job/train")
STATE = desired(CPU, LAKE, TRAIN)
OPTIONS = Options(("compute/*",), retry_failed=("job/*",), adopt=True, prune=True, allow_rollback=True)


def written(folder: Path, made: Plan, state: DesiredState = STATE, options: Options = OPTIONS) -> Path:
    """A plan in a file."""
    path = folder / "plan.json"
    path.write_text(saved.document(made, state, options, "place", "now"), "utf-8")
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, make_plan(STATE, LiveState()))
    found = saved.read(path)
    assert (found.file, found.options, found.target) == (str(path), OPTIONS, "local")
    assert saved.is_saved(path)
    saved.check_place(found, ORIGIN, "place")
    saved.check_same(found, make_plan(STATE, LiveState()), STATE)


def test_no_secret_decides_or_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, make_plan(STATE, LiveState()))
    assert "s3cret" not in path.read_text("utf-8")
    other = desired(CPU, resource("datastore/lake", LAKE.spec | {"credentials": {"account_key": "other"}}), TRAIN)
    saved.check_same(saved.read(path), make_plan(other, LiveState()), other)


@pytest.mark.parametrize(
    ("content", "expected"),
    [('{"a": 1}', True), ("{", True), ("name: cpu\n", False), ("", False), (None, False)],
)
def test_what_looks_like_a_saved_plan(tmp_path: Path, content: str | None, expected: bool) -> None:
    path = tmp_path / "word"
    if content is not None:
        path.write_text(content)
    assert saved.is_saved(path) is expected
    assert saved.is_saved(path.with_suffix(".json")), "no key ends like this"
    assert not saved.is_saved(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        "null",
        "{}",
        '{"checksum": "x"}',
        '{"checksum": "x", "options": {}}',
        '{"checksum": "x", "options": {"colour": 1}, "resource_changes": [], "described": {}}',
        '{"checksum": "x", "options": [], "resource_changes": [], "described": {}}',
        '{"checksum": "x", "options": {}, "resource_changes": [1], "described": {}}',
        '{"checksum": "x", "options": {}, "resource_changes": [{"action": "run"}], "described": {}}',
        '{"checksum": "x", "options": {}, "resource_changes": null, "described": {}}',
        "\xff",
    ],
)
def test_what_is_no_saved_plan(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"plan.json holds no saved plan: aml plan --out makes one"):
        saved.read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no saved plan: aml plan --out makes one"):
        saved.read(tmp_path / "plan.json")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tool_version": "9.9"}, f"was saved by version 9.9, this is {__version__}: plan again"),
        ({"commit": "d" * 40}, "was changed after it was saved: plan again"),
        ({"options": {"prune": False}}, "was changed after it was saved: plan again"),
        ({"more": 1}, "was changed after it was saved: plan again"),
    ],
)
def test_what_was_changed(tmp_path: Path, changes: Mapping[str, Any], message: str) -> None:
    path = written(tmp_path, make_plan(STATE, LiveState()))
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(ConfigError) as caught:
        saved.read(path)
    assert str(caught.value) == f"{path} {message}"


def test_another_layout_is_the_same_plan(tmp_path: Path) -> None:
    path = written(tmp_path, make_plan(STATE, LiveState()))
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items()))))
    saved.check_same(saved.read(path), make_plan(STATE, LiveState()), STATE)


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"project": "other"}, "place", "was made for project 'demo', this is 'other': plan again"),
        ({"target": "prod"}, "place", "was made for target 'local', this is 'prod': plan again"),
        ({"commit": "d" * 40}, "place", f"was made for commit {'c' * 12}, this is {'d' * 12}: plan again"),
        ({"commit": ""}, "place", f"was made for commit {'c' * 12}, this is None: plan again"),
        ({}, "elsewhere", "was made for another workspace: plan again"),
    ],
)
def test_another_place(tmp_path: Path, changes: Mapping[str, Any], place: str, message: str) -> None:
    path = written(tmp_path, make_plan(STATE, LiveState()))
    with pytest.raises(ConfigError) as caught:
        saved.check_place(saved.read(path), dataclasses.replace(ORIGIN, **changes), place)
    assert str(caught.value) == f"{path} {message}"


ONE = change("compute/a", Action.UPDATE, Reason("max_instances", 1, 2))
NONE = change("compute/a", Action.NO_OP)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([ONE], [NONE], "compute/a (update -> no-op)"),
        ([NONE], [ONE], "compute/a (no-op -> update)"),
        ([ONE], [], "compute/a (update -> no-op)"),
        ([ONE], [dataclasses.replace(ONE, action=Action.REPLACE)], "compute/a (update -> replace)"),
        ([ONE], [dataclasses.replace(ONE, reasons=(Reason("max_instances", 0, 2),))], "compute/a (update -> update)"),
        ([ONE], [dataclasses.replace(ONE, withheld="left to main")], "compute/a (update -> update)"),
        ([ONE], [dataclasses.replace(ONE, removes=("a:1",))], "compute/a (update -> update)"),
        ([ONE], [dataclasses.replace(ONE, state="in sync, Failed")], ""),
        ([NONE], [dataclasses.replace(NONE, live_name="b", digest="e")], ""),
        (
            [],
            [change(f"data/{name}", Action.CREATE) for name in "abcdefg"],
            ", ".join(f"data/{name} (no-op -> create)" for name in "abcde") + " and 2 more",
        ),
    ],
)
def test_what_differs_is_named(tmp_path: Path, before: list[Any], after: list[Any], words: str) -> None:
    found = saved.read(written(tmp_path, plan(*before)))
    if not words:
        saved.check_same(found, plan(*after), STATE)
        return
    with pytest.raises(ConfigError) as caught:
        saved.check_same(found, plan(*after), STATE)
    assert str(caught.value) == f"{found.file} is stale: since it was made, these differ: {words}; plan again"


@pytest.mark.parametrize("field", ["description", "tags", "display_name", "experiment_name", "limits"])
def test_what_only_describes_a_change_is_compared(tmp_path: Path, field: str) -> None:
    value = {"limits": {"timeout": 9}, "tags": {"a": "b"}}.get(field, "x")
    other = desired(resource("job/train", JOB | {field: value}))
    before = desired(TRAIN)
    found = saved.read(written(tmp_path, make_plan(before, LiveState()), before))
    with pytest.raises(ConfigError, match=r"job/train \(run -> run\)"):
        saved.check_same(found, make_plan(other, LiveState()), other)
    settled = saved.read(written(tmp_path, make_plan(before, live(before)), before))
    saved.check_same(settled, make_plan(other, live(before)), other)  # nothing of it would be sent


def test_what_leaves_is_compared_by_what_goes(tmp_path: Path) -> None:
    one, two = (change("data/a", Action.DELETE, removes=removes) for removes in (("a:1",), ("a:1", "a:2")))
    found = saved.read(written(tmp_path, plan(one)))
    with pytest.raises(ConfigError, match="data/a"):
        saved.check_same(found, plan(two), STATE)
    assert key("data/a") not in {each.key for each in STATE.resources}
