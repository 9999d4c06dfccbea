"""GitHub's API through the real library: what is ours is found again, what is not is left alone."""

import dataclasses

import pytest

from runner.errors import ConfigError
from runner.github.client import Client, GitHubError
from runner.github.context import Context
from runner.github.story import marker
from tests.github.server import BOT, GitHub

MARK = marker("prod")
COMMIT = "a" * 40
PERSON = {"login": "eve", "type": "User", "id": 2}


def test_one_comment_that_is_updated_in_place(hub: GitHub, ours: Context) -> None:
    client = Client(ours, pause=0)
    url = client.write_comment(7, MARK, f"{MARK}\nplanned")
    assert client.write_comment(7, MARK, f"{MARK}\nfinished") == url
    client.write_comment(7, marker("other"), f"{marker('other')}\nplanned")
    assert hub.bodies(7) == [f"{MARK}\nfinished", f"{marker('other')}\nplanned"]
    client.write_comment(7, MARK, f"{MARK}\nfinished")
    assert [each for each in hub.writes if each.startswith("PATCH")] == ["PATCH /issues/comments/101"]


def test_who_copies_our_marker_does_not_get_our_words(hub: GitHub, ours: Context) -> None:
    hub.comment_of(7, f"{MARK}\nmine", PERSON)
    client = Client(ours, pause=0)
    assert client.comment(7, MARK) is None
    client.write_comment(7, MARK, f"{MARK}\nours")
    assert hub.bodies(7) == [f"{MARK}\nmine", f"{MARK}\nours"]


def test_nor_does_a_bot_that_quotes_it(hub: GitHub, ours: Context) -> None:
    hub.comment_of(7, f"@eve wrote:\n{MARK}\nmine", BOT)
    Client(ours, pause=0).write_comment(7, MARK, f"{MARK}\nours")
    assert hub.bodies(7) == [f"@eve wrote:\n{MARK}\nmine", f"{MARK}\nours"]


def test_ours_is_found_behind_many_others(hub: GitHub, ours: Context) -> None:
    for number in range(250):
        hub.comment_of(7, f"talk {number}", PERSON)
    hub.comment_of(7, f"{MARK}\nours", BOT)
    found = Client(ours, pause=0).comment(7, MARK)
    assert found
    assert found.body == f"{MARK}\nours"


def test_a_status_fits(hub: GitHub, ours: Context) -> None:
    Client(ours, pause=0).status(COMMIT, "aml/prod", "failure", "x" * 500, "")
    assert hub.states(COMMIT) == [("aml/prod", "failure")]
    assert len(hub.statuses[0]["description"]) == 140


def test_the_pull_request_that_a_commit_came_from(hub: GitHub, ours: Context) -> None:
    hub.open_pull(7, "b" * 40)
    hub.open_pull(8, "c" * 40)
    hub.merge(8, COMMIT)
    assert Client(ours, pause=0).pull_requests_of(COMMIT) == [8]
    assert Client(ours, pause=0).touched(5) == [(8, {"c" * 40, COMMIT}), (7, {"b" * 40})]


def test_who_approved(hub: GitHub, ours: Context) -> None:
    def person(name: str) -> dict[str, object]:
        return {"login": name, "type": "User"}

    assert Client(ours, pause=0).approvers(7) == ()
    said = {
        "bob": ["CHANGES_REQUESTED", "APPROVED", "COMMENTED", "PENDING"],
        "ada": ["COMMENTED", "APPROVED"],
        "eve": ["APPROVED", "CHANGES_REQUESTED"],
        "mallory": ["APPROVED", "DISMISSED"],
        "trent": ["COMMENTED"],
    }
    for name, states in said.items():
        for state in states:
            hub.review_of(7, state, person(name))
    hub.review_of(7, "APPROVED", None)
    assert Client(ours, pause=0).approvers(7) == ("ada", "bob")
    for _ in range(150):
        hub.review_of(7, "COMMENTED", person("trent"))
    hub.review_of(7, "CHANGES_REQUESTED", person("ada"))
    assert Client(ours, pause=0).approvers(7) == ("bob",), "on the second page, too"


def test_one_issue_that_is_opened_updated_and_closed(hub: GitHub, ours: Context) -> None:
    client = Client(ours, pause=0)
    client.open_issue("prod differs", MARK, f"{MARK}\none")
    client.open_issue("prod differs", MARK, f"{MARK}\ntwo")
    (issue,) = hub.issues.values()
    assert (issue["body"], issue["state"]) == (f"{MARK}\ntwo", "open")
    assert client.close_issue(MARK, "As it should be.")
    assert (issue["state"], hub.bodies(issue["number"])) == ("closed", ["As it should be."])
    assert client.close_issue(MARK, "As it should be.") == ""


@pytest.mark.parametrize(
    ("status", "advice"),
    [(403, "does the job have the permissions that docs/github.md lists?"), (404, "is the token for this repository?")],
)
def test_what_github_refuses_is_one_line(hub: GitHub, ours: Context, status: int, advice: str) -> None:
    hub.refuse = status
    with pytest.raises(GitHubError) as caught:
        Client(ours, pause=0).write_comment(7, MARK, MARK)
    said = "Resource not accessible by integration"
    assert str(caught.value) == f"GitHub: writing a comment on #7: {said} ({status}); {advice}"


def test_no_token(ours: Context) -> None:
    with pytest.raises(ConfigError, match="GITHUB_TOKEN is not set"):
        Client(dataclasses.replace(ours, token=""))
