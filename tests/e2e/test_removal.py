"""What is taken away, in which order, what protects it, and what is left when it goes wrong half-way."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.e2e.people import aml, apply, everything, others, project, requests, settled

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

CLUSTER, BENCH, STORE, ENVIRONMENT, DATA, MODEL, COMPONENT, JOB = (
    f"specs/{path}.yml"
    for path in (
        "compute/cluster",
        "compute/bench",
        "datastores/lake",
        "environments/env",
        "data/rows",
        "models/net",
        "components/step",
        "jobs/train",
    )
)
FILES = {
    CLUSTER: "name: {name}\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: 2\n",
    STORE: "name: {name}_lake\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n",
    ENVIRONMENT: "name: {name}-env\nimage: acme/{name}\n",
    DATA: "name: {name}-rows\ntype: uri_file\npath: https://example.com/{name}\n",
    MODEL: "name: {name}-net\npath: https://example.com/{name}/net\n",
    COMPONENT: "name: {name}_step\ntype: command\ncommand: echo\nenvironment: azureml:{name}-env@latest\n",
    JOB: "name: {name}-train\ncommand: echo {name}\nenvironment: azureml:{name}-env@latest\ncompute: azureml:parked\n",
}
KEPT = {"specs/compute/kept.yml": FILES[CLUSTER].replace("{name}", "{name}-kept")}
BENCH_SPEC = {BENCH: "name: {name}-bench\ntype: computeinstance\nsize: Standard_DS3_v2\n"}
PROTECTED = "prevent_destroy protects it, by a rule or its own tags; a rule with prevent_destroy: false lifts that"
_NAMES = (f"gone{letter}" for letter in map(chr, count(ord("a"))))
Make = Callable[..., tuple[Repo, str]]


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.fixture
def make(at: Desk, state: dict[str, str], tmp_path: Path) -> Make:
    """Makes and applies a project of these files; with its name, which is in the names of all that it has."""
    assert at.workspace

    def made(files: dict[str, str], rules: str = "") -> tuple[Repo, str]:
        name = next(_NAMES)
        rules = f"rules: [{rules.format(name=name)}]\n" if rules else ""
        config = f"external: [compute/parked]\n{rules}"
        own = {path: spec.format(name=name) for path, spec in files.items()}
        repo = project(tmp_path / name, state, name, own, config)
        apply(repo)
        return repo, name

    return made


def forget(repo: Repo, *paths: str) -> None:
    """The specs leave the repository."""
    for path in paths:
        (repo.root / path).unlink()
    repo.commit("less")


def configure(repo: Repo, rules: str = "") -> None:
    """Other rules."""
    text = (repo.root / "specs/project.yml").read_text("utf-8").partition("rules:")[0]
    repo.write("specs/project.yml", text + (f"rules: [{rules}]\n" if rules else ""))
    repo.commit("rules")


def present(at: Desk, name: str) -> dict[str, str]:
    """What a project has that is active: path -> its state; a version's is active."""
    found: dict[str, str] = {}
    for path, payload in everything(at).items():
        properties = json.loads(payload)["properties"]
        if re.search(rf"/{name}(?![a-z])", path) and ("/versions/" in path or path.count("/") == 1):
            status = properties.get("status") or ("active" if not properties.get("isArchived") else "archived")
            if "/versions/" in path or path.startswith(("computes", "datastores", "jobs")):
                found[re.sub(r"(c?)[0-9a-f]{12}", r"\1*", path.replace(name, "*"))] = status
    return found


def test_what_left_the_repository_goes_by_its_kind(make: Make, at: Desk) -> None:
    repo, name = make({**FILES, **KEPT})
    forget(repo, *FILES)
    settled(repo)  # unasked, nothing goes
    shown = re.sub(r"c[0-9a-f]{12}", "c*", aml(repo, "plan", "--prune").out.replace(name, "*"))
    assert shown == (
        """\
  - component/*_step
      c*: active -> archived
  - model/*-net
      1: active -> archived
  - data/*-rows
      c*: active -> archived
  - environment/*-env
      c*: active -> archived
  - datastore/*_lake
  - compute/*

Plan: 0 to create, 0 to update, 6 to delete, 0 to run (1 unchanged).
"""
    )
    with requests(repo.variables) as asked:
        apply(repo, "--prune")
    order = [request for request in asked if not request.startswith(("GET", "POST")) and name in request]
    written = [re.search(r"/(\w+)/[^/]+(/versions/[^/]+)?$", request)[1] for request in order]  # type: ignore[index]
    assert written[0] == "components", "what uses others goes first"
    assert written[-1] == "computes"
    assert present(at, name) == {
        "components/*_step/versions/c*": "archived",
        "computes/*-kept": "active",
        "data/*-rows/versions/c*": "archived",
        "environments/*-env/versions/c*": "archived",
        "jobs/*-train-*": "Queued",
        "models/*-net/versions/1": "archived",
    }
    settled(repo, "--prune")


