"""What is read before anything is judged. What could not be read says why, and stops nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.model.keys import Key, Kind


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read. `status` and `code` are the service's, if it was the service that refused."""

    why: str
    status: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Clone:
    """The git repository around the project."""

    version: str
    commit: str
    ref: str
    shallow: bool
    remotes: frozenset[str] = frozenset()
    with_notes: frozenset[str] = frozenset()  # the remotes whose notes are fetched


@dataclass(frozen=True, slots=True)
class Target:
    """A target of the project, its coordinates filled in; without any it is the embedded workspace."""

    name: str
    subscription_id: str = ""
    resource_group: str = ""
    workspace_name: str = ""
    allow_dirty: bool = False


@dataclass(frozen=True, slots=True)
class Machines:
    """What a compute of the specs asks of the region: at most `nodes` of one VM size."""

    key: Key
    size: str  # empty: the service's default
    nodes: int
    low_priority: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """The project's files. `dirty` is None without a commit to differ from, `kinds` are those that specs are of."""

    root: str
    target: Target | Unread
    specs: int | Unread
    dirty: bool | None = None
    kinds: frozenset[Kind] = frozenset(Kind)
    machines: tuple[Machines, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """Who we are to the service. `seconds` is how long the token lasts from now."""

    claims: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace as it answered. `ahead` is our clock less the service's, None when it did not say the time."""

    name: str
    region: str
    storage: str  # the ARM id of its storage account
    seconds: float  # that one read took
    ahead: float | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """One set of rights: patterns over operations, as a role has them."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


Rights = tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Storage:
    """Where uploads go. `shared_keys` is whether the account accepts its keys; `looked_into` is None when not asked."""

    datastore: str
    account: str
    container: str
    credentials: str  # AccountKey, Sas, None, ...
    shared_keys: bool | Unread
    rights: Rights | Unread
    looked_into: bool | Unread


@dataclass(frozen=True, slots=True)
class Size:
    """A VM size of the region. `prices` is USD an hour on Linux by tier: Standard, LowPriority."""

    name: str
    family: str
    cores: int
    prices: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Usage:
    """A quota of the region, in cores."""

    name: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the region offers, and how much of it is left for us."""

    sizes: tuple[Size, ...] | Unread
    usages: tuple[Usage, ...] | Unread


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that the service was asked. `reads` has each collection, and why it could not be read."""

    token: Token | Unread
    workspace: Workspace | Unread
    reads: Mapping[str, Unread | None]
    rights: Rights | Unread
    storage: Storage | Unread
    capacity: Capacity
