"""What a commit says of itself."""

import pytest

from runner.model.commits import Commit

SUBJECTS = [
    ("Merge pull request #12 from ada/lower-rate", 12),
    ("Try a lower rate (#7)", 7),
    ("Try a lower rate (#7) again", 7),
    ('Revert "Try a lower rate (#7)"', None),
    ('Revert "Try a lower rate (#7)" (#9)', 9),
    ('Revert "Revert "Try a lower rate (#7)""', None),
    ("Mend #7", None),
    ("", None),
]


@pytest.mark.parametrize(("subject", "number"), SUBJECTS)
def test_the_pull_request_that_it_came_from(subject: str, number: int | None) -> None:
    assert Commit("c", subject=subject).pull_request == number


def test_those_who_approved_it() -> None:
    body = "Why.\n\nReviewed-by: Grace <grace@example.com>\nSigned-off-by: Ada <a@b.c>\napproved-by: Alan Turing\n"
    assert Commit("c", body=body).approved_by == ("Grace", "Alan Turing")
    assert Commit("c", body="Reviewed-by: nobody, really\n\nThe end.").approved_by == ()
