"""What the proxy lets through, in both directions, seen by an upstream that tells what it got."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from runner.emulator.tracking import proxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

PREFIX = "/mlflow/v2.0/ws"
SLASHED = "/mlflow/v1.0/ws"  # its path is handed over with the first slash


async def tell(request: Request) -> Response:
    """Answer with what came in."""
    if request.url.path == "/leave":
        return RedirectResponse(request.query_params["to"])
    received = {
        "method": request.method,
        "target": (request.scope["raw_path"] + b"?" + request.scope["query_string"]).decode(),
        "headers": [[name.decode(), value.decode()] for name, value in request.headers.raw],
        "body": (await request.body()).decode(),
    }
    headers = {"Connection": "X-Gone", "X-Gone": "1", "X-Kept": "1", "Server": "inner", "Keep-Alive": "timeout=5"}
    return JSONResponse(received, headers=headers)


async def exchange(method: str, path: str, headers: Mapping[str, str], body: str | None, prefix: str) -> httpx.Response:
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    upstream = httpx.ASGITransport(Starlette(routes=[Route("/{path:path}", tell, methods=methods)]))
    async with httpx.AsyncClient(transport=upstream) as inner:

        async def endpoint(request: Request) -> Response:
            return await proxy.forward(inner, request, request.path_params["path"])

        async def slashed(request: Request) -> Response:
            return await proxy.forward(inner, request, f"/{request.path_params['path']}")

        async def bare(request: Request) -> Response:
            return await proxy.forward(inner, request, "/")

        app = Starlette(
            routes=[
                Route(PREFIX + "/{path:path}", endpoint, methods=methods),
                Route(SLASHED + "/{path:path}", slashed, methods=methods),
                Route(SLASHED, bare),
            ]
        )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1:8443") as outer:
            return await outer.request(method, prefix + path, headers=headers, content=body)


def send(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: str | None = None, prefix: str = PREFIX
) -> httpx.Response:
    return asyncio.run(exchange(method, path, headers or {}, body, prefix))


def received(reply: httpx.Response) -> dict[str, Any]:
    answer: dict[str, Any] = reply.json()
    return answer


@pytest.mark.parametrize(
    "target", ["/?", "/a%2Fb%20c?q=1%202&r=%C3%A9", "/api/2.0/x?filter=a%3D'b'", "/caf%C3%A9?", "/a//b?", "/50%25?x=+"]
)
@pytest.mark.parametrize("prefix", [PREFIX, SLASHED])
def test_path_and_query_arrive_as_they_were_sent(target: str, prefix: str) -> None:
    assert received(send("GET", target, prefix=prefix))["target"] == target


def test_the_prefix_itself_leads_to_its_folder() -> None:
    reply = send("GET", "", prefix=SLASHED)
    assert (reply.status_code, reply.headers["location"]) == (307, f"{SLASHED}/")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_method_and_body_arrive(method: str) -> None:
    got = received(send(method, "/x", body="payload"))
    assert (got["method"], got["body"]) == (method, "payload")


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Cookie", "Origin", "Referer", "X-AML-Run-Id", "x_aml_run_id", "Te", "Upgrade", "Forwarded"],
)
def test_what_is_not_mlflows_business_is_dropped(name: str) -> None:
    names = {name.lower() for name, _ in received(send("GET", "/x", {name: "secret"}))["headers"]}
    assert name.lower() not in names


def test_other_headers_and_a_host_that_mlflow_knows_arrive() -> None:
    headers = dict(received(send("GET", "/x", {"X-MLflow": "1", "Host": "127.0.0.1:8443"}))["headers"])
    assert headers["x-mlflow"] == "1"
    assert headers["host"] == "localhost"


def test_headers_named_by_connection_go_no_further_in_either_direction() -> None:
    reply = send("GET", "/x", {"Connection": "x-private", "X-Private": "1"})
    assert "x-private" not in dict(received(reply)["headers"])
    assert reply.headers["x-kept"] == "1"
    assert not {"x-gone", "connection", "keep-alive", "server"} & set(reply.headers)


@pytest.mark.parametrize(
    ("to", "seen"),
    [
        ("/experiments", f"{PREFIX}/experiments"),
        ("http://localhost/experiments", f"{PREFIX}/experiments"),
        ("experiments", "experiments"),
        ("https://example.invalid/x", "https://example.invalid/x"),
    ],
)
def test_redirects_stay_below_the_prefix(to: str, seen: str) -> None:
    reply = send("GET", f"/leave?to={to}")
    assert reply.status_code == 307
    assert reply.headers["location"] == seen


def test_head_has_the_length_and_no_body() -> None:
    reply = send("HEAD", "/x")
    assert reply.status_code == 200
    assert int(reply.headers["content-length"]) > 0
