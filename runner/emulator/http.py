"""Shared by all routes: reading a JSON body, and answering with JSON."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runner.emulator.errors import ServiceError, bad_request

MAX_JSON_BYTES = 8 * 1024 * 1024


async def read_object(request: Request) -> dict[str, Any]:
    """The request's JSON object; 400 if it is none, 413 if it is absurdly large."""
    body = await read_limited(request, MAX_JSON_BYTES)
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request(f"The body is not JSON: {error}", "InvalidRequestContent") from error
    if not isinstance(parsed, dict):
        raise bad_request("The body must be a JSON object.", "InvalidRequestContent")
    return parsed


async def read_properties(request: Request) -> dict[str, Any]:
    """The `properties` of an ARM resource's body."""
    properties = (await read_object(request)).get("properties")
    if not isinstance(properties, dict):
        raise bad_request("The body needs an object `properties`.", "InvalidRequestContent")
    return properties


async def read_limited(request: Request, limit: int) -> bytes:
    """The whole body, refused as soon as it is larger than `limit` bytes."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > limit:
            raise ServiceError(413, "RequestBodyTooLarge", f"The body is larger than {limit} bytes.")
    return bytes(chunks)


def ok(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, status_code=status, headers=headers)


def failure(error: ServiceError) -> Response:
    """An error in ARM's shape."""
    content = {"error": {"code": error.code, "message": error.message}}
    challenge = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    return JSONResponse(content, status_code=error.status, headers={"x-ms-error-code": error.code, **challenge})
