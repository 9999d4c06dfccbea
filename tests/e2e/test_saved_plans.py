"""A plan in a file is applied exactly as it was looked at, or not at all."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from runner import __version__
from runner.model.digest import sha256
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.e2e.people import aml, apply, everything, others, project, requests, settled

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

SECRETS = {"AML_SECRET_LAKE": "c2VjcmV0", "AML_SECRET_ADMIN": "Corr3ct-horse"}
CLUSTER, JOB, ENVIRONMENT, STORE = (
    f"specs/{name}.yml" for name in ("compute/cluster", "jobs/train", "environments/env", "datastores/lake")
)
FILES = {
    CLUSTER: """\
name: {name}
type: amlcompute
size: Standard_DS3_v2
max_instances: 2
ssh_settings: {{admin_username: ada, admin_password: "{{{{ env.AML_SECRET_ADMIN }}}}"}}
""",
    JOB: "name: {name}-train\ncommand: echo 1\nenvironment: azureml:{name}-env@latest\ncompute: azureml:parked\n",
    ENVIRONMENT: "name: {name}-env\nimage: acme/{name}\n",
    STORE: """\
name: {name}_lake
type: azure_blob
account_name: devstore
container_name: lake
credentials: {{account_key: "{{{{ env.AML_SECRET_LAKE }}}}"}}
""",
}
CONFIG = """\
external: [compute/parked]
targets:
  local: {allow_dirty: true}
  second: {allow_dirty: true}
