"""What others change behind our back: told apart from edits, exactly, and taken back by the next apply."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.drift import (
    CLUSTER,
    EXTERNAL,
    FILES,
    Moved,
    back,
    bench,
    cluster,
    only,
    properties,
    recreated,
    told,
    with_sdk,
)
from tests.e2e.edits import Desk, desk
from tests.e2e.people import apply, others, project, send, settled

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

C = "compute/drift-cluster"
RUN = "job/drift-train"
ENV, ROWS, NET, STEP = "environment/drift-env:c*", "data/drift-rows:c*", "model/drift-net:1", "component/drift_step:c*"
DIGEST = "D" * 57 + "..."
TARGET = "use another name, or list it under external: in specs/project.yml; --adopt takes it over"
COMPUTES = {
    "min_instances": Moved(cluster(min_instances=1), **back(C, "min_instances", "0", "1")),
    "max_instances": Moved(cluster(max_instances=5), **back(C, "max_instances", "2", "5")),
    "idle time": Moved(
        cluster(idle_time_before_scale_down=900), **back(C, "idle_time_before_scale_down", "120", "900")
    ),
    "description": Moved(cluster(description="Mine"), **back(C, "description", "For all", "Mine")),
    "description taken away": Moved(cluster(description=""), **back(C, "description", "For all", "(none)")),
    "a tag": Moved(cluster(tags={"team": "blue"}), **back(C, "tags.team", "red", "blue")),
    "a tag taken away": Moved(cluster(tags={"cost": None}), **back(C, "tags.cost", "low", "(none)")),
    "a tag of somebody else's": Moved(cluster(tags={"audit": "2026"})),
    "two fields at once": Moved(
        cluster(min_instances=1, max_instances=6),
        (f"{C}  max_instances: 2 -> 6", f"{C}  min_instances: 0 -> 1"),
        (f"~ {C}; max_instances: 6 -> 2; min_instances: 1 -> 0",),
    ),
    "a tag of an instance": Moved(bench(team="blue"), **back("compute/drift-bench", "tags.team", "red", "blue")),
    "an instance that is stopped": Moved(
        with_sdk(lambda sdk: sdk.compute.begin_stop("drift-bench").result()),
        mend=with_sdk(lambda sdk: sdk.compute.begin_start("drift-bench").result()),
    ),
    "a cluster that is deleted": Moved(
        with_sdk(lambda sdk: sdk.compute.begin_delete("drift-cluster").result()), plan=(f"+ {C}",)
    ),
}
RECREATED = {
    "of another size, with our tags": Moved(
        recreated("Standard_DS12_v2", tagged=True),
        (f"{C}  size: Standard_DS3_v2 -> STANDARD_DS12_V2",),
        (f"-/+ {C}; size: STANDARD_DS12_V2 -> Standard_DS3_v2  # forces replacement",),
        (f"warning: {C}: size cannot change in place: apply deletes it and makes it anew (--allow-replace)",),
        options=("--allow-replace",),
    ),
    "of another size, without tags": Moved(
        recreated("Standard_DS12_v2", tagged=False),
        found=(f"error: {C}: exists and was not made by this project: {TARGET}",),
        mend=with_sdk(lambda sdk: sdk.compute.begin_delete("drift-cluster").result()),
    ),
    "as it was, without tags": Moved(
        recreated(tagged=False),
        found=(f"error: {C}: exists and was not made by this project: {TARGET}",),
        options=("--adopt",),
    ),
}
OUR_TAGS = {
    "aml.project is another": Moved(
        cluster(tags={"aml.project": "theirs"}),
        found=(f"error: {C}: exists and belongs to project 'theirs': {TARGET}",),
        options=("--adopt",),
    ),
    "aml.project is gone": Moved(
        cluster(tags={"aml.project": None}),
        found=(f"error: {C}: exists and was not made by this project: {TARGET}",),
        options=("--adopt",),
    ),
    "aml.target is another": Moved(
        cluster(tags={"aml.target": "prod"}),
        found=(f"error: {C}: exists and belongs to target 'prod' of this project: {TARGET}",),
        options=("--adopt",),
    ),
    "aml.digest is another": Moved(
        cluster(tags={"aml.digest": "0" * 12}), plan=(f"~ {C}; tags.aml.digest: * -> {DIGEST}",)
    ),
    "aml.digest is gone": Moved(
        cluster(tags={"aml.digest": None}), plan=(f"~ {C}; tags.aml.digest: (none) -> {DIGEST}",)
    ),
    "aml.parts is gone": Moved(cluster(tags={"aml.parts": None})),
    "aml.parts says something else": Moved(cluster(tags={"aml.parts": "max_instances:000000"})),
    "aml.commit is gone": Moved(cluster(tags={"aml.commit": None})),
    "protected by hand": Moved(
        cluster(tags={"aml.prevent_destroy": "true"}), plan=(f"~ {C}; prevent_destroy: true -> false",)
    ),
    "aml.digest of a version is another": Moved(
        properties("environments/drift-env", tags={"aml.digest": "0" * 12}),
        plan=(f"~ {ENV}; tags.aml.digest: * -> {DIGEST}",),
    ),
    "aml.digest of a version is gone": Moved(
        properties("data/drift-rows", tags={"aml.digest": None}),
        plan=(f"~ {ROWS}; tags.aml.digest: (none) -> {DIGEST}",),
    ),
    "aml.project of a version is gone": Moved(  # equal content serves whoever made it, and is nobody's to repair
        properties("components/drift_step", tags={"aml.project": None}),
        mend=properties("components/drift_step", tags={"aml.project": "drift"}),
    ),
}
L = "datastore/drift_lake"
STORES = {
    "description": Moved(
        properties("datastores/drift_lake", description="Mine"), **back(L, "description", "Deep", "Mine")
    ),
    "a tag": Moved(properties("datastores/drift_lake", tags={"team": "blue"}), **back(L, "tags.team", "red", "blue")),
    "deleted": Moved(with_sdk(lambda sdk: sdk.datastores.delete("drift_lake")), plan=(f"+ {L}",)),
}
WORDS = {ENV: "Small", ROWS: "Rows", NET: "Net", STEP: "Step"}
PLACES = {
    ENV: "environments/drift-env",
    ROWS: "data/drift-rows",
    NET: "models/drift-net",
    STEP: "components/drift_step",
}
VERSIONS = (
    {
        f"description of {key}": Moved(
            properties(place, description="Mine"), **back(key, "description", WORDS[key], "Mine")
        )
        for key, place in PLACES.items()
    }
    | {
        f"tag of {key}": Moved(properties(place, tags={"team": "blue"}), **back(key, "tags.team", "red", "blue"))
        for key, place in PLACES.items()
    }
    | {
        f"tag of {key} taken away": Moved(
            properties(place, tags={"team": None}), **back(key, "tags.team", "red", "(none)")
        )
        for key, place in PLACES.items()
    }
    | {
        f"{key} archived": Moved(properties(place, isArchived=True), plan=(f"~ {key}; archived: true -> false",))
        for key, place in PLACES.items()
    }
)
TABLE = {
    f"{group}: {name}": row
    for group, rows in {
        "compute": COMPUTES,
        "made anew": RECREATED,
        "our tags": OUR_TAGS,
        "datastore": STORES,
        "version": VERSIONS,
    }.items()
    for name, row in rows.items()
}


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture(scope="module")
def repo(at: Desk, state: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """One of every kind, applied; each test leaves it as it found it."""
    assert at.workspace
    made = project(tmp_path_factory.mktemp("drift") / "repo", state, "drift", FILES, EXTERNAL)
    apply(made)
    return made


# Every other one only in `make test-all`: each is a plan, an apply and a plan on a real workspace.
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (n % 2)) for n, name in enumerate(TABLE)]
)
def test_what_somebody_changed_is_told_and_taken_back(name: str, repo: Repo, at: Desk) -> None:
    row = TABLE[name]
    row.deed(at)
    assert told(repo) == (row.drift, row.plan, row.found)
    row.mend(at)
    if row.plan or row.found:
        apply(repo, *row.options)
    settled(repo)


def test_what_a_rule_ignores_is_kept_and_told_on_request(repo: Repo, at: Desk) -> None:
    rules = "rules: [{match: compute/*, ignore_changes: [max_instances, tags.cost]}]\n"
    repo.write("specs/project.yml", f"version: 1\nproject: drift\n{EXTERNAL}{rules}")
    apply(repo)  # the record of what counts is another now
    cluster(max_instances=7, tags={"cost": "high"})(at)
    settled(repo)
    drift = (f"{C}  max_instances: 2 -> 7", f"{C}  tags.cost: low -> high")
    assert told(repo, "--explain")[0] == drift

    cluster(min_instances=1)(at)
    assert told(repo) == ((f"{C}  min_instances: 0 -> 1",), (f"~ {C}; min_instances: 1 -> 0",), ())
    apply(repo)
    assert told(repo, "--explain")[0] == drift, "an update repeats what is ignored"
    repo.git("checkout", "-q", ".")
    assert told(repo)[1] == (f"~ {C}; max_instances: 7 -> 2; tags.cost: high -> low",)
    apply(repo)
    settled(repo)


def test_an_edit_and_a_drift_at_once_are_told_apart(repo: Repo, at: Desk) -> None:
    cluster(min_instances=1, tags={"team": "blue"})(at)
    repo.edit(CLUSTER, "max_instances: 2", "max_instances: 4")
    repo.edit(CLUSTER, "cost: low", "cost: high")
    drift = (f"{C}  min_instances: 0 -> 1", f"{C}  tags.team: red -> blue")
    every = "max_instances: 2 -> 4; min_instances: 1 -> 0; tags.cost: low -> high; tags.team: blue -> red"
    assert told(repo) == (drift, (f"~ {C}; {every}",), ())
    apply(repo)
    settled(repo)
    repo.git("checkout", "-q", ".")
    apply(repo)
    settled(repo)


def test_the_same_change_by_spec_and_by_hand_is_recorded_as_the_specs(repo: Repo, at: Desk) -> None:
    cluster(max_instances=3)(at)
    repo.edit(CLUSTER, "max_instances: 2", "max_instances: 3")
    assert told(repo) == ((), (f"~ {C}; spec: changed",), ())
    apply(repo)
    settled(repo)
    repo.git("checkout", "-q", ".")
    apply(repo)


def test_what_no_spec_states_survives_our_updates(repo: Repo, at: Desk) -> None:
    cluster(tags={"audit": "2026"})(at)
    access = _given_access(at)
    bench(audit="2026")(at)
    for place in ("datastores/drift_lake", *PLACES.values()):
        properties(place, tags={"audit": "2026"})(at)
    settled(repo)
    spec = repo.root / CLUSTER
    spec.write_text("name: drift-cluster\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: 3\n")
    for name in FILES.keys() - {CLUSTER, "specs/jobs/train.yml", "specs/compute/bench.yml"}:
        repo.write(name, re.sub(r"description: .*", "description: New", FILES[name]))
    apply(repo)
    settled(repo)

    assert _access(at) == access
    found = at.rest.get("computes/drift-cluster")
    assert found
    scale = found["properties"]["properties"]["scaleSettings"]
    assert (scale["minNodeCount"], scale["nodeIdleTimeBeforeScaleDown"]) == (0, "PT2M")
    assert found["properties"]["description"] == "For all"
    assert {name: value for name, value in found["tags"].items() if not name.startswith("aml.")} == {"audit": "2026"}
    for place in ("datastores/drift_lake", *PLACES.values()):
        assert only(at, place)["properties"]["tags"]["audit"] == "2026"
        assert only(at, place)["properties"]["description"] == "New"
    repo.git("checkout", "-q", ".")
    apply(repo)
    settled(repo)


RUNS = {
    "archived": Moved(lambda at: others(at, lambda sdk: sdk.jobs.archive(_run(at)))),
    "tagged": Moved(lambda at: others(at, lambda sdk: _tag_run(sdk, at, {"aml.project": "theirs", "aml.digest": "0"}))),
    "described": Moved(lambda at: others(at, lambda sdk: _tag_run(sdk, at, {"note": "good"}))),
    "canceled": Moved(
        lambda at: others(at, lambda sdk: sdk.jobs.begin_cancel(_run(at))),
        found=("warning: job/drift-train: canceled as drift-train-*; --retry-failed job/drift-train runs it again",),
    ),
    "deleted": Moved(
        lambda at: send(at, "DELETE", f"jobs/{_run(at)}"),
        plan=("> job/drift-train; never ran; runs as drift-train-*",),
    ),
}


def _given_access(at: Desk) -> dict[str, Any]:
    """The cluster gets an identity, a network and a key from somebody who knows what no spec states."""
    found = at.rest.get("computes/drift-cluster")
    assert found
    body = {name: found[name] for name in ("location", "tags")}
    inner = {name: found["properties"]["properties"][name] for name in ("vmSize", "vmPriority", "scaleSettings")}
    outer = {"computeType": "AmlCompute", "description": found["properties"]["description"], "properties": inner}
    group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/other"
    user = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ops"
    network = f"{group}/providers/Microsoft.Network/virtualNetworks/net/subnets/nodes"
    inner["subnet"] = {"id": network}
    inner["remoteLoginPortPublicAccess"] = "Enabled"
    inner["userAccountCredentials"] = {"adminUserName": "ops", "adminUserSshPublicKey": "ssh-rsa AAAA ops"}
    identity = {"type": "UserAssigned", "userAssignedIdentities": {user: {}}}
    send(at, "PUT", "computes/drift-cluster", {**body, "identity": identity, "properties": outer})
    return _access(at)


def _access(at: Desk) -> dict[str, Any]:
    found = at.rest.get("computes/drift-cluster")
    assert found
    inner = found["properties"]["properties"]
    told = ("subnet", "remoteLoginPortPublicAccess", "userAccountCredentials")
    return {"identity": found.get("identity"), **{name: inner[name] for name in told}}


def _run(at: Desk) -> str:
    found = at.rest.list("jobs", listViewType="All")
    return next(str(each["name"]) for each in found if each["name"].startswith("drift-train-"))


def _tag_run(sdk: Any, at: Desk, tags: Mapping[str, str]) -> None:
    job = sdk.jobs.get(_run(at))
    job.tags = {**job.tags, **tags}
    sdk.jobs.create_or_update(job)


def test_a_run_is_what_it_was_submitted_for_whatever_is_done_to_it(repo: Repo, at: Desk) -> None:
    for row in RUNS.values():  # each on top of the ones before
        row.deed(at)
        assert told(repo) == (row.drift, row.plan, row.found)
    apply(repo)
    settled(repo)
