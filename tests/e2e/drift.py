"""One project with something of every kind, what others can do to it, and what a plan tells of that."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk
from tests.e2e.people import aml, others, send

CLUSTER = "specs/compute/cluster.yml"
FILES = {
    CLUSTER: """\
name: drift-cluster
type: amlcompute
size: Standard_DS3_v2
min_instances: 0
max_instances: 2
idle_time_before_scale_down: 120
description: For all
tags: {team: red, cost: low}
""",
    "specs/compute/bench.yml": "name: drift-bench\ntype: computeinstance\nsize: Standard_DS3_v2\ntags: {team: red}\n",
    "specs/datastores/lake.yml": """\
name: drift_lake
type: azure_blob
account_name: devstore
container_name: lake
description: Deep
tags: {team: red}
""",
    "specs/environments/env.yml": "name: drift-env\nimage: acme/drift\ndescription: Small\ntags: {team: red}\n",
    "specs/data/rows.yml": """\
name: drift-rows
type: uri_file
path: https://example.com/drift
description: Rows
tags: {team: red}
""",
    "specs/models/net.yml": """\
name: drift-net
path: https://example.com/drift/net
description: Net
tags: {team: red}
""",
    "specs/components/step.yml": """\
name: drift_step
type: command
command: echo drift
environment: azureml:drift-env@latest
description: Step
tags: {team: red}
""",
    "specs/jobs/train.yml": """\
name: drift-train
command: echo drift
environment: azureml:drift-env@latest
compute: azureml:parked
""",
}
EXTERNAL = "external: [compute/parked]\n"
Deed = Callable[[Desk], None]


@dataclass(frozen=True)
class Moved:
    """One row: what somebody does, the drift that a plan tells, its changes, and what it finds.

    What a plan changes, apply takes back; `mend` is what somebody has to put right by hand before.
    """

    deed: Deed
    drift: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    mend: Deed = lambda _: None
    options: tuple[str, ...] = ()  # of the apply that repairs it


def cluster(*, tags: Mapping[str, str | None] | None = None, **fields: Any) -> Deed:
    """A change of the cluster with the SDK: its fields, and tags; None takes one away."""

    def change(sdk: Any) -> None:
        found = sdk.compute.get("drift-cluster")
        for name, value in fields.items():
            setattr(found, name, value)
        found.tags = _retagged(found.tags, tags or {})
        sdk.compute.begin_update(found).result()

    return lambda at: others(at, change)


def properties(place: str, *, tags: Mapping[str, str | None] | None = None, **fields: Any) -> Deed:
    """A change of a datastore, or of the only version of an asset, by a request."""

    def change(at: Desk) -> None:
        found = only(at, place)
        body = {**found["properties"], **fields}
        body["tags"] = _retagged(body["tags"], tags or {})
        send(at, "PUT", found["id"].removeprefix(f"{at.workspace.path}/"), {"properties": body})

    return change


def only(at: Desk, place: str) -> dict[str, Any]:
    """A datastore, or the only version of an asset."""
    found = at.rest.get(place) if place.startswith("datastores/") else None
    return found or next(iter(at.rest.list(f"{place}/versions", listViewType="All")))


def _retagged(tags: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**tags, **changes}.items() if value is not None}


def bench(**tags: str | None) -> Deed:
    """Other tags on the instance: the SDK has no call for it."""

    def change(at: Desk) -> None:
        found = at.rest.get("computes/drift-bench")
        assert found
        send(at, "PATCH", "computes/drift-bench", {"tags": _retagged(found["tags"], tags)})

    return change


def with_sdk(does: Callable[[Any], object]) -> Deed:
    """Something that is one call of the SDK."""
    return lambda at: others(at, does)


def recreated(size: str = "Standard_DS3_v2", *, tagged: bool) -> Deed:
    """The cluster deleted, and made anew by hand, of this size; with the tags that it had or without any."""

    def change(sdk: Any) -> None:
        from azure.ai.ml.entities import AmlCompute

        before = sdk.compute.get("drift-cluster")
        sdk.compute.begin_delete("drift-cluster").result()
        same = {name: getattr(before, name) for name in ("description", "max_instances", "idle_time_before_scale_down")}
        made = AmlCompute(name="drift-cluster", size=size, min_instances=0, **same, tags=before.tags if tagged else {})
        sdk.compute.begin_create_or_update(made).result()

    return with_sdk(change)


def back(key: str, name: str, spec: str, live: str) -> dict[str, tuple[str, ...]]:
    """What a plan tells of one field that is another in the workspace, and how it takes it back."""
    drift = f"{key.partition(':')[0]}  {name}: {spec} -> {live}"
    return {"drift": (drift,), "plan": (f"~ {key}; {name}: {live} -> {spec}",)}


def told(repo: Repo, *options: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The drift that a plan tells, its changes, each on a line with its reasons, and what it finds."""
    done = aml(repo, "plan", *options, code=None)
    drift, rest = [], done.out
    while rest.startswith("Changed in the workspace"):
        head, _, rest = rest.partition("\n\n")
        drift += [line.strip() for line in head.splitlines()[1::2]]
        for line in head.splitlines()[2::2]:
            assert re.fullmatch(r"      by [0-9a-f-]{36} at 20[-0-9T:]{14}", line), line
    changes = re.sub(r"\n {6}", "; ", rest).splitlines()[:-1]
    found = [re.sub(r"^\S+: ", "", line) for line in done.err.splitlines() if re.search(r"(error|warning): ", line)]
    return _masked(drift), _masked(changes), _masked(found)


def _masked(lines: Iterable[str]) -> tuple[str, ...]:
    digits = [re.sub(r"\b(c?)[0-9a-f]{12}\b", r"\1*", line.strip()) for line in lines if line]
    return tuple(re.sub(r"\b[0-9a-f]{57}\b", "D" * 57, line) for line in digits)
