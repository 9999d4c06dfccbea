"""What all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from hypothesis import settings

from runner.azureml.rest import Rest
from tests.loopback import Service, serving
from tests.repositories import Repo

# The same examples every time, nothing kept on disk, and no stopwatch: these tests share their cores with others.
settings.register_profile("aml", database=None, deadline=None, derandomize=True, max_examples=40)
settings.load_profile("aml")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is remembered of the files of other tests' days, nor left behind in the user's cache directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AML_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Repo:
    """An empty folder outside git."""
    (tmp_path / "repo").mkdir()
    return Repo((tmp_path / "repo").resolve())


@pytest.fixture
def repo(folder: Repo) -> Repo:
    """An empty git repository."""
    return folder.init()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.LeafCert, Path]:
    """A certificate for loopback, and the file of the CA that signed it."""
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return authority.issue_cert("127.0.0.1"), ca_file


@pytest.fixture
def service(certificate: tuple[trustme.LeafCert, Path]) -> Iterator[Service]:
    """Endpoints on loopback with nothing behind them yet."""
    leaf, ca_file = certificate
    with serving(Service(ca_file), leaf) as running:
        yield running


@pytest.fixture
def rest(service: Service) -> Rest:
    """Reads of a workspace on loopback that exists and is empty."""
    return Rest(service.ready().workspace)
