"""Who we are: a managed-identity endpoint when the workspace names one, else whoever is signed in to Azure."""

import os
import time
from typing import Any

import requests
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import ClientAuthenticationError

from runner.azureml.patient import patient
from runner.azureml.signin import SignIn
from runner.azureml.workspace import Identity, Workspace


def credential(workspace: Workspace) -> TokenCredential:
    """The credential for this workspace. Nothing is asked of anybody before the first token is needed."""
    if workspace.identity:
        return _EndpointCredential(workspace.identity, workspace.ca_file)
    return SignIn(os.environ)


class _EndpointCredential:
    """Tokens from a managed-identity endpoint that is named by value.

    azure-identity reads the same protocol's endpoint from the process's environment only, where it would also change
    what every other client in the process does.
    """

    def __init__(self, identity: Identity, ca_file: str) -> None:
        self._identity = identity
        self._ca_file = ca_file
        self._tokens: dict[str, AccessToken] = {}
        self._session = patient()

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """A token for the first scope's resource, kept until a minute before it expires."""
        resource = scopes[0].removesuffix("/.default")
        kept = self._tokens.get(resource)
        if kept and kept.expires_on > time.time() + 60:
            return kept
        try:
            reply = self._session.get(
                self._identity.endpoint,
                params={"api-version": "2019-08-01", "resource": resource},
                headers={"X-IDENTITY-HEADER": self._identity.header},
                verify=self._ca_file or True,
                timeout=30,
            )
            reply.raise_for_status()
            token = AccessToken(reply.json()["access_token"], int(reply.json()["expires_on"]))
        except (requests.RequestException, KeyError, ValueError) as error:
            raise ClientAuthenticationError(f"no token from {self._identity.endpoint}: {error}") from error
        self._tokens[resource] = token
        return token
