"""`aml` as a person types it, but in this process; what others do behind its back; and all that a workspace holds."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from azure.core.rest import HttpRequest

from runner.__main__ import run
from runner.azureml.collections import COLLECTION
from runner.azureml.rest import VERSIONS
from runner.model.keys import Kind
from tests.e2e.conftest import Done, Repo
from tests.e2e.edits import Desk

Deed = Callable[[Any], object]  # what somebody does with a client of the SDK


def aml(repo: Repo, *arguments: str, code: int | None = 0) -> Done:
    """A command in the workspace of an open desk; `code` is the exit code it must end with, None any."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        found = run(["-C", str(repo.root), *arguments])
    done = Done(found, out.getvalue(), err.getvalue())
    assert code in {None, found}, f"exit {found}\n{done.out}\n{done.err}"
    assert "a bug of ours" not in done.err
    return done


def apply(repo: Repo, *arguments: str, code: int = 0) -> Done:
    """`aml apply --auto-approve`."""
    return aml(repo, "apply", "--auto-approve", *arguments, code=code)


def settled(repo: Repo, *arguments: str) -> None:
    """Nothing is left to do."""
    assert aml(repo, "plan", *arguments).out == "No changes.\n"


def project(root: Path, variables: Mapping[str, str], name: str, files: Mapping[str, str], config: str = "") -> Repo:
    """A repository of a project of this name: `config` goes on its project.yml, files are committed with it."""
    made = Repo(root, dict(variables))
    for path, content in {"specs/project.yml": f"version: 1\nproject: {name}\n{config}", **files}.items():
        made.write(path, content)
    made.git("init", "-q", "-b", "main", ".")
    made.commit("base")
    return made


def others(at: Desk, *deeds: Deed) -> None:
    """Somebody changes the workspace with a script of their own."""
    with at.writer.open():
        for deed in deeds:
            deed(at.writer._client)


def send(at: Desk, method: str, path: str, body: Any = None) -> None:
    """Somebody changes the workspace with a request of their own, where the SDK has no call for it."""
    version = VERSIONS[path.partition("/")[0]]
    url = f"{at.workspace.arm_url}{at.workspace.path}/{path}"
    at.rest._client.send_request(
        HttpRequest(method, url, params={"api-version": version}, json=body)
    ).raise_for_status()


_OF_NODES = {"currentNodeCount", "targetNodeCount", "nodeStateCounts"}


def everything(at: Desk) -> dict[str, Any]:
    """All that the workspace holds: path -> payload as the service tells it, with sorted keys."""
    found: dict[str, Any] = {}
    for kind, collection in COLLECTION.items():
        view = {} if kind in {Kind.COMPUTE, Kind.DATASTORE} else {"listViewType": "All"}
        for each in list(at.rest.list(collection, **view)):
            path = f"{collection}/{each['name']}"
            found[path] = each
            if kind.versioned:
                versions = at.rest.list(f"{path}/versions", **view)
                found |= {f"{path}/versions/{version['name']}": version for version in versions}
    return {path: json.dumps(_still(payload), sort_keys=True) for path, payload in sorted(found.items())}


def _still(payload: dict[str, Any]) -> dict[str, Any]:
    """A payload without the nodes of a cluster: they come with work, and go by themselves a while after it."""
    inner = payload["properties"].get("properties")
    if not isinstance(inner, dict) or "nodeStateCounts" not in inner:
        return payload
    still = {name: value for name, value in inner.items() if name not in _OF_NODES}
    return {**payload, "properties": {**payload["properties"], "properties": still}}


@contextmanager
def requests(variables: Mapping[str, str]) -> Iterator[list[str]]:
    """`METHOD path` of what the workspace is asked for in the block."""
    log = Path(variables["AML_STATE_DIR"], "requests.jsonl")
    before = log.stat().st_size
    asked: list[str] = []
    yield asked
    with log.open("rb") as file:
        file.seek(before)
        entries = [json.loads(line) for line in file]
    asked += [f"{entry['method']} {entry['path']}" for entry in entries]
