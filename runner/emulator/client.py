"""The few requests our own commands make to a running daemon, with nothing but the standard library."""

import json
import ssl
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from runner.emulator.endpoint import Endpoint
from runner.emulator.tls import AUTHORITY

TIMEOUT_SECONDS = 5.0
ML_RESOURCE = "https://ml.azure.com"


def answers(endpoint: Endpoint) -> bool:
    """Whether this endpoint's server answers as ours."""
    try:
        return bool(_get(endpoint, endpoint.metadata_url, {}))
    except (OSError, HTTPException, ValueError):
        return False


def tracking_token(endpoint: Endpoint) -> str:
    """A token for MLflow's clients, which cannot renew one by themselves."""
    query = urlencode({"api-version": "2019-08-01", "resource": ML_RESOURCE})
    answer = _get(endpoint, f"{endpoint.identity_endpoint}?{query}", {"X-IDENTITY-HEADER": endpoint.identity_header})
    return str(answer["access_token"])


def details(endpoint: Endpoint) -> dict[str, Any]:
    """What `status` shows: counts of jobs, and a link that opens MLflow's UI in a browser, good for one use."""
    found: dict[str, Any] = _get(
        endpoint, f"{endpoint.base_url}/status", {"Authorization": f"Bearer {tracking_token(endpoint)}"}
    )
    return found


def _get(endpoint: Endpoint, url: str, headers: dict[str, str]) -> Any:
    parts = urlsplit(url)
    # The workspace's own authority alone: to read all the others takes longer than the request.
    context = ssl.create_default_context(cafile=str(Path(endpoint.ca_file).with_name(AUTHORITY)))
    connection = HTTPSConnection(parts.netloc, context=context, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            raise HTTPException(f"{parts.path} answered {response.status}")
        return json.loads(response.read())
    finally:
        connection.close()
