"""What a Blob URL's path names: /devstore.blob.<suffix>/<container>/<blob>."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.emulator.errors import ServiceError
from runner.emulator.settings import STORAGE_ACCOUNT, STORAGE_SUFFIX

PREFIX = f"/{STORAGE_ACCOUNT}.blob.{STORAGE_SUFFIX}"
CONTAINER = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]")
MAX_NAME = 1024
MAX_SEGMENT_BYTES = 255  # of a file name on common file systems


@dataclass(frozen=True, slots=True)
class BlobAddress:
    """A container, or a blob in it (`blob` is empty for the container itself)."""

    container: str
    blob: str = ""

    @classmethod
    def parse(cls, path: str) -> "BlobAddress":
        """From a URL's decoded path; refuses every name that could leave its container's folder."""
        container, _, blob = path.removeprefix(PREFIX).removeprefix("/").partition("/")
        check_container(container)
        if blob:
            # Clients ask whether "folder/" exists. It names nothing, which is no error of theirs.
            check_blob_name(blob.removesuffix("/"))
        return cls(container, blob)

    def file(self, root: Path) -> Path:
        """Where it lies under the folder of all blobs."""
        return root / self.container / self.blob

    def permission(self, method: str, query: Mapping[str, str]) -> str:
        """The letter of a shared access signature that allows the operation."""
        if not self.blob:
            return "l" if query.get("comp") == "list" else "r"
        return {"GET": "r", "HEAD": "r", "DELETE": "d"}.get(method, "w")


def check_container(name: str) -> None:
    if not CONTAINER.fullmatch(name) or "--" in name:
        raise ServiceError(400, "InvalidResourceName", f"{name!r} is not the name of a container.")


def check_blob_name(name: str) -> None:
    segments = name.split("/")
    fits = len(name) <= MAX_NAME and all(len(segment.encode()) <= MAX_SEGMENT_BYTES for segment in segments)
    plain = not any(segment in ("", ".", "..") for segment in segments)
    # NUL ends a path in the C library; a backslash separates folders in clients on Windows.
    if not fits or not plain or "\\" in name or any(ord(letter) < 32 for letter in name):
        raise ServiceError(400, "InvalidUri", f"{name!r} is not the name of a blob that the embedded workspace keeps.")
