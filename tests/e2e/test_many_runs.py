"""A pull request with 300 changed runs: one comment, which fits, for little of our own time."""

import pytest

from tests.bench import pull_request

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_three_hundred_changed_runs() -> None:
    told = pull_request.told(3)
    for each in told:
        (comment,) = each.comments
        assert len(comment.encode("utf-16-le")) // 2 <= 65_536
        assert "300 runs on `local`: planned" in comment
        assert [write.partition(" /")[2].partition("/")[0] for write in each.writes] == ["issues", "statuses"]
    assert min(each.seconds for each in told) < pull_request.GOAL
