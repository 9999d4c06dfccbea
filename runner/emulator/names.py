"""The service's rules on names, versions and tags, strict where nobody is sure."""

import re
from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request

ASSET_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}")
COMPUTE_NAME = re.compile(r"[a-zA-Z](?![a-zA-Z0-9-]*-\d+$)[a-zA-Z0-9\-]{2,23}")
CONNECTION_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{2,32}")
VERSION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,29}")
GENERATED_VERSION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,99}")
MODEL_VERSION = re.compile(r"[1-9][0-9]{0,9}")
MAX_PAIRS = 50
MAX_EXPERIMENT = 256
COMPUTE_TAG_FORBIDDEN = re.compile(r"[<>%&\\?/]")


def check_name(kind: str, name: str) -> None:
    if not ASSET_NAME.fullmatch(name):
        raise bad_request(
            f"{name!r} is no name for {kind}: letters, digits, '-' and '_', at most 255, beginning with a letter or "
            "digit (no dots).",
            "InvalidName",
        )


def check_connection_name(name: str) -> None:
    if not CONNECTION_NAME.fullmatch(name):
        raise bad_request(
            f"{name!r} is no name for a connection: 3 to 33 letters, digits, '-' and '_', beginning with a letter or "
            "digit.",
            "InvalidName",
        )


def check_compute_name(name: str) -> None:
    if not COMPUTE_NAME.fullmatch(name):
        raise bad_request(
            f"{name!r} is no name for a compute: 3 to 24 letters, digits and '-', beginning with a letter, and not "
            "ending in '-' and a number.",
            "InvalidName",
        )


def check_version(kind: str, version: str, *, anonymous: bool = False) -> None:
    """Versions of anonymous assets and of codes are made by the SDK: hashes and guids, longer than a person may."""
    if kind == "models":
        if not MODEL_VERSION.fullmatch(version):
            raise bad_request(f"{version!r} is no version of a model: a positive integer is needed.", "InvalidVersion")
    elif not (GENERATED_VERSION if anonymous or kind == "codes" else VERSION).fullmatch(version):
        raise bad_request(f"{version!r} is no version for {kind}: at most 30 letters, digits, '-', '_' and '.'.")


def check_job_text(body: Mapping[str, Any]) -> None:
    """Limits on a job's tags, properties and names for people."""
    for part in ("tags", "properties"):
        _check_pairs(part, body.get(part) or {}, key_limit=100, value_limit=1000)
    for part in ("experimentName", "displayName"):
        if len(body.get(part) or "") > MAX_EXPERIMENT:
            raise bad_request(f"{part} is longer than {MAX_EXPERIMENT} characters.")


def check_compute_tags(tags: Mapping[str, Any]) -> None:
    _check_pairs("tags", tags, key_limit=512, value_limit=256)
    for key in tags:
        if COMPUTE_TAG_FORBIDDEN.search(key):
            raise bad_request(f"The tag {key!r} holds one of < > % & \\ ? /, which ARM forbids.")


def _check_pairs(part: str, pairs: Mapping[str, Any], key_limit: int, value_limit: int) -> None:
    if len(pairs) > MAX_PAIRS:
        raise bad_request(f"{len(pairs)} {part} are too many: at most {MAX_PAIRS}.")
    for key, value in pairs.items():
        if not key or len(key) > key_limit:
            raise bad_request(f"The key {key[:40]!r} in {part} must have 1 to {key_limit} characters.")
        if not isinstance(value, str) or len(value) > value_limit:
            raise bad_request(f"The value of {key!r} in {part} must be text of at most {value_limit} characters.")