"""
_NAMES = (f"saved{letter}" for letter in map(chr, count(ord("a"))))


@dataclass(frozen=True)
class Mind:
    """A project, and the plan that was saved of it."""

    repo: Repo
    name: str
    at: Desk

    @property
    def file(self) -> Path:
        """Where the plan is."""
        return self.repo.root.parent / "plan.json"

    def save(self, *options: str) -> str:
        """Saves the plan; the text of the file."""
        aml(self.repo, "plan", "--out", str(self.file), *options)
        return self.file.read_text("utf-8")

    def rewrite(self, checked: bool, **changes: Any) -> None:
        """Writes other things into the file, with the checksum that it had or the right one."""
        content = json.loads(self.file.read_text("utf-8"))
        content |= changes
        if checked:
            del content["checksum"]
            content["checksum"] = sha256(content)
        self.file.write_text(json.dumps(content), "utf-8")


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made, pytest.MonkeyPatch.context() as patch:
        for variable, value in SECRETS.items():
            patch.setenv(variable, value)
        yield made


@pytest.fixture
def mind(at: Desk, state: dict[str, str], tmp_path: Path) -> Mind:
    """A project that is applied, and then edited."""
    name = next(_NAMES)
    files = {path: spec.format(name=name) for path, spec in FILES.items()}
    repo = project(tmp_path / "repo", state, name, files, CONFIG)
    apply(repo)
    repo.edit(CLUSTER, "max_instances: 2", "max_instances: 3")
    repo.commit("three")
    return Mind(repo, name, at)


def _described(mind: Mind) -> None:
    def describe(sdk: Any) -> None:
        found = sdk.compute.get(mind.name)
        found.min_instances = 1
        sdk.compute.begin_update(found).result()

    others(mind.at, describe)


def _add(mind: Mind) -> None:
    mind.repo.write("specs/compute/new.yml", f"name: {mind.name}-new\ntype: amlcompute\nsize: Standard_DS3_v2\n")


# What happens between plan and apply: then why the plan is refused. {name} is the project's, {0} the plan's commit
# and {1} the one that is checked out.
BETWEEN: Mapping[str, tuple[Callable[[Mind], object], str]] = {
    "another edit": (
        lambda mind: mind.repo.edit(CLUSTER, "max_instances: 3", "max_instances: 4"),
        "is stale: since it was made, these differ: compute/{name} (update -> update); plan again",
    ),
    "the edit taken back": (
        lambda mind: mind.repo.edit(CLUSTER, "max_instances: 3", "max_instances: 2"),
        "is stale: since it was made, these differ: compute/{name} (update -> no-op); plan again",
    ),
    "one more spec": (
        _add,
        "is stale: since it was made, these differ: compute/{name}-new (no-op -> create); plan again",
    ),
    "a spec less": (
        lambda mind: (mind.repo.root / CLUSTER).unlink(),
        "is stale: since it was made, these differ: compute/{name} (update -> no-op); plan again",
    ),
    "a change in the workspace": (
        lambda mind: (
            mind.repo.edit(CLUSTER, "max_instances: 3", "max_instances: 3\nmin_instances: 0"),
            mind.save(),
            _described(mind),
        ),
        "is stale: since it was made, these differ: compute/{name} (update -> update); plan again",
    ),
    "somebody else applied": (
        lambda mind: apply(mind.repo),
        "is stale: since it was made, these differ: compute/{name} (update -> no-op); plan again",
    ),
    "another commit": (
        lambda mind: mind.repo.git("commit", "-q", "--allow-empty", "-m", "more"),
        "was made for commit {0}, this is {1}: plan again",
    ),
    "another project": (
        lambda mind: mind.repo.edit("specs/project.yml", f"project: {mind.name}", "project: other"),
        "was made for project '{name}', this is 'other': plan again",
    ),
    "a word in it": (
        lambda mind: mind.file.write_text(mind.file.read_text("utf-8").replace("update", "delete")),
        "was changed after it was saved: plan again",
    ),
    "other options in it": (
        lambda mind: mind.rewrite(checked=False, options={"prune": True}),
        "was changed after it was saved: plan again",
    ),
    "another change in it, and the checksum": (
        lambda mind: mind.rewrite(checked=True, resource_changes=[]),
        "is stale: since it was made, these differ: compute/{name} (no-op -> update); plan again",
    ),
    "a version of aml": (
        lambda mind: mind.rewrite(checked=True, tool_version="0.0.1"),
        f"was saved by version 0.0.1, this is {__version__}: plan again",
    ),
    "something else in the file": (
        lambda mind: mind.file.write_text('{"a": 1}'),
        "holds no saved plan: aml plan --out makes one",
    ),
    "half of it": (
        lambda mind: mind.file.write_text(mind.file.read_text("utf-8")[:300]),
        "holds no saved plan: aml plan --out makes one",
    ),
    "the file is gone": (lambda mind: mind.file.unlink(), "holds no saved plan: aml plan --out makes one"),
}


@pytest.mark.parametrize("name", BETWEEN)
def test_what_happened_in_between_is_named_and_nothing_is_sent(name: str, mind: Mind) -> None:
    happens, why = BETWEEN[name]
    before = mind.repo.git("rev-parse", "HEAD")[:12]
    mind.save()
    happens(mind)
    after = mind.repo.git("rev-parse", "HEAD")[:12]
    with requests(mind.repo.variables) as asked:
        said = apply(mind.repo, str(mind.file), code=1).err
    assert said.endswith(f"error: {mind.file} {why.format(before, after, name=mind.name)}\n")
    assert not [request for request in asked if not request.startswith("GET ")]


def test_what_was_looked_at_is_applied_once(mind: Mind) -> None:
    mind.save()
    apply(mind.repo, str(mind.file))
    settled(mind.repo)
    assert "(update -> no-op)" in apply(mind.repo, str(mind.file), code=1).err


def test_what_only_describes_is_looked_at_too(mind: Mind) -> None:
    _add(mind)
    mind.repo.edit(JOB, "echo 1", "echo 2")
    mind.save()
    mind.repo.edit("specs/compute/new.yml", "type:", "description: New\ntype:")
    mind.repo.edit(JOB, "command:", "tags: {team: red}\ncommand:")
    named = f"compute/{mind.name}-new (create -> create), job/{mind.name}-train (run -> run)"
    assert named in apply(mind.repo, str(mind.file), code=1).err


def test_what_a_person_types_beside_the_file(mind: Mind) -> None:
    mind.save()
    done = apply(mind.repo, str(mind.file), "--prune", code=1)
    assert "Error: a saved plan has its own options: give them to aml plan --out\n" in done.err
    done = apply(mind.repo, str(mind.file), "-t", "second", code=1)
    assert done.err.endswith("was made for target 'local', this is 'second': plan again\n")
    done = apply(mind.repo, CLUSTER, code=1)
    assert f"error: nothing matches '{CLUSTER}'; there is: compute/{mind.name}, " in done.err


def test_the_target_is_the_plans(mind: Mind) -> None:
    for path in (CLUSTER, STORE):  # what is mutable belongs to one target
        mind.repo.edit(path, "name: saved", "name: other")
    aml(mind.repo, "plan", "-t", "second", "--out", str(mind.file))
    apply(mind.repo, str(mind.file))
    settled(mind.repo, "-t", "second")


def test_a_plan_with_errors_is_not_saved(mind: Mind) -> None:
    mind.repo.edit(JOB, "-env@latest", "-env:7")
    assert "is not in the workspace" in aml(mind.repo, "plan", "--out", str(mind.file), code=1).err
    assert not mind.file.exists()


def test_the_options_are_part_of_the_plan(mind: Mind) -> None:
    (mind.repo.root / STORE).unlink()
    run = json.loads(aml(mind.repo, "status", "--json", "job/*").out)["resources"][-1]["live_name"]
    others(mind.at, lambda sdk: sdk.jobs.begin_cancel(run))
    mind.save("--prune", "--retry-failed", "job/*", "compute/*", "job/*", "datastore/*")
    done = apply(mind.repo, str(mind.file))
    assert f"  - datastore/{mind.name}_lake\n" in done.out
    assert f"next attempt; runs as {run}-a2\n" in done.out
    assert "1 to update, 1 to delete, 1 to run" in done.out
    settled(mind.repo, "--prune")


def test_a_hazard_is_insisted_on_when_it_is_carried_out(mind: Mind) -> None:
    mind.repo.edit(CLUSTER, "DS3", "DS4")
    mind.save()
    assert (
        f"compute/{mind.name} would be deleted and made anew: --allow-replace"
        in apply(mind.repo, str(mind.file), code=1).err
    )
    apply(mind.repo, str(mind.file), "--allow-replace")
    settled(mind.repo)


def test_no_secret_is_in_it(at: Desk, state: dict[str, str], tmp_path: Path) -> None:
    name = next(_NAMES)
    files = {path: spec.format(name=name) for path, spec in FILES.items()}
    mind = Mind(project(tmp_path / "repo", state, name, files, CONFIG), name, at)
    first = mind.save()
    apply(mind.repo, str(mind.file))
    mind.repo.edit(STORE, "type:", "description: Deep\ntype:")
    mind.repo.edit(CLUSTER, "DS3", "DS4")
    for text in (first, mind.save(), aml(mind.repo, "plan", "--json").out):
        assert not [secret for secret in SECRETS.values() if secret in text]
    assert not [payload for payload in everything(at).values() if any(secret in payload for secret in SECRETS.values())]


def test_another_workspace(mind: Mind) -> None:
    mind.save()
    azure = "{subscription_id: s, resource_group: r, workspace_name: w, allow_dirty: true}"
    mind.repo.edit("specs/project.yml", "local: {allow_dirty: true}", f"local: {azure}")
    done = mind.repo.aml("apply", "--auto-approve", str(mind.file), code=1)  # no desk: it is not connected to Azure's
    assert done.err.endswith(f"error: {mind.file} was made for another workspace: plan again\n")


@pytest.mark.slow
def test_another_embedded_workspace(mind: Mind, tmp_path: Path) -> None:
    mind.save()
    other = Repo(mind.repo.root, mind.repo.variables | {"AML_STATE_DIR": str(tmp_path / "other")})
    try:
        done = other.aml("apply", "--auto-approve", str(mind.file), code=1)
    finally:
        other.aml("workspace", "stop")
    assert done.err.endswith(f"error: {mind.file} was made for another workspace: plan again\n")
