"""What somebody must insist on, and the flag that each refusal names."""

import dataclasses

import pytest

from runner.apply import guard
from runner.errors import ConfigError
from runner.model.plan import Action, Plan
from tests.builders import change, plan

REPLACE = change("compute/a", Action.REPLACE)
HARMLESS = plan(change("compute/a", Action.UPDATE), change("data/b", Action.DELETE), change("job/c", Action.RUN))
EMPTIES = dataclasses.replace(plan(change("compute/a", Action.DELETE)), empties=True)
RIGHT = "is this the right folder and branch"
WITHHELD = dataclasses.replace(change("compute/a", Action.UPDATE), withheld="left to main")


@pytest.mark.parametrize(
    ("made", "message", "flag"),
    [
        (
            plan(REPLACE),
            "compute/a would be deleted and made anew: --allow-replace lets it; nothing was sent",
            "replace",
        ),
        (
            plan(REPLACE, change("datastore/b", Action.REPLACE)),
            "compute/a, datastore/b would be deleted and made anew: --allow-replace lets it; nothing was sent",
            "replace",
        ),
        (
            EMPTIES,
            f"nothing that demo owns in local would be left; {RIGHT}? --allow-delete-all lets it; nothing was sent",
            "delete_all",
        ),
        (
            plan(WITHHELD),
            "all of it is left to main: apply it there, or --allow-rollback applies it from here",
            "",
        ),
    ],
)
def test_a_hazard_is_refused_until_its_flag_is_given(made: Plan, message: str, flag: str) -> None:
    for given in ("", "replace", "delete_all"):
        flags = {f"allow_{name}": name == given for name in ("replace", "delete_all")}
        if given and given == flag:
            guard.check(made, **flags)
            continue
        with pytest.raises(ConfigError) as caught:
            guard.check(made, **flags)
        assert str(caught.value) == message


@pytest.mark.parametrize(
    "made",
    [
        plan(),
        plan(change("compute/a", Action.NO_OP)),
        HARMLESS,
        plan(WITHHELD, change("job/c", Action.RUN)),
        plan(dataclasses.replace(REPLACE, withheld="left to main"), change("job/c", Action.RUN)),
    ],
)
def test_what_is_no_hazard_needs_none(made: Plan) -> None:
    guard.check(made, allow_replace=False, allow_delete_all=False)
