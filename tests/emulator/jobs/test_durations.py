"""ISO durations as the SDK writes them."""

import pytest

from runner.emulator.errors import ServiceError
from runner.emulator.jobs.durations import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT120S", 120), ("PT1H30M", 5400), ("P1DT2S", 86402), ("PT0.5S", 0.5), ("PT0S", 0), (None, None), ("", None)],
)
def test_durations(text: str | None, expected: float | None) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["120", "PT", "P", "1H", "PT1X"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ServiceError, match="no duration"):
        seconds(text)
