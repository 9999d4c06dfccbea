"""What a translation needs to know beside the payload itself, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.errors import AmlError
from runner.model.resource import FieldPath

Payload = Mapping[str, Any]


class UnwritableError(AmlError):
    """Something live that no spec can say; the message says what, e.g. `jobs of type Spark`."""


@dataclass(frozen=True, slots=True)
class Around:
    """The workspace around a payload.

    `read` answers for what a payload names, by its path below the workspace; UnwritableError when it is gone.
    """

    path: str  # the workspace's ARM path
    location: str
    endpoint: str  # of storage in this cloud, e.g. core.windows.net
    read: Callable[[str], Payload]


@dataclass(frozen=True, slots=True)
class Written:
    """A live resource as a spec.

    References name a version (`azureml:iris:3`), conda files and anonymous components stand in place. `trees` maps the
    places that want a local folder to the URL of its content, which until then stands there itself.
    """

    spec: Mapping[str, Any]
    trees: Mapping[FieldPath, str] = field(default_factory=dict)
