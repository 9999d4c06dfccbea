"""Frozen: these values name runs that were paid for, and versions that people refer to.

A value here never changes. Other rules need another scheme, and both kept alive.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runner.model.content import deciding
from runner.model.digest import SCHEME, content_version, digest, parts, run_name, tree_digest
from runner.model.keys import Kind
from tests.builders import ORIGIN, resource

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("golden.json").read_text("utf-8"))


def test_the_scheme() -> None:
    assert GOLDEN["scheme"] == SCHEME


def test_every_kind_and_type_is_frozen() -> None:
    frozen = {(each["kind"], each["spec"].get("type", "")) for each in GOLDEN["digests"].values()}
    assert {kind for kind, _ in frozen} == set(Kind)
    assert frozen >= {("job", kind) for kind in ("command", "sweep", "pipeline", "")}
    assert frozen >= {("component", "command"), ("component", "pipeline"), ("compute", "computeinstance")}


@pytest.mark.parametrize("name", GOLDEN["digests"])
def test_digests(name: str) -> None:
    frozen = GOLDEN["digests"][name]
    kind = Kind(frozen["kind"])
    assert digest(kind, deciding(kind, frozen["spec"], frozen.get("ignored", ()))) == frozen["digest"]


@pytest.mark.parametrize("frozen", GOLDEN["run_names"], ids=lambda frozen: frozen["expected"])
def test_run_names(frozen: dict[str, Any]) -> None:
    numbers = {name: frozen[name] for name in ("rerun", "attempt") if name in frozen}
    assert run_name(frozen["name"], frozen["project"], frozen["digest"], **numbers) == frozen["expected"]


def test_content_versions() -> None:
    assert {content_version(each) for each in GOLDEN["content_versions"]} == set(GOLDEN["content_versions"].values())


@pytest.mark.parametrize("frozen", GOLDEN["trees"], ids=lambda frozen: str(len(frozen["files"])))
def test_trees(frozen: dict[str, Any]) -> None:
    assert tree_digest(frozen["files"]) == frozen["digest"]


def test_the_parts_of_a_run() -> None:
    # A later version compares its own with these: another form would tell a wrong reason, and no run would follow.
    frozen = GOLDEN["digests"]["command job"]["spec"]
    assert parts(deciding(Kind.JOB, frozen)) == GOLDEN["parts"]


def test_the_names_of_what_is_recorded() -> None:
    assert sorted(ORIGIN.tags(resource())) == GOLDEN["tags"]


SCRIPT = """
import json, sys
from runner.model.content import deciding
from runner.model.digest import digest, parts
from runner.model.keys import Kind
for each in json.load(sys.stdin)["digests"].values():
    content = deciding(Kind(each["kind"]), each["spec"], each.get("ignored", ()))
    print(digest(Kind(each["kind"]), content), list(parts(content)))
"""


def test_the_same_under_every_hash_seed_and_locale() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=json.dumps(GOLDEN),
            env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("4711", "tr_TR.UTF-8"))
    }
    assert len(found) == 1
    assert [line.split()[0] for line in found.pop().splitlines()] == [
        each["digest"] for each in GOLDEN["digests"].values()
    ]
