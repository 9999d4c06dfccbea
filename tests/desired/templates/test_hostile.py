"""The worst templates: each is one clear line at its place, in bounded time and memory, and nothing is sent."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.desired.conftest import Specs
from tests.desired.templates.conftest import FILE, Renderer
from tests.repositories import Repo

PROJECT = "version: 1\nproject: demo\ntargets: {local: {values: {vm_size: a, map: {x: 1}}}}\n"
CASES: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "hostile.yml").read_text("utf-8"))
LIBRARY = {"loop.j2": "x\n{% include 'loop.j2' %}", "broken.j2": "a: 1\nb: {{ }"}


@pytest.mark.parametrize("case", CASES)
def test_each_is_one_finding_at_its_place(renderer: Renderer, case: str) -> None:
    renderer.library.update(LIBRARY)
    (found,) = renderer.findings(CASES[case]["template"], values={"vm_size": "a", "map": {"x": 1}})
    assert found.startswith(CASES[case]["finding"])


def test_what_one_does_is_not_the_others_trouble(renderer: Renderer) -> None:
    texts = {"one": "a: 1", "power": "a: {{ 9 ** (9 ** 9) }}", "two": "a: {{ nope }}", "three": "a: 3"}
    assert [str(each).partition(",")[0].partition("(")[0] for each in renderer.all(texts)] == [
        "Rendered",
        "power:1:1: error: was stopped: it takes more than 2 s of processor time",
        "two:1:1: error: 'nope' is not defined; there is: env",
        "Rendered",
    ]


def test_a_process_that_breaks_is_a_finding(
    renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho Traceback >&2\necho 'OddError: why' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    assert renderer.findings("a: 1") == [f"{FILE}:1:1: error: breaks the process that renders it: OddError: why"]


@pytest.mark.parametrize(
    "case", ["loops in loops", "a repetition", "a power", "a long output", "an include loop", "attributes of Python"]
)
def test_from_the_command_line(repo: Repo, case: str) -> None:
    """Exit 1, a line and no traceback; and the processes together stay within the limits."""
    repo.write("specs/project.yml", PROJECT)
    repo.write(FILE, CASES[case]["template"])
    for name, content in LIBRARY.items():
        repo.write(f"templates/{name}", content)
    done = _measured(repo.root)
    found, last = done["err"].splitlines()
    assert (done["code"], done["out"], last) == (1, "", "error: 1 error in the specs; nothing was sent")
    assert found.startswith(CASES[case]["finding"])
    assert done["seconds"] < 6
    assert done["megabytes"] < 300


MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "runner", "validate"], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "out": done.stdout, "err": done.stderr,
                  "seconds": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}))
"""


def _measured(root: Path) -> dict[str, Any]:
    """`aml validate`, with the processor time and the peak memory of it and its children."""
    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=root, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_links_in_templates_that_leave_the_repository(specs: Specs, tmp_path: Path) -> None:
    (tmp_path / "secret.j2").write_text("a: 1")
    specs.repo.link("templates/out.j2", tmp_path / "secret.j2")
    specs.write({FILE: "{% include 'out.j2' %}"})
    assert specs.problems() == ["templates/out.j2:1:1: error: is a link that leaves the repository"]


def test_files_in_templates_that_are_no_text(specs: Specs) -> None:
    specs.write({"templates/x.png": b"\xff\xfe", FILE: "a: 1"})
    assert specs.problems() == ["templates/x.png:1:1: error: is not UTF-8: invalid start byte at byte 0"]


def test_too_much_in_templates(specs: Specs) -> None:
    specs.write({"templates/big.j2": b"x" * 4_000_001, FILE: "a: 1"})
    (found,) = specs.problems()
    assert found.startswith("templates/big.j2:1:1: error: templates/ has more than 1,000 files or 4,000,000 bytes")


def test_without_templates_nothing_is_started(specs: Specs, monkeypatch: pytest.MonkeyPatch) -> None:
    specs.write({"templates/x.png": b"\xff\xfe", "specs/compute/cpu.yml": "name: cpu\ntype: amlcompute\n"})
    monkeypatch.setattr(subprocess, "run", None)
    assert specs.problems() == []
