"""Signing in, with the real azure-identity: in which order, once, and what is said when nobody is."""

import sys
from pathlib import Path

import pytest

from runner.azureml import signin
from runner.azureml.rest import Rest
from runner.azureml.signin import NotSignedInError, SignIn
from runner.azureml.workspace import Workspace
from runner.errors import SignInError
from tests.loopback import Answer, Asked, Service

SCOPE = "https://management.azure.com/.default"
PERSON = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}
GITHUB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "u", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "p"}
MACHINES = ["EnvironmentCredential", "WorkloadIdentityCredential", "GitHubCredential"]
PEOPLE = ["AzureCliCredential", "AzureDeveloperCliCredential", "AzurePowerShellCredential"]
AZ = """#!{python}
import pathlib, sys
with pathlib.Path({log!r}).open("a") as log:
    print(*sys.argv[1:], file=log)
{what}
"""
TOKEN = """print('{"accessToken": "of az", "expires_on": 32503680000}')"""


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed, and nobody signed in."""
    for name in (*PERSON, *GITHUB, "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("MSI_ENDPOINT", "IDENTITY_HEADER", "AZURE_TOKEN_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def install_az(path: Path, what: str) -> Path:
    """An `az` on the path; the file to which it writes how it was called."""
    log = path.parent / "az.log"
    (path / "az").write_text(AZ.format(python=sys.executable, log=str(log), what=what))
    (path / "az").chmod(0o755)
    return log


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, [*MACHINES, *PEOPLE, "ManagedIdentityCredential"]),
        ({"IDENTITY_ENDPOINT": "e"}, [*MACHINES, "ManagedIdentityCredential", *PEOPLE]),
        ({"MSI_ENDPOINT": "e"}, [*MACHINES, "ManagedIdentityCredential", *PEOPLE]),
        ({"AZURE_TOKEN_CREDENTIALS": ""}, [*MACHINES, *PEOPLE, "ManagedIdentityCredential"]),
        ({"AZURE_TOKEN_CREDENTIALS": "Prod"}, [*MACHINES, "ManagedIdentityCredential"]),
        ({"AZURE_TOKEN_CREDENTIALS": "dev"}, PEOPLE),
        ({"AZURE_TOKEN_CREDENTIALS": "azureclicredential"}, ["AzureCliCredential"]),
    ],
)
def test_the_order(environment: dict[str, str], expected: list[str]) -> None:
    assert [way.name for way in signin.ways(environment)] == expected


def test_a_credential_that_nobody_knows() -> None:
    with pytest.raises(NotSignedInError, match="AZURE_TOKEN_CREDENTIALS is 'az'; it may be dev, prod, or one of Env"):
        SignIn({"AZURE_TOKEN_CREDENTIALS": "az"}).get_token(SCOPE)


def test_a_laptop_asks_az_once(path: Path) -> None:
    log = install_az(path, TOKEN)
    who = SignIn({})
    assert [who.get_token(SCOPE).token, who.get_token(SCOPE).token] == ["of az", "of az"]
    assert log.read_text().count("get-access-token") == 1
    who.get_token("https://storage.azure.com/.default")
    assert log.read_text().count("get-access-token") == 2


def test_managed_identity_where_the_environment_says(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """App Service's protocol, which azure-identity reads from the environment; `az` is there and is not asked."""
    log = install_az(path, TOKEN)
    service.on("/msi", Answer({"access_token": "of azure", "expires_on": 32503680000, "token_type": "Bearer"}))
    named = {"IDENTITY_ENDPOINT": f"{service.url}/msi", "IDENTITY_HEADER": "proof"}
    for name, value in (named | {"REQUESTS_CA_BUNDLE": str(service.ca_file)}).items():
        monkeypatch.setenv(name, value)
    assert SignIn(named).get_token(SCOPE).token == "of azure"
    assert not log.exists()


def test_nobody_is_signed_in(caplog: pytest.LogCaptureFixture) -> None:
    who = SignIn({})
    with pytest.raises(NotSignedInError, match="no credential gave a token") as caught:
        who.get_token(SCOPE)
    tried = dict(line.split(": ", 1) for line in caught.value.tried)
    assert list(tried) == [*MACHINES, *PEOPLE, "ManagedIdentityCredential"]
    assert tried["EnvironmentCredential"] == "AZURE_TENANT_ID, AZURE_CLIENT_ID not set"
    assert tried["AzureCliCredential"] == "Azure CLI not found on path"
    assert all("\n" not in reason and "https://aka.ms/azsdk" not in reason for reason in tried.values())
    caplog.clear()
    with pytest.raises(NotSignedInError):
        who.get_token(SCOPE)
    assert caplog.messages == []  # nobody is asked a second time


def test_a_session_that_has_ended_is_the_last_that_is_tried(path: Path) -> None:
    install_az(path, "sys.exit('AADSTS700082: The refresh token has expired. Please run az login')")
    with pytest.raises(NotSignedInError) as caught:
        SignIn({}).get_token(SCOPE)
    assert caught.value.tried[-1].startswith("AzureCliCredential: AADSTS700082: The refresh token has expired")


def test_a_principal_that_is_refused(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Here nobody can be reached, which is the same: `az` does not take its place."""
    log = install_az(path, TOKEN)
    given = PERSON | {"AZURE_CLIENT_SECRET": "secret"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotSignedInError) as caught:
        SignIn(given).get_token(SCOPE)
    assert [line.split(":")[0] for line in caught.value.tried] == ["EnvironmentCredential"]
    assert not log.exists()


def test_a_workload_without_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = PERSON | {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "none"), "AZURE_TOKEN_CREDENTIALS": "prod"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotSignedInError) as caught:
        SignIn(given).get_token(SCOPE)
    assert caught.value.tried[-1].startswith("WorkloadIdentityCredential: [Errno 2] No such file")


def test_as_a_person_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    with pytest.raises(SignInError) as caught:
        Rest(Workspace("s", "r", "w")).get("computes/a")
    assert caught.value.diagnostics == ("AzureCliCredential: Azure CLI not found on path",)
    assert str(caught.value) == (
        "reading w/computes/a: not signed in: no credential gave a token; "
        "az login on a laptop; docs/azure.md says what there is elsewhere"
    )


def test_what_github_says(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Answer:
        known = asked.query["audience"] == "api://AzureADTokenExchange" and asked.headers["authorization"] == "Bearer p"
        return Answer({"value": "signed"}) if known else Answer(b"", 403)

    service.on("/oidc", answer)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.ca_file))
    assert signin.github_token(f"{service.url}/oidc?api-version=2.0", "p") == "signed"
    with pytest.raises(signin.ClientAuthenticationError, match="GitHub gives no token: 403"):
        signin.github_token(f"{service.url}/oidc", "of another run")
