"""Only stated fields are compared, and what the service does not return is not held against it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.plan import Reason
from runner.plan.compare import differences


@pytest.mark.parametrize(
    ("spec", "live", "expected"),
    [
        ({"size": "A"}, {"size": "a"}, []),
        ({"tier": "lowpriority"}, {"tier": "low_priority"}, []),
        ({"tier": "LowPriority"}, {"tier": "dedicated"}, [Reason("tier", "dedicated", "LowPriority")]),
        ({"description": "A"}, {"description": "a"}, [Reason("description", "a", "A")]),
        ({"size": "A"}, {}, []),
        ({}, {"size": "A"}, []),
        ({"name": "a", "version": "1", "$schema": "x"}, {"name": "b", "version": "2"}, []),
        ({"tags": {"a": "1"}}, {"tags": {"a": "1", "b": "2"}}, []),
        ({"tags": {"b": "1", "a": "2"}}, {}, [Reason("tags.a", None, "2"), Reason("tags.b", None, "1")]),
        ({"tags": None}, {"tags": {"a": "1"}}, []),
        ({"description": "A"}, {"description": ""}, [Reason("description", None, "A")]),
        ({"max_instances": 0}, {"max_instances": 4}, [Reason("max_instances", 4, 0)]),
    ],
)
def test_differences(spec: dict[str, Any], live: dict[str, Any], expected: list[Reason]) -> None:
    assert list(differences(spec, live)) == expected


@given(st.dictionaries(st.text(), st.integers() | st.text()).filter(lambda spec: "tags" not in spec))
def test_nothing_differs_from_itself(spec: dict[str, Any]) -> None:
    assert differences(spec, spec) == ()
