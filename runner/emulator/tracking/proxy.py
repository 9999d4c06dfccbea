"""A streaming reverse proxy to MLflow's server: the caller has authenticated the request."""

from collections.abc import Iterable

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from runner.emulator.tracking.protocol import RUN_ID_HEADER

UPSTREAM = "http://localhost"  # a Host that MLflow's DNS-rebinding check knows
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "expect"}
)
# The caller's credentials are none of MLflow's business. Host and Origin were checked by the caller; to MLflow, behind
# its unix socket, our own https origin would look foreign.
_NOT_FORWARDED = _HOP_BY_HOP | {"host", "authorization", "cookie", "origin", "referer", "forwarded", RUN_ID_HEADER}
_NOT_RETURNED = _HOP_BY_HOP | {"server", "date"}  # ours are added on the way out

Headers = list[tuple[bytes, bytes]]


async def forward(client: httpx.AsyncClient, request: Request, path: str) -> Response:
    """Send `request` to MLflow as `path` (with or without its first slash), and stream the answer back.

    `path` is the end of the request's own path; what stands before it is the prefix under which MLflow appears.
    Raises httpx.TransportError when MLflow's server is not there or dies before it answers.
    """
    prefix: str = request.scope["path"].removesuffix(path.removeprefix("/"))
    if not prefix.endswith("/"):
        return RedirectResponse(f"{prefix}/")  # the UI's links are relative to a folder
    try:
        url = httpx.URL(UPSTREAM).copy_with(raw_path=_raw_target(request, prefix))
    except (UnicodeDecodeError, httpx.InvalidURL):
        return refusal(400, "BAD_REQUEST", "The address is not a valid URL.")
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    outgoing = httpx.Request(
        request.method,
        url,
        headers=[*_kept(request.headers.raw, _NOT_FORWARDED), (b"host", b"localhost")],
        content=request.stream() if has_body else None,
    )
    try:
        return _Relay(await client.send(outgoing, stream=True), prefix)
    except ClientDisconnect:
        return refusal(400, "BAD_REQUEST", "The client went away before it had sent everything.")


def refusal(status: int, code: str, message: str) -> Response:
    """An error in the form of MLflow's own, so that its clients show the message, and retry a 502 or 503."""
    return JSONResponse({"error_code": code, "message": message}, status_code=status)


class _Relay(StreamingResponse):
    """The upstream's answer, byte for byte; the upstream is released however sending ends."""

    def __init__(self, upstream: httpx.Response, prefix: str) -> None:
        super().__init__(upstream.aiter_raw(), upstream.status_code)
        self._upstream = upstream
        self.raw_headers = [
            (name, _below(prefix, value) if name.lower() == b"location" else value)
            for name, value in _kept(upstream.headers.raw, _NOT_RETURNED)
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._upstream.aclose()


def _raw_target(request: Request, prefix: str) -> bytes:
    """Path and query as they came over the wire: decoding would lose an encoded slash or question mark."""
    raw: bytes = request.scope["raw_path"]
    depth = prefix.count("/")
    target = b"/" + raw.split(b"/", depth)[depth]
    query: bytes = request.scope["query_string"]
    return target + b"?" + query if query else target


def _kept(headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[str]) -> Headers:
    """Headers to pass on. `_` counts as `-`, because WSGI, which MLflow uses, cannot tell them apart."""
    pairs = [(name.decode("latin-1").lower().replace("_", "-"), name, value) for name, value in headers]
    named = {
        token.strip().lower()
        for known, _, value in pairs
        if known == "connection"
        for token in value.decode("latin-1").split(",")
    }
    return [(name, value) for known, name, value in pairs if known not in dropped and known not in named]


def _below(prefix: str, location: bytes) -> bytes:
    """A redirect within MLflow, moved below the prefix (which ends with a slash); any other as it is."""
    path = location.decode("latin-1").removeprefix(UPSTREAM)
    return f"{prefix[:-1]}{path}".encode("latin-1") if path.startswith("/") else location
