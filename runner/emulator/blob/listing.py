"""List Blobs: prefix, delimiter, marker, and the XML of the answer."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from runner.emulator.blob.address import BlobAddress
from runner.emulator.blob.files import DEFAULT_TYPE, BlobStore
from runner.emulator.errors import bad_request

MAX_RESULTS = 5000
META = "x-ms-meta-"


def list_blobs(store: BlobStore, container: str, query: Mapping[str, str]) -> Response:
    """One page; the marker is the first name of the next."""
    prefix, delimiter, marker = (query.get(name, "") for name in ("prefix", "delimiter", "marker"))
    limit = _limit(query.get("maxresults", ""))
    entries = sorted({_entry(name, prefix, delimiter) for name in store.names(container, prefix)})
    page = [entry for entry in entries if entry >= marker]
    root = Element("EnumerationResults", ContainerName=container)
    # Echoed, because the client asks for its next page with the size it reads here.
    for name, value in (("Prefix", prefix), ("Marker", marker), ("MaxResults", str(limit)), ("Delimiter", delimiter)):
        SubElement(root, name).text = value
    blobs = SubElement(root, "Blobs")
    for entry in page[:limit]:
        if delimiter and entry.endswith(delimiter):
            SubElement(SubElement(blobs, "BlobPrefix"), "Name").text = entry
        else:
            _describe(blobs, store, BlobAddress(container, entry), with_metadata="metadata" in query.get("include", ""))
    SubElement(root, "NextMarker").text = page[limit] if len(page) > limit else ""
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), media_type="application/xml")


def _entry(name: str, prefix: str, delimiter: str) -> str:
    """The name itself, or the folder in which it stands when a delimiter hides what is deeper."""
    rest = name[len(prefix) :]
    if not delimiter or delimiter not in rest:
        return name
    return prefix + rest.partition(delimiter)[0] + delimiter


def _describe(parent: Element, store: BlobStore, address: BlobAddress, *, with_metadata: bool) -> None:
    blob = store.find(address)
    if blob is None:  # deleted since the folder was read
        return
    element = SubElement(parent, "Blob")
    SubElement(element, "Name").text = address.blob
    properties = SubElement(element, "Properties")
    for name, value in (
        ("Last-Modified", blob.last_modified),
        ("Etag", blob.etag.strip('"')),
        ("Content-Length", str(blob.size)),
        ("Content-Type", blob.headers.get("content-type", DEFAULT_TYPE)),
        ("BlobType", "BlockBlob"),
    ):
        SubElement(properties, name).text = value
    if with_metadata:
        metadata = SubElement(element, "Metadata")
        for name, value in blob.headers.items():
            if name.startswith(META):
                SubElement(metadata, name.removeprefix(META)).text = value


def _limit(text: str) -> int:
    if not text:
        return MAX_RESULTS
    if not text.isdecimal() or not 1 <= int(text) <= MAX_RESULTS:
        raise bad_request(f"maxresults {text!r} must be 1 to {MAX_RESULTS}.", "OutOfRangeQueryParameterValue")
    return int(text)
