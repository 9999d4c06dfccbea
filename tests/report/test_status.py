"""Where everything stands, as people read it."""

import pytest

from runner.model.live import Stray
from runner.model.plan import Action, Change, Reason
from runner.report import status
from tests.builders import change, key, plan

COMMIT = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (change("compute/a", Action.NO_OP), ["compute/a  in sync"]),
        (
            change("compute/a", Action.NO_OP, state="in sync, Failed", since=COMMIT),
            ["compute/a  in sync, Failed, from 0123456789"],
        ),
        (change("compute/a", Action.NO_OP, state="foreign"), ["compute/a  foreign"]),
        (change("compute/a", Action.CREATE), ["compute/a  not there yet"]),
        (
            change("compute/a", Action.UPDATE, Reason("max_instances", 1, 2), since=f"{COMMIT}-dirty"),
            ["compute/a  differs, from 0123456789", "  max_instances: 1 -> 2"],
        ),
        (
            change("compute/a", Action.REPLACE, Reason("size", "a", "b", forces_replacement=True)),
            ["compute/a  differs, and must be replaced", "  size: a -> b  # forces replacement"],
        ),
        (
            change("data/a", Action.DELETE, Reason("1", "active", "archived"), removes=("a:1",)),
            ["data/a  no spec asks for it", "  1: active -> archived"],
        ),
        (change("data/a", Action.ADOPT), ["data/a  not adopted yet"]),
        (change("job/a", Action.RUN, since=COMMIT), ["job/a  no run of this content"]),
    ],
)
def test_each_state(found: Change, lines: list[str]) -> None:
    assert [line.text for line in status.status(plan(found), {})] == lines


def test_a_run_and_its_commit() -> None:
    made = plan(change("job/a", Action.NO_OP, live_name="a-1", run_status="Completed", since=COMMIT))
    lines = status.status(made, {key("job/a"): {"status": "Completed", "metrics": {"loss": 0.5}}})
    assert [line.text for line in lines] == [
        "job/a  Completed",
        "  run      a-1",
        "  commit   0123456789",
        "  metrics  loss  0.5",
    ]


def test_what_nothing_explains() -> None:
    strays = [Stray("compute/odd", "no project made it"), Stray("data/old:1", "no spec asks for it any more")]
    lines = list(status.status(plan(change("compute/a", Action.NO_OP)), {}, strays))
    assert [line.text for line in lines] == [
        "compute/a  in sync",
        "",
        "Live, and not explained:",
        "  compute/odd  no project made it",
        "  data/old:1  no spec asks for it any more",
    ]