def test_a_pattern_chooses_what_goes(make: Make, at: Desk) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER], STORE: FILES[STORE], **KEPT})
    forget(repo, CLUSTER, STORE)
    apply(repo, "--prune", "datastore/*")
    assert set(present(at, name)) == {"computes/*", "computes/*-kept"}
    apply(repo, "--prune", name)
    assert set(present(at, name)) == {"computes/*-kept"}


def test_an_active_run_is_canceled_only_by_rule(make: Make, at: Desk) -> None:
    repo, name = make({JOB: FILES[JOB], ENVIRONMENT: FILES[ENVIRONMENT], **KEPT})
    forget(repo, JOB)
    settled(repo, "--prune")
    configure(repo, "{match: job/*, when_removed: cancel}")
    shown = aml(repo, "plan", "--prune").out
    assert re.match(
        rf"  - job/{name}-train\n      {name}-train-\w+: Queued -> Canceled\n      no spec asks for it\n\n", shown
    )
    apply(repo, "--prune")
    assert present(at, name)["jobs/*-train-*"] == "Canceled"
    settled(repo, "--prune")


def test_protection_outlives_the_spec_and_its_rule(make: Make, at: Desk) -> None:
    repo, name = make(
        {CLUSTER: FILES[CLUSTER], **BENCH_SPEC, **KEPT}, "{{match: compute/{name}, prevent_destroy: true}}"
    )
    forget(repo, CLUSTER, BENCH)
    configure(repo)
    done = aml(repo, "plan", "--prune")
    assert done.out == "No changes.\n"
    stays = [f"warning: compute/{each}: stays: {PROTECTED}" for each in (f"{name}-bench", name)]  # instances by default
    assert [line for line in done.err.splitlines() if "warning" in line] == stays
    configure(repo, f"{{match: compute/{name}*, prevent_destroy: false}}")
    apply(repo, "--prune")
    assert set(present(at, name)) == {"computes/*-kept"}


def test_a_prune_that_would_leave_nothing(make: Make, at: Desk) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER], STORE: FILES[STORE]})
    forget(repo, CLUSTER, STORE)
    before = everything(at)
    assert apply(repo, "--prune", code=1).err.endswith(
        f"error: nothing that {name} owns in local would be left; is this the right folder and branch? "
        "--allow-delete-all lets it; nothing was sent\n"
    )
    assert everything(at) == before
    apply(repo, "--prune", "--allow-delete-all")
    assert present(at, name) == {}


def test_a_change_that_fails_keeps_deletions_back(make: Make, at: Desk) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER], STORE: FILES[STORE], **KEPT})
    forget(repo, CLUSTER, STORE)
    repo.edit("specs/compute/kept.yml", "max_instances: 2", "max_instances: 1000")
    done = apply(repo, "--prune", code=1)
    assert f"failed: compute/{name}-kept: " in done.out
    assert "(400 QuotaExceeded)" in done.out
    assert f"skipped: datastore/{name}_lake: compute/{name}-kept did not succeed\n" in done.out
    assert f"skipped: compute/{name}: compute/{name}-kept" in done.out
    assert set(present(at, name)) == {"computes/*", "computes/*-kept", "datastores/*_lake"}
    repo.git("checkout", "-q", ".")
    apply(repo, "--prune")
    assert set(present(at, name)) == {"computes/*-kept"}


def test_a_replacement_is_deleted_gone_created_and_read_back(make: Make) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER]})
    repo.edit(CLUSTER, "DS3", "DS4")
    done = apply(repo, code=1)
    assert "      size: STANDARD_DS3_V2 -> Standard_DS4_v2  # forces replacement\n" in done.out
    let = f"compute/{name} would be deleted and made anew: --allow-replace lets it; nothing was sent"
    assert done.err.endswith(f"error: {let}\n")
    with requests(repo.variables) as asked:
        apply(repo, "--allow-replace")
    own = [request.split(" ")[0] for request in asked if request.endswith(f"/computes/{name}")]
    at_last = own[own.index("DELETE") :]
    assert at_last[0] == "DELETE"
    assert at_last.index("GET") < at_last.index("PUT"), "it is looked whether it is gone"
    assert at_last[-1] == "GET", "it is looked what came"
    settled(repo)


def test_runs_that_end_with_a_compute_are_named(make: Make, at: Desk) -> None:
    files = {**BENCH_SPEC, ENVIRONMENT: FILES[ENVIRONMENT], **KEPT}
    repo, name = make(files, "{{match: compute/*, prevent_destroy: false}}")
    others(at, lambda sdk: sdk.compute.begin_stop(f"{name}-bench").result())
    repo.write(JOB, FILES[JOB].format(name=name).replace("parked", f"{name}-bench"))
    repo.commit("a job")
    apply(repo)
    repo.edit(BENCH, "DS3", "DS4")
    run = next(iter(at.rest.list("jobs", properties=f"aml.project={name}")))["name"]
    ends = f"compute/{name}-bench: runs that are active on it end with it: {run}"
    assert f"{BENCH}:1:1: warning: {ends}\n" in aml(repo, "plan").err
    repo.git("checkout", "-q", ".")
    forget(repo, BENCH, JOB)
    assert f"\nwarning: {ends}\n" in aml(repo, "plan", "--prune").err


