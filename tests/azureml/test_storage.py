"""Folders in the workspace's storage, read over real TLS on loopback."""

from urllib.parse import urlsplit

import pytest

from runner.azureml.rest import Rest
from runner.azureml.storage import Storage
from runner.errors import ServiceError
from tests.loopback import Answer, Asked, Service

# The account is a part of the path, as it is in the embedded workspace.
ACCOUNT = "store.blob.example"
LISTED = """\
<?xml version="1.0" encoding="utf-8"?>
<EnumerationResults><Blobs>{}</Blobs><NextMarker/></EnumerationResults>"""
BLOB = """\
<Blob><Name>{}</Name><Properties><Content-Length>{}</Content-Length><BlobType>BlockBlob</BlobType></Properties>
<Metadata>{}</Metadata></Blob>"""

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def listed(*blobs: tuple[str, int, str]) -> Answer:
    """What a container holds: names, sizes and metadata."""
    body = LISTED.format("".join(BLOB.format(*blob) for blob in blobs)).encode()
    return Answer(body, headers={"Content-Type": "application/xml"})


@pytest.fixture
def storage(service: Service, rest: Rest) -> Storage:
    """A workspace whose datastore says where its account is."""
    place = {"accountName": f"{urlsplit(service.url).netloc}/store", "endpoint": "example", "protocol": "https"}
    store = {"properties": {**place, "credentials": {"credentialsType": "Sas"}}}
    service.on("datastores/workspaceblobstore", Answer(store))
    service.on("datastores/workspaceblobstore/listSecrets", Answer({"sasToken": "sig=s3cret"}))
    return Storage(rest)


def on_container(service: Service, answer: Answer, *, with_secret: bool = True) -> None:
    denied = Answer(b"", 403, {"x-ms-error-code": "AuthorizationFailure"})

    def reply(asked: Asked) -> Answer:
        return answer if ("sig" in asked.query) == with_secret else denied

    service.on(f"/{ACCOUNT}/box", reply)


def test_the_files_of_a_folder(service: Service, storage: Storage) -> None:
    marker = "<hdi_isfolder>true</hdi_isfolder>"
    on_container(service, listed(("src/", 0, ""), ("src/a.py", 3, ""), ("src/lib", 0, marker)))
    assert storage.files(f"{service.url}/{ACCOUNT}/box/src") == {"a.py": 3}
    assert service.asked[-1].query["prefix"] == "src/"


def test_an_account_that_the_sdk_dropped_from_the_url(service: Service, storage: Storage) -> None:
    on_container(service, listed(("src/a.py", 3, "")))
    assert storage.files(f"{service.url}/box/src/") == {"a.py": 3}


def test_the_bytes_of_a_file(service: Service, storage: Storage) -> None:
    on_container(service, listed(("src/a b.py", 3, "")))
    service.on(f"/{ACCOUNT}/box/src/a%20b.py", Answer(b"abc", 206, {"Content-Range": "bytes 0-2/3", "ETag": '"1"'}))
    url = f"{service.url}/{ACCOUNT}/box/src"
    assert storage.files(url) == {"a b.py": 3}
    assert b"".join(storage.read(url, "a b.py")) == b"abc"


def test_our_own_identity_where_the_secret_does_not_do(service: Service, storage: Storage) -> None:
    on_container(service, listed(("a.py", 3, "")), with_secret=False)
    assert storage.files(f"{service.url}/{ACCOUNT}/box") == {"a.py": 3}
    assert service.asked[-1].headers["authorization"] == "Bearer t0ken"


def test_our_own_identity_where_the_secret_is_not_told(service: Service, storage: Storage) -> None:
    service.on("datastores/workspaceblobstore/listSecrets", Answer({"error": {"code": "Forbidden"}}, 403))
    on_container(service, listed(("a.py", 3, "")), with_secret=False)
    assert storage.files(f"{service.url}/{ACCOUNT}/box") == {"a.py": 3}


def test_nothing_is_sent_to_an_account_of_others(storage: Storage) -> None:
    with pytest.raises(ServiceError, match="is not in the workspace's storage account"):
        storage.files("https://evil.example/box/src")


def test_what_is_denied_either_way(service: Service, storage: Storage) -> None:
    service.on(f"/{ACCOUNT}/box", Answer(b"", 403, {"x-ms-error-code": "AuthorizationFailure"}))
    with pytest.raises(ServiceError, match="listing"):
        storage.files(f"{service.url}/{ACCOUNT}/box/src")
