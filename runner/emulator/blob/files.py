"""Blobs as plain files: jobs, MLflow and clients of the Blob API see the same bytes.

What a file cannot hold (metadata, content type) lies in the database, next to the stamp of the file it was said of:
a file that a job overwrote has lost it, as it should.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from runner.emulator.blob.address import BlobAddress
from runner.emulator.errors import ServiceError, conflict
from runner.emulator.store.database import Database

DEFAULT_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob that exists. `headers` are the ones it was stored with: x-ms-meta-*, Content-Type, Content-MD5, ..."""

    address: BlobAddress
    path: Path
    size: int
    modified: float
    etag: str
    headers: Mapping[str, str]

    @property
    def last_modified(self) -> str:
        return formatdate(self.modified, usegmt=True)


class BlobStore:
    """Files below one folder, one folder a container."""

    def __init__(self, root: Path, uploads: Path, database: Database) -> None:
        self.root = root
        self.uploads = uploads
        for abandoned in uploads.iterdir():  # nobody can go on with an upload that an earlier daemon began
            shutil.rmtree(abandoned) if abandoned.is_dir() else abandoned.unlink()
        self._database = database

    def container(self, name: str) -> Path:
        return self.root / name

    def create_container(self, name: str) -> bool:
        """False if it was there."""
        folder = self.container(name)
        existed = folder.is_dir()
        folder.mkdir(mode=0o700, exist_ok=True)
        return not existed

    def fresh_container(self) -> str:
        """A container that nobody else knows."""
        name = f"upload-{secrets.token_hex(16)}"
        self.create_container(name)
        return name

    def find(self, address: BlobAddress) -> Blob | None:
        path = address.file(self.root)
        self._refuse_links(path)
        if not path.is_file() or address.blob.endswith("/"):
            return None
        stat = path.stat()
        headers = self._headers(address, _stamp(stat))
        etag = hashlib.sha256(f"{_stamp(stat)} {json.dumps(headers)}".encode()).hexdigest()[:16]
        return Blob(address, path, stat.st_size, stat.st_mtime, f'"0x{etag.upper()}"', headers)

    def require(self, address: BlobAddress) -> Blob:
        blob = self.find(address)
        if blob is None:
            raise ServiceError(404, "BlobNotFound", f"There is no blob {address.blob} in {address.container}.")
        return blob

    def scratch(self) -> Path:
        """A fresh file name on the same file system, for content on its way in."""
        return self.uploads / secrets.token_hex(16)

    def commit(self, address: BlobAddress, content: Path, headers: Mapping[str, str]) -> Blob:
        """Make a complete file the blob's content, in one step."""
        path = address.file(self.root)
        self._refuse_links(path)
        if address.blob.endswith("/"):
            raise ServiceError(400, "InvalidUri", f"{address.blob!r} is a folder: there is nothing to write to.")
        if not self.container(address.container).is_dir():
            raise ServiceError(404, "ContainerNotFound", f"There is no container {address.container}.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            content.replace(path)
        except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
            raise conflict(
                f"{address.blob} cannot be both a blob and a folder of blobs in the embedded workspace.", "PathConflict"
            ) from error
        self.describe(address, headers)
        return self.require(address)

    def describe(self, address: BlobAddress, headers: Mapping[str, str]) -> None:
        """Keep headers of a blob; plain ones cost no write."""
        kept = {name: value for name, value in headers.items() if (name, value) != ("content-type", DEFAULT_TYPE)}
        if kept:
            stamp = _stamp(address.file(self.root).stat())
            self._database.write(
                "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?)",
                address.container, address.blob, stamp, json.dumps(kept),
            )  # fmt: skip
        elif self._known(address):
            self._forget(address)

    def delete(self, address: BlobAddress) -> None:
        self.require(address).path.unlink()
        self._forget(address)

    def names(self, container: str, prefix: str) -> list[str]:
        """All blobs of a container that begin with the prefix, sorted."""
        folder = self.container(container)
        if not folder.is_dir():
            raise ServiceError(404, "ContainerNotFound", f"There is no container {container}.")
        base = folder / prefix.rpartition("/")[0]
        if not base.is_dir() or not base.resolve().is_relative_to(folder.resolve()):
            return []
        found = (
            (Path(parent) / name).relative_to(folder).as_posix()
            for parent, _, files in os.walk(base)
            for name in files
            if not (Path(parent) / name).is_symlink()
        )
        return sorted(name for name in found if name.startswith(prefix))

    def _headers(self, address: BlobAddress, stamp: str) -> dict[str, str]:
        row = self._known(address)
        if row is None or row[0] != stamp:
            return {}
        headers: dict[str, str] = json.loads(row[1])
        return headers

    def _known(self, address: BlobAddress) -> tuple[str, str] | None:
        row = self._database.row(
            "SELECT stamp, headers FROM blobs WHERE container = ? AND blob = ?", address.container, address.blob
        )
        return (row["stamp"], row["headers"]) if row else None

    def _forget(self, address: BlobAddress) -> None:
        self._database.write("DELETE FROM blobs WHERE container = ? AND blob = ?", address.container, address.blob)

    def _refuse_links(self, path: Path) -> None:
        """A job may leave a link in its outputs: following it would serve, or overwrite, any file of the user's."""
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ServiceError(404, "BlobNotFound", "This blob is a link that leaves the blob storage.")


def _stamp(stat: os.stat_result) -> str:
    return f"{stat.st_ino}-{stat.st_mtime_ns}-{stat.st_size}"
