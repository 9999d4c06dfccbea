"""What a field refers to: another resource by name, a remote place, or a local path.

The forms are Azure ML's: `azureml:name:version`, `azureml:name@label`, `azureml:name` (computes only), ARM ids,
`azureml://registries/...`, `azureml://datastores/...`, http(s), wasb(s), abfs(s), adl, git, MLflow's
`runs:/`. All else is a local path.
"""

import re
from dataclasses import dataclass

from runner.model.keys import Key, Kind

_REMOTE = re.compile(
    r"(azureml|https?|wasbs?|abfss?|adl|git\+[a-z]+|git)://|azureml:/|/subscriptions/|runs:/|git@|\$\{\{"
)
_DATASTORE = re.compile(r"azureml://datastores/([^/]+)/paths(/|$)")
_CURATED = "AzureML-"


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource by name. At most one of `version` and `label` is set."""

    key: Key
    version: str = ""
    label: str = ""

    def __str__(self) -> str:
        return f"{self.key}{'@' if self.label else ':' if self.version else ''}{self.label or self.version}"

    @property
    def curated(self) -> bool:
        """Whether Azure ML itself publishes what is named."""
        return self.key.kind is Kind.ENVIRONMENT and self.key.name.startswith(_CURATED)


def parse(kind: Kind, text: str) -> Reference | None:
    """The resource of this kind that the text names; None for ids, URIs and paths."""
    if _REMOTE.match(text):
        return None
    if not text.startswith("azureml:"):
        return Reference(Key(kind, text)) if kind is Kind.COMPUTE and text not in {"local", "serverless"} else None
    name = text.removeprefix("azureml:")
    if kind is Kind.COMPUTE and name == "serverless":
        return None
    base, _, label = name.rpartition("@")
    if base:
        return Reference(Key(kind, base), label=label)
    base, _, version = name.partition(":")
    return Reference(Key(kind, base), version=version)


def datastore_in(uri: str) -> Reference | None:
    """The datastore of this workspace in which a URI lies; None for any other place."""
    found = _DATASTORE.match(uri)
    return Reference(Key(Kind.DATASTORE, found[1])) if found else None


def is_local(text: str) -> bool:
    """Whether a path field names something on this machine."""
    return bool(text) and not text.startswith("azureml:") and not _REMOTE.match(text)


def pinned(key: Key, version: str) -> str:
    """The reference to exactly this version."""
    return f"azureml:{key.name}:{version}"