def test_a_replacement_that_fails_half_way_is_created_by_the_next_apply(make: Make, at: Desk) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER]})
    repo.edit(CLUSTER, "DS3", "DS4")
    repo.edit(CLUSTER, "max_instances: 2", "max_instances: 1000")
    done = apply(repo, "--allow-replace", code=1)
    assert f"failed: compute/{name}: deleted, and not made anew: " in done.out
    assert done.out.endswith("(400 QuotaExceeded); the next apply creates it\n")
    assert present(at, name) == {}
    repo.edit(CLUSTER, "1000", "4")
    assert aml(repo, "plan").out.startswith(f"  + compute/{name}\n")
    apply(repo)
    settled(repo)


def test_protection_refuses_a_replacement(make: Make) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER]}, "{{match: compute/*, prevent_destroy: true}}")
    repo.edit(CLUSTER, "DS3", "DS4")
    refusal = f"{CLUSTER}:1:1: error: compute/{name}: size cannot change in place, and {PROTECTED}\n"
    assert aml(repo, "plan", code=1).err.endswith(refusal)


def versions(at: Desk, place: str) -> list[str]:
    """The active versions of an asset, oldest first."""
    found = at.rest.list(f"{place}/versions", listViewType="ActiveOnly")
    return [each["name"] for each in sorted(found, key=lambda each: str(each["systemData"]["createdAt"]))]


def _submit(name: str, environment: str) -> Callable[[Any], object]:
    """A job that somebody runs with an environment of ours; it waits."""

    def submit(sdk: Any) -> None:
        from azure.ai.ml import command

        job = command(name=name, command="echo", environment=environment, compute="parked")
        sdk.jobs.create_or_update(job)

    return submit


def test_old_versions_go_but_for_what_is_used(make: Make, at: Desk) -> None:
    repo, name = make({ENVIRONMENT: FILES[ENVIRONMENT]})
    place = f"environments/{name}-env"
    for number in range(2, 6):
        repo.write(ENVIRONMENT, f"name: {name}-env\nimage: acme/{name}:{number}\n")
        if number == 3:
            repo.write(COMPONENT, FILES[COMPONENT].format(name=name))
        elif number == 4:
            (repo.root / COMPONENT).unlink()
        repo.commit(str(number))
        apply(repo)
    first, second, third, fourth, fifth = versions(at, place)
    others(at, _submit(f"{name}-byhand", f"{name}-env:{second}"))

    for options in (("--keep", "5"), ("--older-than", "1h", "--keep", "0")):
        assert aml(repo, "prune", "--auto-approve", *options).out == "No changes.\n"
    shown = aml(repo, "prune", "--auto-approve", "--keep", "1").out
    gone = "".join(f"      {version}: active -> archived\n" for version in sorted([first, fourth]))
    assert shown.startswith(f"  - environment/{name}-env\n{gone}\n")
    assert versions(at, place) == [second, third, fifth], "a run, a component, a spec"
    settled(repo)

    others(at, lambda sdk: sdk.jobs.begin_cancel(f"{name}-byhand"))
    shown = aml(repo, "prune", "--auto-approve", "--keep", "0").out
    assert shown.startswith(f"  - component/{name}_step\n")
    assert versions(at, place) == [fifth]
    assert versions(at, f"components/{name}_step") == []

    repo.write(ENVIRONMENT, FILES[ENVIRONMENT].format(name=name))  # wanted again
    repo.commit("back")
    assert "      archived: true -> false\n" in apply(repo).out
    settled(repo)


def _at_a_terminal(repo: Repo, answer: str) -> tuple[int, str]:
    """`aml destroy` with a terminal for standard input, on which somebody types."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "runner", "destroy"]
    streams = {"stdin": theirs, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=repo.root, env=repo.variables, text=True, **streams) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        said = process.communicate(timeout=60)[0]
    os.close(ours)
    return process.returncode, said


def test_destroy_asks_for_the_projects_name(make: Make, at: Desk) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER], ENVIRONMENT: FILES[ENVIRONMENT]})
    before = everything(at)
    nobody = "Error: there is nobody to ask: --auto-approve applies without asking\n"
    assert aml(repo, "destroy", code=1).err.endswith(nobody)
    code, said = _at_a_terminal(repo, "yes")
    assert (code, f"This takes away all of the above from local. Type {name} to go on" in said) == (130, True)
    assert everything(at) == before
    code, said = _at_a_terminal(repo, name)
    assert (code, said.splitlines()[-1].startswith("2 of 2 applied in ")) == (0, True)
    assert present(at, name) == {"environments/*-env/versions/c*": "archived"}


def test_destroy_takes_nothing_when_anything_is_protected(make: Make, at: Desk) -> None:
    repo, name = make({CLUSTER: FILES[CLUSTER], **BENCH_SPEC})
    before = everything(at)
    done = aml(repo, "destroy", "--auto-approve", code=1)
    assert f"error: compute/{name}-bench: {PROTECTED}\nerror: the plan has errors; nothing was sent\n" in done.err
    assert everything(at) == before
    configure(repo, "{match: compute/*, prevent_destroy: false}")
    aml(repo, "destroy", "--auto-approve")
    assert present(at, name) == {}
