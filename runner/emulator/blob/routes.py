"""The Blob service's REST API: which operation a request is."""

import uuid
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from runner.emulator.blob import reading, writing
from runner.emulator.blob.address import BlobAddress
from runner.emulator.blob.conditions import check_write
from runner.emulator.blob.files import Blob, BlobStore
from runner.emulator.blob.listing import list_blobs
from runner.emulator.errors import ServiceError, not_embedded

API_VERSION = "2025-05-05"


async def serve(request: Request, store: BlobStore, address: BlobAddress) -> Response:
    """Carry out one request; the caller has checked who asks."""
    operation = (request.method, request.query_params.get("comp", ""))
    response = await (_on_blob if address.blob else _on_container)(request, store, address, operation)
    response.headers["x-ms-version"] = request.headers.get("x-ms-version", API_VERSION)
    response.headers["x-ms-request-id"] = str(uuid.uuid4())
    return response


def failure(error: ServiceError) -> Response:
    """An error in the Blob service's shape."""
    root = Element("Error")
    SubElement(root, "Code").text = error.code
    SubElement(root, "Message").text = error.message
    return Response(
        tostring(root, encoding="utf-8", xml_declaration=True),
        status_code=error.status,
        media_type="application/xml",
        headers={"x-ms-error-code": error.code},
    )


async def _on_blob(request: Request, store: BlobStore, address: BlobAddress, operation: tuple[str, str]) -> Response:
    match operation:
        case ("GET" | "HEAD", ""):
            return reading.answer(request, store.require(address))
        case ("PUT", ""):
            if "x-ms-copy-source" in request.headers:
                raise not_embedded("copying of blobs by the service")
            return _written(await writing.put_blob(request, store, address))
        case ("PUT", "block"):
            await writing.put_block(request, store, address, request.query_params.get("blockid", ""))
            return Response(status_code=201)
        case ("PUT", "blocklist"):
            return _written(await writing.put_block_list(request, store, address))
        case ("GET" | "HEAD", "metadata"):
            return Response(headers=reading.blob_headers(store.require(address)))
        case ("PUT", "metadata"):
            return _set_metadata(request, store, address)
        case ("DELETE", ""):
            check_write(request.headers, store.require(address))
            store.delete(address)
            return Response(status_code=202)
    raise not_embedded(f"Blob operation {operation[0]} {operation[1] or 'blob'}")


async def _on_container(
    request: Request, store: BlobStore, address: BlobAddress, operation: tuple[str, str]
) -> Response:
    exists = store.container(address.container).is_dir()
    match operation:
        case ("GET", "list"):
            return list_blobs(store, address.container, request.query_params)
        case ("PUT", ""):
            if not store.create_container(address.container):
                raise ServiceError(409, "ContainerAlreadyExists", f"The container {address.container} already exists.")
            return Response(status_code=201)
        case ("GET" | "HEAD", "") if exists:
            return Response(headers={"ETag": '"0x1"', "x-ms-lease-state": "available"})
        case ("GET" | "HEAD", ""):
            raise ServiceError(404, "ContainerNotFound", f"There is no container {address.container}.")
    raise not_embedded(f"Blob operation {operation[0]} {operation[1] or 'container'}")


def _written(blob: Blob) -> Response:
    return Response(status_code=201, headers={"ETag": blob.etag, "Last-Modified": blob.last_modified})


def _set_metadata(request: Request, store: BlobStore, address: BlobAddress) -> Response:
    blob = store.require(address)
    check_write(request.headers, blob)
    plain = {name: value for name, value in blob.headers.items() if not name.startswith("x-ms-meta-")}
    store.describe(address, {**plain, **writing.metadata(request.headers)})
    after = store.require(address)
    return Response(headers={"ETag": after.etag, "Last-Modified": after.last_modified})
