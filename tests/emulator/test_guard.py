"""Who is let in: everything else is refused before it reaches a route."""

from __future__ import annotations

import json
import ssl
import time
from typing import TYPE_CHECKING

import httpx
import jwt
import pytest

from runner.emulator.auth.sas import Signatures
from runner.emulator.auth.tokens import Tokens
from runner.emulator.blob.address import PREFIX
from runner.emulator.settings import WORKSPACE_PATH
from tests.emulator.conftest import Running, run_command

if TYPE_CHECKING:
    from tests.emulator.conftest import Api

ROUTES = [
    WORKSPACE_PATH,
    f"{WORKSPACE_PATH}/jobs",
    f"{WORKSPACE_PATH}/nothing/of/the/kind",
    f"/history/v1.0{WORKSPACE_PATH}/runs/x",
    f"/mlflow/v2.0{WORKSPACE_PATH}/api/2.0/mlflow/experiments/search",
    f"/mlflow/v2.0{WORKSPACE_PATH}/",
    f"{PREFIX}/azureml-blobstore?restype=container&comp=list",
    f"{PREFIX}/azureml/x",
    "/status",
    "/msi/token?resource=https://ml.azure.com",
    "/metadata/guessed/endpoints",
    "/discovery/guessed",
    "/login/guessed",
    "/",
]


@pytest.mark.parametrize("path", ROUTES)
def test_no_proof_no_answer(api: Api, path: str) -> None:
    assert api.anonymous.get(path).status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        "x",
        jwt.encode({"aud": "x", "exp": time.time() + 60, "iss": "aml-embedded"}, "k" * 32, algorithm="HS256"),
        jwt.encode({"aud": "x", "exp": time.time() + 60, "iss": "aml-embedded"}, None, algorithm="none"),
    ],
    ids=["nonsense", "foreign key", "unsigned"],
)
def test_a_wrong_token_is_none(api: Api, token: str) -> None:
    for path in ROUTES[:8]:
        assert api.anonymous.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_expired_token_is_none(running: Running, api: Api) -> None:
    key = json.loads(running.state.secrets.read_text())["signing_key"]
    token, _ = Tokens(key).issue("https://ml.azure.com", lifetime=-1)
    assert api.anonymous.get(WORKSPACE_PATH, headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Host", "evil.example"),
        ("Host", "127.0.0.1"),
        ("Host", "localhost.evil.example:443"),
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1"),
    ],
)
def test_foreign_pages_are_refused_even_with_a_token(api: Api, header: str, value: str) -> None:
    for path in (WORKSPACE_PATH, f"{PREFIX}/azureml/x", ROUTES[4], "/status"):
        assert api.http.get(path, headers={header: value}).status_code == 403


def test_the_own_origin_is_welcome(running: Running, api: Api) -> None:
    assert api.http.get(WORKSPACE_PATH, headers={"Origin": running.endpoint.base_url}).status_code == 200


def test_the_identity_endpoint_wants_its_header(running: Running, api: Api) -> None:
    endpoint = running.endpoint
    for header, status in ((endpoint.identity_header, 200), (endpoint.identity_header + "x", 401)):
        answer = api.anonymous.get(
            endpoint.identity_endpoint, params={"resource": "https://a"}, headers={"X-IDENTITY-HEADER": header}
        )
        assert answer.status_code == status
    claims = jwt.decode(answer_of(running, api), options={"verify_signature": False})
    assert claims["aud"] == "https://ml.azure.com"
    assert {"tid", "oid", "exp"} <= claims.keys()


def answer_of(running: Running, api: Api) -> str:
    answer = api.anonymous.get(
        running.endpoint.identity_endpoint,
        params={"resource": "https://ml.azure.com", "api-version": "2019-08-01"},
        headers={"X-IDENTITY-HEADER": running.endpoint.identity_header},
    )
    return str(answer.json()["access_token"])


