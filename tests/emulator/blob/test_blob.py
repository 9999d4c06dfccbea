"""Blob storage through Azure's own client, and the names and links that must not leave it."""

from __future__ import annotations

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, ContainerClient

from runner.emulator.blob.address import PREFIX
from runner.emulator.client import tracking_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Api, Running

CONTAINER = "azureml-blobstore"


class Token:
    """A credential with one token, which is all the storage client needs."""

    def __init__(self, running: Running) -> None:
        self._token = tracking_token(running.endpoint)

    def get_token(self, *_: str, **__: object) -> object:
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, 4102444800)


@pytest.fixture
def container(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[ContainerClient]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", running.endpoint.ca_file)
    url = f"{running.endpoint.base_url}{PREFIX}/{CONTAINER}"
    with ContainerClient.from_container_url(
        url, credential=Token(running), max_single_put_size=64, max_block_size=50, max_single_get_size=64, retry_total=0
    ) as client:
        yield client


@pytest.mark.parametrize("size", [0, 1, 64, 65, 1000], ids=str)
def test_bytes_come_back_whole_or_in_parts(container: ContainerClient, size: int) -> None:
    content = os.urandom(size)
    blob = container.get_blob_client(f"bytes/{size} ü#%.bin")
    blob.upload_blob(content, overwrite=True, metadata={"name": "n", "version": "1"})
    properties = blob.get_blob_properties()
    assert (properties.size, properties.metadata) == (size, {"name": "n", "version": "1"})
    assert blob.download_blob().readall() == content
    if size > 10:
        assert blob.download_blob(offset=3, length=5).readall() == content[3:8]


def test_metadata_and_type_are_kept_until_the_content_changes(running: Running, container: ContainerClient) -> None:
    from azure.storage.blob import ContentSettings

    blob = container.get_blob_client("meta/a.json")
    blob.upload_blob(b"{}", content_settings=ContentSettings(content_type="application/json"))
    before = blob.get_blob_properties()
    blob.set_blob_metadata({"upload_status": "completed"})
    after = blob.get_blob_properties()
    assert after.metadata == {"upload_status": "completed"}
    assert after.content_settings.content_type == "application/json"
    assert after.etag != before.etag
    # A job wrote over it: what was said of the old content is not true of the new.
    (running.state.blobs / CONTAINER / "meta" / "a.json").write_text("[1]")
    changed = blob.get_blob_properties()
    assert (changed.metadata, changed.size) == ({}, 3)


def test_lists_by_prefix_delimiter_and_page(container: ContainerClient) -> None:
    for name in ("list/a", "list/b/1", "list/b/2", "list/c", "listing"):
        container.upload_blob(name, b"x", metadata={"k": name.replace("/", "_")})
    names = [blob.name for blob in container.list_blobs(name_starts_with="list/")]
    assert names == ["list/a", "list/b/1", "list/b/2", "list/c"]
    assert {entry.name for entry in container.walk_blobs("list/", delimiter="/")} == {"list/a", "list/b/", "list/c"}
    pages = container.list_blobs(name_starts_with="list", results_per_page=2, include=["metadata"]).by_page()
    paged = [[(blob.name, blob.metadata["k"]) for blob in page] for page in pages]
    assert [[name for name, _ in page] for page in paged] == [
        ["list/a", "list/b/1"],
        ["list/b/2", "list/c"],
        ["listing"],
    ]
    assert paged[0][1][1] == "list_b_1"
    container.delete_blob("list/a")
    assert not container.get_blob_client("list/a").exists()
    assert not container.get_blob_client("list/").exists()


def test_conditions(container: ContainerClient) -> None:
    blob = container.get_blob_client("conditions/a")
    blob.upload_blob(b"1")
    with pytest.raises(ResourceExistsError):
        blob.upload_blob(b"2")  # the client sends If-None-Match: *
    etag = blob.get_blob_properties().etag
    blob.upload_blob(b"22", overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError):
        blob.upload_blob(b"3", overwrite=True, etag=etag, match_condition=MatchConditions.IfNotModified)
    with pytest.raises(ResourceModifiedError):
        blob.download_blob(etag=etag, match_condition=MatchConditions.IfNotModified)
    assert blob.download_blob().readall() == b"22"


def test_of_many_that_create_one_wins(container: ContainerClient) -> None:
    def create(number: int) -> bool:
        try:
            container.get_blob_client("race/a").upload_blob(bytes([number]) * 60)
        except ResourceExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(8))) == 1
    content = container.download_blob("race/a").readall()
    assert len(set(content)) == 1
    assert len(content) == 60


