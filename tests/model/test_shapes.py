"""Lines held against their dataclass: what pydantic says in its strict mode is right."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from runner.model.ledger import Entry, line
from runner.model.shapes import ShapeError, shaped
from tests.model.test_ledger import WHOLE

TOLD = json.loads(line(WHOLE))
RIGHT: TypeAdapter[Entry] = TypeAdapter(Entry)
SIMPLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SIMPLE, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=4)


def places(told: Any) -> list[str]:
    try:
        shaped(Entry, told)
    except ShapeError as error:
        return error.places
    return []


def right(told: Any) -> tuple[Entry | None, set[str]]:
    try:
        return RIGHT.validate_json(json.dumps(told), strict=True), set()
    except ValidationError as error:
        return None, {".".join(map(str, each["loc"])) for each in error.errors()}


@given(st.dictionaries(st.sampled_from(sorted(TOLD)), VALUES, min_size=1))
def test_other_values(changes: dict[str, Any]) -> None:
    told = TOLD | changes
    entry, wrong = right(told)
    assert set(places(told)) == wrong
    assert entry is None or shaped(Entry, told) == entry


@given(st.dictionaries(st.sampled_from(["status", "ended_at", "metrics", "parameters"]), VALUES, min_size=1))
def test_other_values_of_what_is_in_it(changes: dict[str, Any]) -> None:
    told = TOLD | {"run": changes}
    entry, wrong = right(told)
    assert set(places(told)) == wrong
    assert entry is None or shaped(Entry, told) == entry


@given(st.sets(st.sampled_from(sorted(TOLD))))
def test_what_is_missing(names: set[str]) -> None:
    told = {name: value for name, value in TOLD.items() if name not in names}
    assert set(places(told)) == right(told)[1]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "1" + "0" * 400])
def test_a_metric_that_is_no_number_is_none(number: str) -> None:
    told = json.loads(line(WHOLE).replace("0.25", number))
    run = shaped(Entry, told).run
    assert run
    assert run.metrics["loss"] is None


def test_no_object_and_half_a_character() -> None:
    for told in ([], "x", 1, None):
        with pytest.raises(ShapeError):
            shaped(Entry, told)
    assert places(TOLD | {"error": "\ud800"}) == ["error"]
    assert places(TOLD | {"parts": {"\ud800": "x"}}) == ["parts"]
