"""GitHub's API as far as we use it, on loopback: real HTTP, real paging, and a record of what was written."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "flowers/iris"
BOT = {"login": "github-actions[bot]", "type": "Bot", "id": 1}
TOKEN = "ghs_token"
_ROOT = f"/repos/{REPOSITORY}"


@dataclass
class GitHub:
    """One repository: pull requests and issues share their numbers, as they do there."""

    url: str = ""
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)  # "POST /repos/..." in order
    refuse: int = 0  # a status that every request gets
    locked: set[int] = field(default_factory=set)  # pull requests whose comments stay as they are
    private: set[int] = field(default_factory=set)  # pull requests whose reviews nobody reads
    _next: int = 100

    def open_pull(self, number: int, head: str) -> None:
        """There is a pull request."""
        made = {"number": number, "head": {"sha": head}, "merged_at": None, "merge_commit_sha": None}
        self.pulls[number] = {**made, "state": "open"}

    def merge(self, number: int, commit: str) -> None:
        """It was merged by this commit."""
        self.pulls[number] |= {"merged_at": "2026-11-26T12:00:00Z", "state": "closed", "merge_commit_sha": commit}

    def comment_of(self, number: int, text: str, user: dict[str, Any]) -> None:
        """Somebody wrote a comment."""
        self._add_comment(number, text, user)

    def review_of(self, number: int, state: str, user: dict[str, Any] | None) -> None:
        """Somebody reviewed it; without a user it was an account that is gone."""
        self.reviews.setdefault(number, []).append({"id": self.number(), "state": state, "user": user})

    def bodies(self, number: int) -> list[str]:
        """The comments on a pull request or issue."""
        return [each["body"] for each in self.comments.get(number, [])]

    def states(self, commit: str) -> list[tuple[str, str]]:
        """The statuses of a commit in the order in which they were set: name and state."""
        return [(each["context"], each["state"]) for each in self.statuses if each["sha"] == commit]

    def number(self) -> int:
        """A number that was not given yet."""
        self._next += 1
        return self._next

    def _add_comment(self, number: int, text: str, user: dict[str, Any]) -> dict[str, Any]:
        made = {"id": self.number(), "body": text, "user": user, "author_association": "NONE"}
        made |= {
            "url": f"{self.url}{_ROOT}/issues/comments/{made['id']}",
            "html_url": f"https://github.com/c/{made['id']}",
        }
        self.comments.setdefault(number, []).append(made)
        return made

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """The reply to one request: a status and what is sent as JSON."""
        if method != "GET":
            self.writes.append(f"{method} {path.removeprefix(_ROOT)}")
        for (verb, pattern), handle in _ROUTES.items():
            found = re.fullmatch(_ROOT + pattern, path)
            if found and verb == method:
                return handle(self, query, body, *found.groups())
        return 404, {"message": "Not Found"}


Handler = Callable[..., tuple[int, Any]]


def _comments(hub: GitHub, _: Any, __: Any, number: str) -> tuple[int, Any]:
    return 200, hub.comments.get(int(number), [])


def _comment(hub: GitHub, _: Any, body: Any, number: str) -> tuple[int, Any]:
    return 201, hub._add_comment(int(number), body["body"], BOT)


def _edit_comment(hub: GitHub, _: Any, body: Any, which: str) -> tuple[int, Any]:
    number, found = next(
        (number, each) for number, every in hub.comments.items() for each in every if each["id"] == int(which)
    )
    if number in hub.locked:
        return 403, {"message": "Unable to update"}
    found["body"] = body["body"]
    return 200, found


def _issue(hub: GitHub, _: Any, __: Any, number: str) -> tuple[int, Any]:
    found = hub.issues.get(int(number)) or {"number": int(number), "user": BOT, "body": ""}
    return 200, {
        **found,
        "url": f"{hub.url}{_ROOT}/issues/{number}",
        "comments_url": f"{hub.url}{_ROOT}/issues/{number}/comments",
    }


def _issues(hub: GitHub, query: Any, __: Any) -> tuple[int, Any]:
    wanted = query.get("state", "open")
    return 200, [each for each in hub.issues.values() if wanted in {"all", each["state"]}]


def _open_issue(hub: GitHub, _: Any, body: Any) -> tuple[int, Any]:
    number = hub.number()
    made = {**body, "number": number, "state": "open", "user": BOT, "url": f"{hub.url}{_ROOT}/issues/{number}"}
    hub.issues[number] = {**made, "html_url": f"https://github.com/{REPOSITORY}/issues/{number}"}
    return 201, hub.issues[number]


def _edit_issue(hub: GitHub, _: Any, body: Any, number: str) -> tuple[int, Any]:
    hub.issues[int(number)] |= body
    return 200, hub.issues[int(number)]


def _commit(hub: GitHub, _: Any, __: Any, commit: str) -> tuple[int, Any]:
    return 200, {"sha": commit, "url": f"{hub.url}{_ROOT}/commits/{commit}"}


def _status(hub: GitHub, _: Any, body: Any, commit: str) -> tuple[int, Any]:
    hub.statuses.append({**body, "sha": commit})
    return 201, {**body, "id": hub.number()}


def _pulls_of(hub: GitHub, _: Any, __: Any, commit: str) -> tuple[int, Any]:
    return 200, [each for each in hub.pulls.values() if each.get("merge_commit_sha") == commit]


def _reviews(hub: GitHub, _: Any, __: Any, number: str) -> tuple[int, Any]:
    if int(number) in hub.private:
        return 403, {"message": "Resource not accessible by integration"}
    return 200, hub.reviews.get(int(number), [])


def _pulls(hub: GitHub, _: Any, __: Any) -> tuple[int, Any]:
    return 200, list(reversed(hub.pulls.values()))


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", r"/issues/(\d+)/comments"): _comments,
    ("POST", r"/issues/(\d+)/comments"): _comment,
    ("PATCH", r"/issues/comments/(\d+)"): _edit_comment,
    ("GET", r"/issues/(\d+)"): _issue,
    ("GET", r"/issues"): _issues,
    ("POST", r"/issues"): _open_issue,
    ("PATCH", r"/issues/(\d+)"): _edit_issue,
    ("GET", r"/commits/([0-9a-f]+)"): _commit,
    ("POST", r"/statuses/([0-9a-f]+)"): _status,
    ("GET", r"/commits/([0-9a-f]+)/pulls"): _pulls_of,
    ("GET", r"/pulls"): _pulls,
    ("GET", r"/pulls/(\d+)/reviews"): _reviews,
}


@contextmanager
def serving() -> Iterator[GitHub]:
    """A repository that answers until the block ends."""
    hub = GitHub()

    class Handle(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            signed = self.headers.get("Authorization") in {f"token {TOKEN}", f"Bearer {TOKEN}"}
            if hub.refuse or not signed:
                status, found = hub.refuse or 401, {"message": "Resource not accessible by integration"}
            else:
                status, found = hub.answer(self.command, address.path, query, body)
            self._reply(status, found, address.path, query)

        def _reply(self, status: int, found: Any, path: str, query: dict[str, str]) -> None:
            page, size = int(query.get("page", 1)), int(query.get("per_page", 30))
            links = ""
            if isinstance(found, list) and status == 200:
                if len(found) > page * size:
                    links = f'<{hub.url}{path}?per_page={size}&page={page + 1}>; rel="next"'
                found = found[(page - 1) * size : page * size]
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            if links:
                self.send_header("Link", links)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handle)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
