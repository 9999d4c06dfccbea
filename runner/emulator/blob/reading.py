"""Answering GET and HEAD: whole blobs and ranges."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from runner.emulator.blob.conditions import check_read
from runner.emulator.blob.files import DEFAULT_TYPE, Blob
from runner.emulator.errors import ServiceError

CHUNK = 256 * 1024
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def answer(request: Request, blob: Blob) -> Response:
    """The blob, or the range of it that was asked for."""
    headers = blob_headers(blob)
    if not check_read(request.headers, blob):
        return Response(status_code=304, headers={"ETag": blob.etag})
    wanted = request.headers.get("x-ms-range") or request.headers.get("range")
    first, last = _bounds(wanted, blob.size) if wanted else (0, blob.size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{last}/{blob.size}"
    if request.method == "HEAD":
        return Response(headers=headers)
    return StreamingResponse(
        _stream(blob.path, first, last - first + 1), status_code=206 if wanted else 200, headers=headers
    )


def blob_headers(blob: Blob) -> dict[str, str]:
    return {
        "content-type": DEFAULT_TYPE,
        **blob.headers,
        "ETag": blob.etag,
        "Last-Modified": blob.last_modified,
        "Accept-Ranges": "bytes",
        "x-ms-blob-type": "BlockBlob",
        # Logs and outputs come from jobs: never let a browser take one for a page of this origin.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }


def _bounds(wanted: str, size: int) -> tuple[int, int]:
    matched = RANGE.fullmatch(wanted)
    if matched is None:
        raise ServiceError(400, "InvalidHeaderValue", f"The range {wanted!r} is not understood.")
    first = int(matched[1])
    if first >= size:
        raise ServiceError(416, "InvalidRange", f"The blob has only {size} bytes.")
    return first, min(int(matched[2] or size), size - 1)


async def _stream(path: Path, offset: int, length: int) -> AsyncIterator[bytes]:
    # Exactly `length` bytes: a log that grows meanwhile must not break the promised Content-Length.
    async with await anyio.open_file(path, "rb") as file:
        await file.seek(offset)
        while length > 0:
            chunk = await file.read(min(CHUNK, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
