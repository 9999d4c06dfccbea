"""The files that a run logged: their names, and the text of a small one. Read over run history."""

from collections.abc import Iterator
from urllib.parse import quote

from runner.azureml.rest import Rest

_LARGEST = 1_000_000  # bytes of a text


def names(rest: Rest, experiment: str, run: str) -> Iterator[str]:
    """The paths of a run's artifacts, logs included."""
    token = ""
    while True:
        more = f"?continuationToken={quote(token, safe='')}" if token else ""
        page = rest.data_plane("history/v1.0", f"{_folder(experiment, run)}{more}") or {}
        yield from (str(each["path"]) for each in page.get("value") or [])
        token = str(page.get("continuationToken") or "")
        if not token:
            return


def text(rest: Rest, experiment: str, run: str, path: str) -> str:
    """What one of them says; empty when it is not there."""
    asked = f"{_folder(experiment, run)}/contentinfo?path={quote(path, safe='')}"
    found = rest.data_plane("history/v1.0", asked) or {}
    url = str(found.get("contentUri") or "")
    return rest.text(url, 0)[:_LARGEST].decode("utf-8", "replace") if url else ""


def _folder(experiment: str, run: str) -> str:
    return f"experiments/{quote(experiment, safe='')}/runs/{run}/artifacts"
