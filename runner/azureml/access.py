"""The workspace's container of uploads, looked at with our own token: one read, nothing is written."""

import re
from urllib.parse import urlsplit

from runner.azureml.bearer import bearer
from runner.azureml.rest import Rest
from runner.azureml.translate import translated
from runner.errors import ServiceError

_ACCOUNT, _PUBLIC = re.compile(r"[a-z0-9]{3,24}"), "core.windows.net"
_SECONDS = 20


def look_into(rest: Rest, account: str, endpoint: str, container: str) -> bool:
    """Lists at most one blob. False when the host is not one that a token of ours may go to.

    Raises ServiceError; its `code` is the storage's own, e.g. AuthorizationPermissionMismatch.
    """
    import requests

    url = f"https://{account}.blob.{endpoint}/{container}"
    if not is_storage(account, endpoint) and urlsplit(url).netloc != urlsplit(rest.workspace.arm_url).netloc:
        return False
    with translated("looking into the storage"):
        token = rest.credential.get_token("https://storage.azure.com/.default")
        reply = requests.get(
            url,
            params={"restype": "container", "comp": "list", "maxresults": "1"},
            headers={"x-ms-version": "2021-12-02"},
            auth=bearer(token.token),
            verify=rest.workspace.ca_file or True,
            timeout=_SECONDS,
            allow_redirects=False,
        )
    if reply.status_code != 200:
        code = reply.headers.get("x-ms-error-code", "")
        raise ServiceError(
            f"looking into the storage: {reply.reason} ({reply.status_code} {code})".replace(" )", ")"),
            status=reply.status_code,
            code=code,
        )
    return True


def is_storage(account: str, endpoint: str) -> bool:
    """Whether these name a storage account of Azure's public cloud: a datastore may say anything."""
    return endpoint == _PUBLIC and bool(_ACCOUNT.fullmatch(account))
