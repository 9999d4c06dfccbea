"""Conditional headers: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from runner.emulator.blob.files import Blob
from runner.emulator.errors import ServiceError, bad_request

FAILED = ServiceError(412, "ConditionNotMet", "The condition given in the request's headers is not met.")


def check_write(headers: Mapping[str, str], blob: Blob | None) -> None:
    """Refuse a write whose condition does not hold; `If-None-Match: *` means create only."""
    unless = headers.get("if-none-match")
    if unless == "*" and blob is not None:
        raise ServiceError(409, "BlobAlreadyExists", f"The blob {blob.address.blob} already exists.")
    if blob is None:
        if "if-match" in headers:
            raise FAILED
        return
    _check_match(headers, blob)
    if unless == blob.etag:
        raise FAILED
    since = headers.get("if-modified-since")
    if since is not None and int(blob.modified) <= _seconds(since):
        raise FAILED


def check_read(headers: Mapping[str, str], blob: Blob) -> bool:
    """Whether to send the blob: False means 304 Not Modified."""
    _check_match(headers, blob)
    if headers.get("if-none-match") in (blob.etag, "*"):
        return False
    since = headers.get("if-modified-since")
    return since is None or int(blob.modified) > _seconds(since)


def _check_match(headers: Mapping[str, str], blob: Blob) -> None:
    if headers.get("if-match", blob.etag) not in (blob.etag, "*"):
        raise FAILED
    since = headers.get("if-unmodified-since")
    if since is not None and int(blob.modified) > _seconds(since):
        raise FAILED


def _seconds(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError as error:
        raise bad_request(f"{date!r} is no HTTP date.", "InvalidHeaderValue") from error
