"""Signing in to Azure: each of azure-identity's credentials that may work here, in turn, until one gives a token.

azure-identity's own chain asks for a machine's managed identity before it asks `az`, which on a laptop means waiting
for an address that nobody answers. Here that comes last, unless the environment says where managed identity is.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import requests
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError

from runner.azureml.bearer import bearer
from runner.azureml.findings import first_line
from runner.azureml.patient import patient

Environment = Mapping[str, str]
ONLY = "AZURE_TOKEN_CREDENTIALS"  # azure-identity's variable: which credentials may be used at all
_TENANT, _CLIENT = "AZURE_TENANT_ID", "AZURE_CLIENT_ID"
_GITHUB = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
_MANAGED = ("IDENTITY_ENDPOINT", "MSI_ENDPOINT")
_EARLY = 300  # seconds before its end at which a token is renewed


class NotSignedInError(ClientAuthenticationError):  # type: ignore[misc]  # its base has no types
    """No credential gave a token; `tried` has a line for each."""

    def __init__(self, message: str, tried: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.tried = tuple(tried)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to sign in: azure-identity's name for it, its group, and the variables without which it is none."""

    name: str
    group: str  # prod: a machine's; dev: a person's
    needs: tuple[str, ...]
    make: Callable[[Environment], TokenCredential]


class SignIn:
    """The credential of whoever works here. The first way that works is kept; tokens are kept until they end."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._chosen: TokenCredential | None = None
        self._failure: NotSignedInError | None = None
        self._tokens: dict[tuple[str, ...], AccessToken] = {}
        self._lock = Lock()  # eight reads begin at once, and `az` should be started once

    def get_token(self, *scopes: str, **more: Any) -> AccessToken:
        """A token for these scopes. Raises ClientAuthenticationError."""
        with self._lock:
            kept = self._tokens.get(scopes)
            if kept and kept.expires_on > time.time() + _EARLY and not more.get("claims"):
                return kept
            token = self._chosen.get_token(*scopes, **more) if self._chosen else self._first(scopes, more)
            self._tokens[scopes] = token
            return token

    def _first(self, scopes: tuple[str, ...], more: dict[str, Any]) -> AccessToken:
        """The token of the first way that works, which is chosen. One that is set up and refused is the last."""
        from azure.identity import CredentialUnavailableError

        if self._failure:
            raise self._failure
        _hush()
        tried = []
        for way in ways(self._environment):
            missing = [name for name in way.needs if not self._environment.get(name)]
            if missing:
                tried.append(f"{way.name}: {', '.join(missing)} not set{_advice(missing, self._environment)}")
                continue
            try:
                credential = way.make(self._environment)
                token = credential.get_token(*scopes, **more)
            except CredentialUnavailableError as error:
                tried.append(f"{way.name}: {_reason(way, error)}")
            except (ClientAuthenticationError, OSError, ValueError) as error:
                tried.append(f"{way.name}: {_reason(way, error)}")
                break  # another identity would surprise more than this error
            else:
                self._chosen = credential
                return token
        self._failure = NotSignedInError("no credential gave a token", tried)
        raise self._failure


def _advice(missing: Sequence[str], environment: Environment) -> str:
    """In a workflow GitHub sets its variables itself, if it is allowed to."""
    withheld = environment.get("GITHUB_ACTIONS") == "true" and set(missing) == set(_GITHUB)
    return "; does the job have permissions: {id-token: write}?" if withheld else ""


def _hush() -> None:
    """azure-identity warns of each credential that is none; they are told together, and only when no other works."""
    logger = logging.getLogger("azure.identity")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _reason(way: Way, error: Exception) -> str:
    # A chain tells of what is in it in lines that begin with the credential's name.
    lines = (line.strip() for line in str(error).splitlines())
    told = next((line for line in lines if line.startswith(f"{way.name}: ")), str(error))
    reason = first_line(told).removeprefix(f"{way.name}: ").removeprefix(f"{way.name} authentication unavailable")
    return reason.strip(" .,") or "nobody answers"


def ways(environment: Environment) -> Iterator[Way]:
    """Those that may be tried, in order. Raises NotSignedInError when AZURE_TOKEN_CREDENTIALS names none of them."""
    named = any(environment.get(name) for name in _MANAGED)
    order = (*_OF_MACHINES, *((_OF_AZURE,) if named else ()), *_OF_PEOPLE, *(() if named else (_OF_AZURE,)))
    only = environment.get(ONLY, "").strip().lower()
    chosen = [way for way in order if only in {"", way.group, way.name.lower()}]
    if not chosen:
        known = ", ".join(way.name for way in order)
        raise NotSignedInError(f"{ONLY} is {environment[ONLY]!r}; it may be dev, prod, or one of {known}")
    return iter(chosen)


def _environment(_: Environment) -> TokenCredential:
    from azure.identity import EnvironmentCredential

    return EnvironmentCredential()


def _workload(_: Environment) -> TokenCredential:
    from azure.identity import WorkloadIdentityCredential

    return WorkloadIdentityCredential()


def _github(environment: Environment) -> TokenCredential:
    from azure.identity import ClientAssertionCredential

    url, proof = (environment[name] for name in _GITHUB)
    # What GitHub says is good for minutes, and a wait lasts for hours: it is asked anew for each token of Azure's.
    return ClientAssertionCredential(environment[_TENANT], environment[_CLIENT], lambda: github_token(url, proof))


def github_token(url: str, proof: str) -> str:
    """What GitHub says of the workflow run that this is, signed, for Entra. Raises ClientAuthenticationError."""
    try:
        with patient() as session:
            reply = session.get(url, params={"audience": "api://AzureADTokenExchange"}, auth=bearer(proof), timeout=30)
        reply.raise_for_status()
        return str(reply.json()["value"])
    except (requests.RequestException, KeyError, ValueError) as error:
        raise ClientAuthenticationError(f"GitHub gives no token: {error}") from error


def _managed(environment: Environment) -> TokenCredential:
    from azure.identity import ChainedTokenCredential, ManagedIdentityCredential

    # Within a chain it looks for a second whether anybody answers; by itself it would try for minutes.
    return ChainedTokenCredential(ManagedIdentityCredential(client_id=environment.get(_CLIENT) or None))


def _az(_: Environment) -> TokenCredential:
    from azure.identity import AzureCliCredential

    return AzureCliCredential()


def _azd(_: Environment) -> TokenCredential:
    from azure.identity import AzureDeveloperCliCredential

    return AzureDeveloperCliCredential()


def _powershell(_: Environment) -> TokenCredential:
    from azure.identity import AzurePowerShellCredential

    return AzurePowerShellCredential()


_OF_MACHINES = (
    Way("EnvironmentCredential", "prod", (_TENANT, _CLIENT), _environment),
    Way("WorkloadIdentityCredential", "prod", (_TENANT, _CLIENT, "AZURE_FEDERATED_TOKEN_FILE"), _workload),
    Way("GitHubCredential", "prod", (_TENANT, _CLIENT, *_GITHUB), _github),
)
_OF_AZURE = Way("ManagedIdentityCredential", "prod", (), _managed)
_OF_PEOPLE = (
    Way("AzureCliCredential", "dev", (), _az),
    Way("AzureDeveloperCliCredential", "dev", (), _azd),
    Way("AzurePowerShellCredential", "dev", (), _powershell),
)
