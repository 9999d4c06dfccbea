"""Versions and live names."""

from typing import Any

import pytest

from runner.model.rules import Settings
from tests.builders import desired, resource


@pytest.mark.parametrize(("stated", "version"), [("1.10", "1.10"), (3, "3"), (0, "0")])
def test_a_stated_version_stands(stated: Any, version: str) -> None:
    assert resource("data/iris", {"path": "x", "version": stated}).version == version


@pytest.mark.parametrize("spec", [{"path": "x"}, {"path": "x", "version": None}])
def test_else_it_follows_from_the_content(spec: dict[str, Any]) -> None:
    own = resource("data/iris", spec)
    assert own.version == f"c{own.digest[:12]}"


def test_live_names() -> None:
    job, data, compute = resource(), resource("data/iris", {"path": "x", "version": "2"}), resource("compute/cpu")
    state = desired(job, data, compute)
    assert state.live_name(compute) == "cpu"
    assert state.live_name(data) == "iris:2"
    assert state.live_name(job).startswith("train-")
    assert state.live_name(job, 3) == f"{state.live_name(job)}-a3"


def test_a_rerun_has_a_name_of_its_own() -> None:
    once, again = resource(), resource(settings=Settings(rerun=2))
    assert desired(again).live_name(again) == f"{desired(once).live_name(once)}-r2"
    assert desired(again).live_name(again, 3) == f"{desired(once).live_name(once)}-r2-a3"
