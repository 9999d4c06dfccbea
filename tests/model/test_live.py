"""What a run says of itself."""

import pytest

from runner.model.live import LiveRun
from runner.model.runs import SUPERSEDED
from tests.builders import resource, run_of


def test_a_run_of_ours() -> None:
    run = run_of(resource())
    assert (run.key, run.digest, run.commit) == ("job/train", resource().digest, "c" * 40)


def test_a_run_of_somebody_else() -> None:
    run = LiveRun("x", "Running")
    assert run.key == run.digest == run.commit == ""


@pytest.mark.parametrize(
    ("status", "tags", "expected"),
    [
        ("Canceled", {SUPERSEDED: "train-1"}, True),
        ("Canceled", {}, False),  # by a person
        # It came to an end of its own before it could be canceled: that end counts.
        ("Completed", {SUPERSEDED: "train-1"}, False),
        ("Failed", {SUPERSEDED: "train-1"}, False),
        ("CancelRequested", {SUPERSEDED: "train-1"}, False),
    ],
)
def test_superseded(status: str, tags: dict[str, str], *, expected: bool) -> None:
    assert run_of(resource(), status, tags=tags).superseded is expected
