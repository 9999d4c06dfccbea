"""Signing in from a workflow on GitHub, with the real azure-identity: an issuer, Entra and a workspace on loopback.

Time is the test's: only the wait for a run moves it. GitHub's assertions last five minutes and Entra's tokens an hour.
"""

import threading
import time
from dataclasses import dataclass, field

import pytest

from runner.apply.wait import wait
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.errors import SignInError
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Result
from tests.loopback import Answer, Asked, Service

ASSERTION, TOKEN = 300, 3600  # seconds
SUBJECT = "repo:flowers/iris:environment:train"
RUN = "history/v1.0/runs/train-1/details"


class Clock(threading.Event):
    """What waiting moves, four minutes at a time; set, when somebody wants to stop."""

    now = float(1_800_000_000)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout
        self.now += 240
        return False


@dataclass
class Azure:
    """GitHub's issuer, Entra, and a workspace, as strict as they are."""

    service: Service
    clock: Clock
    signed: dict[str, float] = field(default_factory=dict)  # assertion -> when it ends
    sent: list[str] = field(default_factory=list)  # the assertions that Entra was shown
    tokens: dict[str, float] = field(default_factory=dict)
    trust: str = SUBJECT
    trouble: list[int] = field(default_factory=list)  # how the issuer answers its next requests

    def __post_init__(self) -> None:
        self.service.on("/oidc", self._issue)
        self.service.on("/tenant/oauth2/v2.0/token", self._token)
        self.service.ready()

    @property
    def workspace(self) -> Workspace:
        return Workspace("s", "r", "w", arm_url=self.service.url, ca_file=str(self.service.ca_file))

    def _issue(self, asked: Asked) -> Answer:
        if self.trouble:
            return Answer(b"", self.trouble.pop(0))
        if asked.headers["authorization"] != "Bearer of-the-job" or asked.query != {
            "api-version": "2.0",
            "audience": "api://AzureADTokenExchange",
        }:
            return Answer(b"", 403)
        assertion = f"assertion-{len(self.signed)}"
        self.signed[assertion] = self.clock.now + ASSERTION
        return Answer({"value": assertion})

    def _token(self, asked: Asked) -> Answer:
        form, assertion = asked.body, asked.body["client_assertion"]
        self.sent.append(assertion)
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert (form["grant_type"], form["client_id"]) == ("client_credentials", "apply")
        if self.trust != SUBJECT:
            words = f"AADSTS700213: No matching federated identity record found for subject '{SUBJECT}'.\r\nTrace ID: 0"
            return Answer({"error": "invalid_client", "error_description": words}, 401)
        if self.signed[assertion] <= self.clock.now:
            return Answer({"error": "invalid_client", "error_description": "AADSTS700024: expired"}, 401)
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = self.clock.now + TOKEN
        return Answer({"token_type": "Bearer", "expires_in": TOKEN, "access_token": token})

    def run(self, seconds: float) -> None:
        """A run that lasts so long, seen by whoever has a token that is still good."""
        end = self.clock.now + seconds

        def details(asked: Asked) -> Answer:
            token = asked.headers["authorization"].removeprefix("Bearer ")
            if self.tokens.get(token, 0) <= self.clock.now:
                return Answer({"error": {"code": "ExpiredAuthenticationToken", "message": "expired"}}, 401)
            return Answer({"status": "Running" if self.clock.now < end else "Completed", "logFiles": {}})

        self.service.on(RUN, details)


@pytest.fixture
def azure(service: Service, monkeypatch: pytest.MonkeyPatch) -> Azure:
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    for name in ("AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TOKEN_CREDENTIALS", "IDENTITY_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    variables = {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{service.url}/oidc?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job",
        "AZURE_CLIENT_ID": "apply",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_AUTHORITY_HOST": service.url,
        "REQUESTS_CA_BUNDLE": str(service.ca_file),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Azure(service, clock)


def follow(azure: Azure, rest: Rest | None = None) -> str:
    """Waits for the run; its last status."""
    result = Result(Key(Kind.JOB, "train"), Action.RUN, "train-1", "done")
    found = wait(rest or Rest(azure.workspace), [result], lambda _: None, azure.clock, clock=lambda: azure.clock.now)
    return str(found[0].run["status"])


def test_a_wait_outlives_its_tokens(azure: Azure) -> None:
    began = azure.clock.now
    azure.run(2.5 * TOKEN)
    assert follow(azure) == "Completed"
    assert azure.clock.now - began > 2 * TOKEN
    assert len(azure.tokens) == 3
    # Each token cost an assertion of its own, which was sent while it was good, and once.
    assert azure.sent == list(azure.signed) == ["assertion-0", "assertion-1", "assertion-2"]


def test_a_read_after_a_night(azure: Azure) -> None:
    """Nobody looked for long, and both the token and the assertion that it was given for have ended."""
    azure.run(0)
    rest = Rest(azure.workspace)
    assert follow(azure, rest) == "Completed"
    azure.clock.now += 12 * TOKEN
    assert follow(azure, rest) == "Completed"
    assert azure.sent == ["assertion-0", "assertion-1"]


def test_a_moments_trouble_of_github(azure: Azure) -> None:
    azure.trouble = [502]
    azure.run(0)
    assert follow(azure) == "Completed"


def test_github_refuses_while_a_token_is_still_good(azure: Azure) -> None:
    """It is renewed five minutes before its end, so that there is time to try again."""
    azure.run(TOKEN + 600)
    rest = Rest(azure.workspace)
    rest.get("computes")
    azure.clock.now += TOKEN - 250
    azure.trouble = [403]
    assert follow(azure, rest) == "Completed"
    assert (azure.trouble, len(azure.tokens)) == ([], 2)


def _why(azure: Azure) -> str:
    with pytest.raises(SignInError) as caught:
        Rest(azure.workspace).get("computes/a")
    return next(str(line) for line in caught.value.diagnostics if str(line).startswith("GitHubCredential: "))


def test_a_job_that_may_not(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_URL")
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "GitHubCredential")
    assert _why(azure) == (
        "GitHubCredential: ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN not set; "
        "does the job have permissions: {id-token: write}?"
    )


def test_a_variable_that_is_empty(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `vars.AZURE_CLIENT_ID` is in a repository without it."""
    monkeypatch.setenv("AZURE_CLIENT_ID", "")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "GitHubCredential")
    assert _why(azure) == "GitHubCredential: AZURE_CLIENT_ID not set"


def test_an_app_that_does_not_trust_this_repository(azure: Azure) -> None:
    azure.trust = "repo:flowers/iris:pull_request"
    why = _why(azure)
    assert f"AADSTS700213: No matching federated identity record found for subject '{SUBJECT}'" in why
    assert "\n" not in why


def test_an_issuer_that_refuses(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-another-job")
    assert "GitHub gives no token: 403" in _why(azure)
    assert azure.sent == []
