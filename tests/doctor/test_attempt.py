"""What could not be read is a fact, too: why, and what the service said."""

import pytest

from runner.doctor.facts import Unread
from runner.doctor.read.attempt import attempt
from runner.errors import AmlError, GitError, ServiceError, SignInError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ServiceError("no", status=403, code="Forbidden"), Unread("no", 403, "Forbidden")),
        (SignInError("nobody", ("A: no", "B: no")), Unread("nobody; A: no; B: no", 401)),
        (GitError("no git"), Unread("no git")),
    ],
)
def test_why(error: AmlError, expected: Unread) -> None:
    def read() -> None:
        raise error

    assert attempt(read) == expected


def test_what_was_read() -> None:
    assert attempt(lambda: 1) == 1
