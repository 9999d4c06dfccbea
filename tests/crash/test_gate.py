"""The gate sees every request, its fates are what they are called, and the laboratory notices what is wrong."""

import json
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.gate import Fate
from tests.crash.laboratory import Laboratory

pytestmark = pytest.mark.e2e


def _logged(laboratory: Laboratory) -> Counter[str]:
    """`METHOD path` of what the workspace was asked for, less what finding it asks."""
    lines = Path(laboratory.running.state.requests).read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    return Counter(f"{one['method']} {one['path']}" for one in entries if not one["path"].startswith("/metadata/"))


def test_nothing_gets_past_it(laboratory: Laboratory) -> None:
    before = _logged(laboratory)
    process = laboratory.aml(laboratory.project(), "gate", "apply", "--auto-approve")
    assert process.end() == 0, process.output
    assert len(process.requests) > 20
    assert _logged(laboratory) - before == Counter(process.requests)


@pytest.mark.parametrize(("moment", "arrived"), [("before", 0), ("after", 1)])
def test_a_killed_process_says_and_asks_nothing_more(laboratory: Laboratory, moment: str, arrived: int) -> None:
    before = _logged(laboratory)
    process = laboratory.aml(laboratory.project(), "killed", "plan", fate=Fate(2, moment))
    assert process.end() == -signal.SIGKILL
    assert len(process.requests) == 2
    assert "No changes." not in process.output
    assert (_logged(laboratory) - before).total() == 1 + arrived


@pytest.mark.parametrize(("kind", "said"), [("404", "there is no workspace"), ("403", "bad moment")])
def test_an_answer_of_the_gate_is_the_service_s(laboratory: Laboratory, kind: str, said: str) -> None:
    process = laboratory.aml(laboratory.project(), "refused", "plan", fate=Fate(2, "before", kind))
    assert process.end() == 1
    assert said in process.output


def test_a_lost_run_and_a_failed_one_are_noticed(laboratory: Laboratory) -> None:
    repo = laboratory.project()
    repo.write("specs/jobs/two.yml", f"command: exit 1\nenvironment: azureml:{repo.root.name}@latest\n")
    process = laboratory.aml(repo, "some", "apply", "--auto-approve", "job/two", "job/three")
    assert process.end() == 0, process.output
    lost, failed = laboratory.doubts([repo.root.name])
    assert "its runs are" in lost
    assert "job/two is Failed after 1 process starts" in failed