def test_blocks(container: ContainerClient) -> None:
    blob = container.get_blob_client("blocks/a")
    for identifier, part in (("b", b"2"), ("a", b"1")):
        blob.stage_block(identifier, part)
    assert not blob.exists()
    with pytest.raises(HttpResponseError, match="never put"):
        blob.commit_block_list([BlobBlock("a"), BlobBlock("c")])
    blob.commit_block_list([BlobBlock("a"), BlobBlock("b"), BlobBlock("a")])
    assert blob.download_blob().readall() == b"121"


def test_a_wrong_digest_is_refused(api: Api) -> None:
    digest = base64.b64encode(b"0" * 16).decode()
    headers = {"Content-MD5": digest, "x-ms-blob-type": "BlockBlob"}
    response = api.http.put(f"{PREFIX}/{CONTAINER}/md5", content=b"x", headers=headers)
    assert (response.status_code, response.headers["x-ms-error-code"]) == (400, "Md5Mismatch")


NAMES = ["../secrets.json", "a/../../x", "./a", "a//b", "a/./b", "..", "a\\..\\b", "a\nb", "x" * 300, "a/\x00"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_names_cannot_leave_the_container(running: Running, api: Api, method: str, name: str) -> None:
    before = running.state.secrets.read_text()
    # Encoded, so that no client on the way tidies it up.
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    response = api.http.request(method, f"{PREFIX}/{CONTAINER}/{encoded}", content=b"evil")
    assert response.status_code == 400
    assert running.state.secrets.read_text() == before


@pytest.mark.parametrize("container_name", ["..", "%2e%2e", "A", "a", "a_b", "-ab", "a--b", "azureml%2F..%2F.."])
def test_containers_have_plain_names(api: Api, container_name: str) -> None:
    for path in (f"{PREFIX}/{container_name}?restype=container", f"{PREFIX}/{container_name}/x"):
        assert api.http.put(path, content=b"").status_code in (400, 403, 404, 501)


def test_prefixes_cannot_leave_the_container(api: Api) -> None:
    for prefix in ("../", "../../", "/etc/", "a/../../"):
        response = api.http.get(f"{PREFIX}/{CONTAINER}", params={"comp": "list", "prefix": prefix})
        assert response.status_code == 200
        assert "<Blobs />" in response.text


def test_links_that_a_job_left_are_not_followed(running: Running, api: Api, container: ContainerClient) -> None:
    folder = running.state.blobs / CONTAINER / "links"
    folder.mkdir()
    (folder / "file").symlink_to(running.state.secrets)
    (folder / "folder").symlink_to("/etc")
    assert [blob.name for blob in container.list_blobs(name_starts_with="links/")] == []
    assert [blob.name for blob in container.list_blobs(name_starts_with="links/folder/")] == []
    for name in ("links/file", "links/folder/hosts"):
        with pytest.raises(ResourceNotFoundError):
            container.download_blob(name)
        assert api.http.put(f"{PREFIX}/{CONTAINER}/{name}", content=b"evil").status_code == 404


def test_a_blob_is_no_folder(container: ContainerClient) -> None:
    container.upload_blob("both/a", b"")
    with pytest.raises(HttpResponseError, match="both a blob and a folder"):
        container.upload_blob("both/a/b", b"")
    with pytest.raises(HttpResponseError, match="both a blob and a folder"):
        container.upload_blob("both", b"")
