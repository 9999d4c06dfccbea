"""Taking content in: whole blobs, blocks, and block lists."""

import base64
import binascii
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.etree.ElementTree import ParseError, fromstring

from starlette.requests import Request

from runner.emulator.blob.address import BlobAddress
from runner.emulator.blob.conditions import check_write
from runner.emulator.blob.files import Blob, BlobStore
from runner.emulator.errors import ServiceError, bad_request
from runner.emulator.http import read_limited

MAX_BYTES = 5000 * 1024 * 1024  # of one request; the service's own limit
MAX_LIST_BYTES = 8 * 1024 * 1024
STORED = {
    "x-ms-blob-content-type": "content-type",
    "x-ms-blob-content-encoding": "content-encoding",
    "x-ms-blob-content-language": "content-language",
    "x-ms-blob-cache-control": "cache-control",
    "x-ms-blob-content-disposition": "content-disposition",
    "x-ms-blob-content-md5": "content-md5",
}


async def put_blob(request: Request, store: BlobStore, address: BlobAddress) -> Blob:
    """The request's body becomes the blob."""
    if request.headers.get("x-ms-blob-type", "BlockBlob") != "BlockBlob":
        raise ServiceError(501, "NotEmbedded", "The embedded workspace keeps block blobs only.")
    check_write(request.headers, store.find(address))
    arrived = await _receive(request, store)
    try:
        # Asked again: another writer may have finished while this body arrived. Nothing is awaited from here on.
        check_write(request.headers, store.find(address))
        return store.commit(address, arrived, stored_headers(request.headers))
    finally:
        arrived.unlink(missing_ok=True)


async def put_block(request: Request, store: BlobStore, address: BlobAddress, block: str) -> None:
    """Keep a block until a block list names it."""
    target = _staging(store, address) / _block_file(block)
    arrived = await _receive(request, store)
    target.parent.mkdir(parents=True, exist_ok=True)
    arrived.replace(target)


async def put_block_list(request: Request, store: BlobStore, address: BlobAddress) -> Blob:
    """Join blocks into the blob, in the order of the list."""
    body = await read_limited(request, MAX_LIST_BYTES)
    staging = _staging(store, address)
    blocks = [staging / _block_file(identifier) for identifier in _parse_list(body)]
    check_write(request.headers, store.find(address))
    if missing := [block for block in blocks if not block.is_file()]:
        raise ServiceError(400, "InvalidBlockList", f"{len(missing)} blocks of the list were never put.")
    joined = store.scratch()
    try:
        with joined.open("wb") as target:
            for block in blocks:
                with block.open("rb") as source:
                    shutil.copyfileobj(source, target)
        blob = store.commit(address, joined, stored_headers(request.headers))
    finally:
        joined.unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)
    return blob


def stored_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What a blob keeps of the request that wrote it."""
    kept = {name: headers[sent] for sent, name in STORED.items() if sent in headers}
    return {**kept, **metadata(headers)}


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("x-ms-meta-")}


async def _receive(request: Request, store: BlobStore) -> Path:
    """The body in a scratch file, checked against Content-MD5."""
    arrived = store.scratch()
    try:
        with arrived.open("wb") as file:
            digest = await _write(request, file)
        if request.headers.get("content-md5", digest) != digest:
            _refuse_digest()
    except BaseException:  # also when the client went away: no half file stays behind
        arrived.unlink(missing_ok=True)
        raise
    return arrived


async def _write(request: Request, file: BinaryIO) -> str:
    """Copy the body into a file; its MD5 as headers carry it."""
    digest, size = hashlib.md5(usedforsecurity=False), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES:
            raise ServiceError(413, "RequestBodyTooLarge", f"A body may hold {MAX_BYTES} bytes.")
        digest.update(chunk)
        file.write(chunk)
    return base64.b64encode(digest.digest()).decode()


def _refuse_digest() -> NoReturn:
    raise ServiceError(400, "Md5Mismatch", "The body does not have the MD5 that its header states.")


def _staging(store: BlobStore, address: BlobAddress) -> Path:
    name = hashlib.sha256(f"{address.container}/{address.blob}".encode()).hexdigest()
    return store.uploads / f"blocks-{name}"


def _block_file(identifier: str) -> str:
    """A block's id is base64 of up to 64 bytes; its file is named by the hash of it."""
    try:
        decoded = base64.b64decode(identifier, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"{identifier!r} is no block id.", "InvalidQueryParameterValue") from error
    if not 0 < len(decoded) <= 64:
        raise bad_request(f"{identifier!r} is no block id.", "InvalidQueryParameterValue")
    return hashlib.sha256(decoded).hexdigest()


def _parse_list(body: bytes) -> list[str]:
    # expat expands internal entities: without a doctype there are none.
    if b"<!DOCTYPE" in body:
        raise bad_request("A block list has no document type.", "InvalidXmlDocument")
    try:
        root = fromstring(body)  # noqa: S314 its only danger, entities, is refused above
    except ParseError as error:
        raise bad_request(f"The block list is not XML: {error}", "InvalidXmlDocument") from error
    return [(element.text or "").strip() for element in root]
