"""The verification itself: which workspace it takes, what it reports, and that it leaves nothing behind."""

import pytest

from tests.contract.cleaning import KINDS, clean
from tests.contract.place import AZURE, Arm, Place, given
from tests.contract.report import Verdict, render
from tests.contract.test_computes import put as put_compute
from tests.contract.test_datastores import put as put_datastore
from tests.contract.test_environments import put as put_environment

NAMED = {"SUBSCRIPTION": "s", "RESOURCE_GROUP": "r", "WS_NAME": "w"}


def test_the_workspace_is_the_one_that_is_named() -> None:
    assert given({}) is None
    azure = given(NAMED)
    assert azure == Place("s", "r", "w", {}, paid=False)
    assert azure.arm == AZURE
    paid = given({**NAMED, "PAID": "1", "COMPUTE": "cpu"})
    assert paid == Place("s", "r", "w", {}, paid=True, compute="cpu")
    local = given({**NAMED, "ARM_CLOUD_METADATA_URL": "https://127.0.0.1:4/metadata/k/endpoints"})
    assert local is not None
    assert (local.arm, local.paid) == ("https://127.0.0.1:4", True)


def test_half_a_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="all of SUBSCRIPTION, RESOURCE_GROUP, WS_NAME"):
        given({"SUBSCRIPTION": "s", "WS_NAME": "w"})


def test_the_report() -> None:
    verdicts = [
        Verdict("a/holds", "It holds.", "holds"),
        Verdict("a/differs", "It differs.", "differs", "assert 200 == 409\n```"),
        Verdict("a/other", "It | was not tried.", "not tried", "403"),
    ]
    assert (
        render([("workspace", "`w`")], verdicts, ["jobs/x: 409"])
        == """\
# Our facts, held against a workspace

| | |
|---|---|
| workspace | `w` |

1 differs, 1 not tried, 1 holds.

## What differs

### a/differs

It differs.

```text
  assert 200 == 409
  ```
```

## What was not tried

| | the fact | why |
|---|---|---|
| a/other | It \\| was not tried. | 403 |

## What holds

| | the fact |  |
|---|---|---|
| a/holds | It holds. |  |

## What is left behind

- jobs/x: 409
"""
    )


@pytest.mark.e2e
def test_every_kind_is_removed_and_nothing_else(arm: Arm, name: str) -> None:
    """The prefix of this test is one of the run's own names."""
    with arm.place.entered():
        put_environment(arm, name).raise_for_status()
        put_environment(arm, f"{name}b").raise_for_status()
        put_environment(arm, f"other{name}").raise_for_status()
        put_compute(arm, name).raise_for_status()
        put_datastore(arm, name).raise_for_status()
        assert clean(arm, name) == []
        arm.until(lambda: not [found for kind in KINDS for found in arm.all(kind) if found["name"].startswith(name)])
        assert arm.get(f"environments/other{name}/versions/1")["name"] == "1"
        assert clean(arm, f"other{name}") == []


def test_every_fact_has_a_sentence(request: pytest.FixtureRequest) -> None:
    facts = [item for item in request.session.items if item.get_closest_marker("contract")]
    assert [item.name for item in facts if not (getattr(item, "obj", item).__doc__ or "").endswith(".")] == []