def test_a_signature_opens_what_it_was_made_for(running: Running, api: Api) -> None:
    signatures = Signatures(json.loads(running.state.secrets.read_text())["storage_key"])
    api.http.put(f"{PREFIX}/azureml-blobstore/signed/a", content=b"a", headers={"x-ms-blob-type": "BlockBlob"})
    good = signatures.sign("azureml-blobstore", "signed/a", "r")
    readable = f"{PREFIX}/azureml-blobstore/signed/a"
    assert api.anonymous.get(f"{readable}?{good}").content == b"a"
    refused = [
        api.anonymous.delete(f"{readable}?{good}"),
        api.anonymous.put(f"{readable}?{good}", content=b"b"),
        api.anonymous.get(f"{PREFIX}/azureml-blobstore/signed/b?{good}"),
        api.anonymous.get(f"{PREFIX}/azureml/signed/a?{good}"),
        api.anonymous.get(f"{PREFIX}/azureml-blobstore?restype=container&comp=list&{good}"),
        api.anonymous.get(f"{readable}?{good.replace('sp=r', 'sp=rw')}"),
        api.anonymous.get(f"{readable}?{good.replace('sr=b', 'sr=c')}"),
        api.anonymous.get(f"{readable}?{signatures.sign('azureml-blobstore', 'signed/a', 'r', lifetime=-1)}"),
        api.anonymous.get(f"{readable}?{Signatures('other').sign('azureml-blobstore', 'signed/a', 'r')}"),
    ]
    assert {response.status_code for response in refused} == {403}
    whole = signatures.sign("azureml-blobstore", permissions="rl")
    assert api.anonymous.get(f"{readable}?{whole}").status_code == 200
    assert api.anonymous.get(f"{PREFIX}/azureml-blobstore?restype=container&comp=list&{whole}").status_code == 200


def test_a_login_link_works_once(running: Running, api: Api) -> None:
    shown = json.loads(run_command(running.state.root, "status", "--json").stdout)
    context = ssl.create_default_context(cafile=running.endpoint.ca_file)
    with httpx.Client(verify=context, timeout=60) as browser:
        first = browser.get(shown["mlflow_ui"])
        assert first.status_code == 303
        flags = {part.strip().lower() for part in first.headers["set-cookie"].split(";")[1:]}
        assert {"httponly", "secure", "samesite=strict"} <= flags
        ui = f"{running.endpoint.base_url}{first.headers['location']}"
        assert "<html" in browser.get(ui).text
        # The cookie opens MLflow and nothing else, and not from a foreign page.
        assert browser.get(f"{running.endpoint.base_url}{WORKSPACE_PATH}").status_code == 401
        assert browser.get(ui, headers={"Origin": "https://evil.example"}).status_code == 403
    assert api.anonymous.get(shown["mlflow_ui"]).status_code == 401
    assert api.anonymous.get(ui, headers={"Cookie": "aml_embedded=99999999999.forged"}).status_code == 401


def test_the_log_of_requests_holds_no_secret(running: Running, api: Api) -> None:
    api.http.get(f"{WORKSPACE_PATH}/jobs", headers={"x-ms-client-request-id": "find-me"})
    text = running.state.requests.read_text()
    entries = [json.loads(line) for line in text.splitlines()]
    (found,) = [entry for entry in entries if entry["client_request_id"] == "find-me"]
    assert (found["method"], found["path"], found["status"]) == ("GET", f"{WORKSPACE_PATH}/jobs", 200)
    for secret in json.loads(running.state.secrets.read_text()).values():
        assert secret not in text
    assert "sig=" not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (WORKSPACE_PATH.replace("/embedded", "/other"), 404),
        (WORKSPACE_PATH.replace("0000-", "0001-"), 404),
        (WORKSPACE_PATH.replace("resourceGroups", "resourcegroups"), 200),
        (f"{WORKSPACE_PATH}/onlineEndpoints", 501),
        (f"{WORKSPACE_PATH}/jobs/a/b/c/d", 501),
        (f"/nowhere{WORKSPACE_PATH}", 501),
        (f"{WORKSPACE_PATH}/jobs/none", 404),
    ],
)
def test_what_is_not_there_is_named(api: Api, path: str, status: int) -> None:
    response = api.http.get(path)
    assert response.status_code == status
    if status == 501:
        assert "The embedded workspace has no" in response.json()["error"]["message"]
