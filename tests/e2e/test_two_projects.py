"""Two repositories, or two targets of one, in one workspace: nobody names, changes or takes away what is another's."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.e2e.people import aml, apply, everything, project, settled

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

READS = [
    ("plan",),
    ("plan", "--explain"),
    ("plan", "--json"),
    ("plan", "--prune"),
    ("plan", "--prune", "--json"),
    ("plan", "--adopt"),
    ("status",),
    ("status", "--json"),
]
EXTERNAL = "external: [compute/parked]\n"


def files(name: str) -> dict[str, str]:
    """Something of every kind, all of it called after `name`."""
    return {
        "specs/compute/cluster.yml": f"name: {name}-cluster\ntype: amlcompute\nsize: Standard_DS3_v2\n",
        "specs/datastores/lake.yml": f"name: {name}_lake\ntype: azure_blob\naccount_name: a\ncontainer_name: {name}\n",
        "specs/environments/env.yml": f"name: {name}-env\nimage: acme/{name}\n",
        "specs/data/rows.yml": f"name: {name}-rows\ntype: uri_file\npath: https://example.com/{name}\n",
        "specs/models/net.yml": f"name: {name}-net\npath: https://example.com/{name}/net\n",
        "specs/components/step.yml": f"name: {name}_step\ntype: command\ncommand: echo {name}\n"
        f"environment: azureml:{name}-env@latest\n",
        "specs/jobs/train.yml": f"name: {name}-train\ncommand: echo {name}\nenvironment: azureml:{name}-env@latest\n"
        "compute: azureml:parked\n",
    }


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture(scope="module")
def both(at: Desk, state: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Repo, Repo]:
    """Two repositories of two projects, both applied."""
    assert at.workspace
    root = tmp_path_factory.mktemp("two")
    made = tuple(project(root / name, state, name, files(name), EXTERNAL) for name in ("crimson", "indigo"))
    for repo in made:
        apply(repo)
    return made[0], made[1]


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_no_command_names_what_is_the_others(both: tuple[Repo, Repo], command: tuple[str, ...]) -> None:
    for repo, other in (both, both[::-1]):
        done = aml(repo, *command)
        assert other.root.name not in done.out + done.err
        if "--json" not in command and command[0] == "plan" and "--explain" not in command:
            assert done.out == "No changes.\n"


def test_strict_status_leaves_out_what_the_other_explains(both: tuple[Repo, Repo]) -> None:
    for repo, other in (both, both[::-1]):
        told = strays(repo)
        assert "compute/parked" not in told, "external"
        assert not [address for address in told if repo.root.name in address or other.root.name in address]


def strays(repo: Repo) -> dict[str, str]:
    """What `status --strict` says of what is live: address -> why. Other tests may leave things of nobody's."""
    done = aml(repo, "status", "--strict", "--json", code=None)
    return {stray["address"]: stray["why"] for stray in json.loads(done.out)["unexplained"]}


def test_what_a_project_forgets_is_its_own_alone(both: tuple[Repo, Repo]) -> None:
    crimson, indigo = both
    (crimson.root / "specs/compute/cluster.yml").unlink()
    assert aml(crimson, "plan", "--prune").out == (
        "  - compute/crimson-cluster\n\nPlan: 0 to create, 0 to update, 1 to delete, 0 to run (6 unchanged).\n"
    )
    settled(crimson)
    settled(indigo, "--prune")
    assert strays(crimson)["compute/crimson-cluster"] == "no spec asks for it any more"
    assert "compute/crimson-cluster" not in strays(indigo)
    crimson.git("checkout", "-q", ".")


@pytest.mark.parametrize("kind", ["compute", "datastores", "environments"])
@pytest.mark.usefixtures("both")
def test_the_same_name_is_refused_and_left_as_it_is(at: Desk, state: dict[str, str], tmp_path: Path, kind: str) -> None:
    name, content = next(item for item in files("crimson").items() if item[0].startswith(f"specs/{kind}/"))
    # Of a version, content that is another: equal content is shared.
    content += "version: 1\n" if kind == "environments" else "description: Mine\n"
    owner = project(tmp_path / "owner", state, "owner", {name: content})
    if kind == "environments":
        apply(owner)
        content = content.replace("acme/crimson", "acme/else")
    before = everything(at)
    taker = project(tmp_path / "taker", state, "taker", {name: content})
    done = aml(taker, "plan", code=1)
    whose = "owner" if kind == "environments" else "crimson"
    assert f"exists and belongs to project '{whose}': use another name, or list it under external:" in done.err
    assert done.err.endswith("--adopt takes it over\n")
    assert "the plan has errors; nothing was sent" in apply(taker, code=1).err
    assert everything(at) == before


@pytest.mark.usefixtures("both")
def test_equal_content_is_shared_and_stays_the_first_ones(at: Desk, state: dict[str, str], tmp_path: Path) -> None:
    shared = {"specs/environments/env.yml": f"{files('crimson')['specs/environments/env.yml']}description: Theirs\n"}
    before = everything(at)
    guest = project(tmp_path / "guest", state, "guest", shared)
    assert "shared with project 'crimson'" in aml(guest, "plan", "--explain").out
    apply(guest)
    (guest.root / "specs/environments/env.yml").unlink()
    settled(guest, "--prune")
    aml(guest, "destroy", "--auto-approve")
    assert everything(at) == before


def test_destroy_leaves_everything_else_byte_for_byte(both: tuple[Repo, Repo], at: Desk, tmp_path: Path) -> None:
    crimson, indigo = both
    before = everything(at)
    scarlet = project(tmp_path / "scarlet", crimson.variables, "scarlet", files("scarlet"), EXTERNAL)
    apply(scarlet)
    own = everything(at).keys() - before.keys()
    assert aml(scarlet, "destroy", "--auto-approve").out.endswith("7 to delete, 0 to run (0 unchanged).\n")
    after = everything(at)
    assert {path: after[path] for path in before} == before
    left = {path: json.loads(after[path])["properties"] for path in own & after.keys() if "/versions/" in path}
    assert left
    assert all(properties["isArchived"] for properties in left.values())
    assert not {path for path in own & after.keys() if path.startswith(("computes/", "datastores/"))}
    run = next(json.loads(after[path]) for path in own if path.startswith("jobs/"))
    assert run["properties"]["status"] == "Canceled"
    aml(scarlet, "destroy", "--auto-approve")
    assert everything(at) == after, "a second time there is nothing to do"
    for repo in (crimson, indigo):
        settled(repo)


TARGETS = "targets:\n  test: {allow_dirty: true}\n  live: {allow_dirty: true}\ndefault_target: test\n"


def test_two_targets_of_one_project(at: Desk, state: dict[str, str], tmp_path: Path) -> None:
    repo = project(tmp_path / "teal", state, "teal", files("teal"), EXTERNAL + TARGETS)
    apply(repo)
    for path in ("compute/cluster", "datastores/lake"):
        (repo.root / f"specs/{path}.yml").unlink()
    apply(repo, "-t", "live")  # versions and the run are shared: there is nothing to do
    settled(repo, "-t", "live", "--prune")
    before = everything(at)
    aml(repo, "destroy", "--auto-approve", "-t", "live")
    assert everything(at) == before

    repo.git("checkout", "-q", ".")
    done = aml(repo, "plan", "-t", "live", code=1)
    whose = "exists and belongs to target 'test' of this project"
    assert [line.split(": error: ")[1].split(": use")[0] for line in done.err.splitlines() if "error" in line] == [
        f"compute/teal-cluster: {whose}",
        f"datastore/teal_lake: {whose}",
    ]
    settled(repo)
