"""GitHub's API, as little of it as is needed: comments, statuses, issues and pull requests, through PyGithub.

A comment or issue of ours begins with a hidden marker, and was written by us: anybody can write the marker, and a bot
may quote what somebody wrote.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from runner.errors import AmlError, ConfigError
from runner.github.context import Context

if TYPE_CHECKING:
    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest
    from github.Repository import Repository

_OPINIONS = {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}  # states of a review; the others are talk
_STATUS_WORDS = 140  # characters that GitHub keeps of a status


class GitHubError(AmlError):
    """GitHub did not do as it was asked."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of ours."""

    id: int
    body: str


class Client:
    """One repository, seen by whoever the token stands for. Raises GitHubError for what GitHub refuses.

    `pause` is the time between two writes, in seconds: GitHub asks for one.
    """

    def __init__(self, context: Context, *, pause: float = 1.0) -> None:
        try:
            import github
        except ImportError as error:
            raise ConfigError("this needs PyGithub: pip install 'aml-runner[github]'") from error
        if not context.token:
            raise ConfigError("GITHUB_TOKEN is not set: give it to the step under env:")
        self._context = context
        self._hub = github.Github(
            auth=github.Auth.Token(context.token),
            base_url=context.api_url,
            per_page=100,
            user_agent="aml-runner",
            lazy=True,
            seconds_between_requests=pause / 4,
            seconds_between_writes=pause,
        )
        self._repository: Repository | None = None

    @property
    def repository(self) -> "Repository":
        """The repository; asked for nothing by itself."""
        if self._repository is None:
            self._repository = self._hub.get_repo(self._context.repository)
        return self._repository

    def comment(self, number: int, marker: str) -> Comment | None:
        """Our comment with this marker on a pull request or issue; the first, should there be several."""
        with _told("reading comments"):
            found = self._find(number, marker)
        return Comment(found.id, found.body) if found else None

    def write_comment(self, number: int, marker: str, body: str) -> str:
        """Writes our comment with this marker, in place of what it said before; the URL."""
        with _told(f"writing a comment on #{number}"):
            found = self._find(number, marker)
            if found is None:
                return str(self.repository.get_issue(number).create_comment(body).html_url)
            if found.body != body:
                found.edit(body)
            return str(found.html_url)

    def _find(self, number: int, marker: str) -> "IssueComment | None":
        comments = self.repository.get_issue(number).get_comments()
        return next((each for each in comments if _is_ours(each, marker)), None)

    def status(self, commit: str, name: str, state: str, words: str, url: str) -> None:
        """Sets a commit's status: `state` is pending, success, failure or error."""
        with _told(f"setting the status of {commit[:12]}"):
            self.repository.get_commit(commit).create_status(
                state=state, target_url=url or _unset(), description=words[:_STATUS_WORDS], context=name
            )

    def pull_requests_of(self, commit: str) -> list[int]:
        """The merged pull requests that brought a commit."""
        with _told(f"looking up the pull request of {commit[:12]}"):
            pulls: Iterable[PullRequest] = self.repository.get_commit(commit).get_pulls()
            return [pull.number for pull in pulls if pull.merged_at]

    def approvers(self, number: int) -> tuple[str, ...]:
        """Those whose last word on a pull request is an approval that nobody dismissed, sorted."""
        with _told(f"reading the reviews of #{number}"):
            reviews = self.repository.get_pull(number).get_reviews()
            # In the order of time. A comment takes nothing back, and who deleted the account has no name.
            last = {each.user.login: each.state for each in reviews if each.user and each.state in _OPINIONS}
        return tuple(sorted(name for name, state in last.items() if state == "APPROVED"))

    def touched(self, most: int) -> list[tuple[int, frozenset[str]]]:
        """The pull requests that were changed last: their numbers, and the commits that each is, its merge's too."""
        with _told("listing pull requests"):
            pulls: Iterable[PullRequest] = self.repository.get_pulls(state="all", sort="updated", direction="desc")
            return [
                (pull.number, frozenset(filter(None, (pull.head.sha, pull.merge_commit_sha))))
                for pull in islice(pulls, most)
            ]

    def open_issue(self, title: str, marker: str, body: str) -> str:
        """Opens our issue with this marker, or brings the open one up to date; its URL."""
        with _told("writing an issue"):
            found = self._issue(marker)
            if found is None:
                return str(self.repository.create_issue(title=title, body=body).html_url)
            if (found.title, found.body) != (title, body):
                found.edit(title=title, body=body)
            return str(found.html_url)

    def close_issue(self, marker: str, words: str) -> str:
        """Closes our open issue with this marker, if there is one; its URL."""
        with _told("closing an issue"):
            found = self._issue(marker)
            if found is None:
                return ""
            found.create_comment(words)
            found.edit(state="closed", state_reason="completed")
            return str(found.html_url)

    def _issue(self, marker: str) -> Any:
        found = self.repository.get_issues(state="open")
        return next((each for each in found if _is_ours(each, marker)), None)


def _is_ours(thing: Any, marker: str) -> bool:
    if not (thing.body or "").startswith(marker):
        return False
    # The token of a workflow, and every App's, writes as a bot. A person's token is for trying things out.
    return str(thing.user.type) == "Bot" or str(getattr(thing, "author_association", "")) == "OWNER"


def _unset() -> Any:
    from github.GithubObject import NotSet

    return NotSet


@contextmanager
def _told(doing: str) -> Iterator[None]:
    from github import GithubException
    from requests import RequestException

    try:
        yield
    except GithubException as error:
        said = error.data.get("message") if isinstance(error.data, dict) else ""
        raise GitHubError(f"GitHub: {doing}: {said or error.status} ({error.status}){_advice(error.status)}") from error
    except RequestException as error:
        raise GitHubError(f"GitHub: {doing}: {type(error).__name__}: no answer") from error


def _advice(status: int) -> str:
    if status in {401, 403}:
        return "; does the job have the permissions that docs/github.md lists?"
    return "; is the token for this repository?" if status == 404 else ""
