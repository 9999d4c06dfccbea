"""The shapes all ARM resources share: the envelope, and a list with its next page."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from runner.emulator.errors import bad_request
from runner.emulator.settings import PRINCIPAL_ID, PROVIDER, WORKSPACE_PATH

PAGE = 100
Item = TypeVar("Item")


def envelope(path: str, properties: dict[str, Any], created_at: str, modified_at: str | None = None) -> dict[str, Any]:
    """A resource at `path` below the workspace, e.g. "environments/e/versions/1"."""
    segments = path.split("/")
    author = {"By": PRINCIPAL_ID, "ByType": "Application"}
    system = {f"{moment}{key}": value for moment in ("created", "lastModified") for key, value in author.items()}
    return {
        "id": f"{WORKSPACE_PATH}/{path}",
        "name": segments[-1],
        "type": "/".join((PROVIDER, "workspaces", *segments[::2])),
        "properties": properties,
        "systemData": {**system, "createdAt": created_at, "lastModifiedAt": modified_at or created_at},
    }


def page(request: Request, items: Sequence[Item], render: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, with an absolute link to the next."""
    query = request.query_params
    start = _number(query.get("$skip", "0"), "$skip")
    size = min(_number(query.get("$top") or query.get("count") or str(PAGE), "$top"), PAGE)
    answer: dict[str, Any] = {"value": [render(item) for item in items[start : start + size]]}
    # $top is a limit on the whole answer: no further page is promised beyond it.
    if start + size < len(items) and "$top" not in query:
        answer["nextLink"] = next_link(request, str(start + size))
    return answer


def next_link(request: Request, token: str) -> str:
    """The same list from the token on. Made of the original address: routes see a shortened one."""
    query = {**request.query_params, "$skip": token}
    return f"{request.app.state.workspace.base_url}{request.scope['original_path']}?{urlencode(query)}"


def visible(request: Request, archived: bool) -> bool:
    """Whether listViewType shows it."""
    view = request.query_params.get("listViewType", "ActiveOnly").lower()
    if view not in ("activeonly", "archivedonly", "all"):
        raise bad_request(f"listViewType {view!r} is none of ActiveOnly, ArchivedOnly, All.")
    return view == "all" or archived == (view == "archivedonly")


def _number(text: str, name: str) -> int:
    if not text.isdecimal():
        raise bad_request(f"{name} must be a number, not {text!r}.")
    return int(text)
