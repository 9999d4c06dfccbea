"""A year that was really applied: the same answers, from the workspace and, when it is gone, from the ledger alone."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Repo, _aml
from tests.e2e.edits import PARKED, desk
from tests.year import answers, real
from tests.year.archive import Archive
from tests.year.operations import TARGETS
from tests.year.specs import DECIDES, wanted
from tests.year.test_blame import check_commit, check_uses, explained, made
from tests.year.test_diff import applied, best
from tests.year.test_history import compare

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.filterwarnings("ignore"),  # the SDK's, which runs in our process
]
_MACHINES = {"created_at", "started_at", "ended_at", "error"}


@dataclass(frozen=True)
class Lived:
    """The year, and the clone from which it is asked."""

    archive: Archive
    repo: Repo

    def ask(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.repo.aml(*arguments, "--json", code=code).out)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("lived")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AML", "AZURE", "MLFLOW"))}
    variables = kept | {"AML_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    variables |= {"AML_SECRET_LAKE": "c2VjcmV0", "HTTPS_PROXY": "", "NO_PROXY": "*"}  # what a desk is set up with
    archive = real.live(folder, variables, lambda: _aml(["workspace", "reset"], Path("/"), variables))
    yield Lived(archive, Repo(archive.root, variables))
    _aml(["workspace", "reset"], Path("/"), variables)


def plain(steps: list[Any]) -> list[Any]:
    """Steps without the times and errors of runs, which only the machine knows."""
    for entry in (entry for step in steps for entry in step["entries"] if entry["run"]):
        entry["run"] = {name: value for name, value in entry["run"].items() if name not in _MACHINES}
    return steps


def check_history(lived: Lived) -> None:
    compare(plain(lived.ask("history")["steps"]), plain(answers.history(lived.archive)))
    for key in (each for each in DECIDES if each != "compute/cpu"):
        compare(plain(lived.ask("history", key)["steps"]), plain(answers.history(lived.archive, {key})))
    for target in TARGETS:
        right = answers.history(lived.archive, target=target)
        compare(plain(lived.ask("history", "-t", target)["steps"]), plain(right))


def check_blame(lived: Lived) -> None:
    for target in TARGETS:
        for name, (done, deed, entry) in made(lived.archive, target, "run").items():
            found = lived.ask("blame", name, "-t", target)
            check_commit(lived.archive, found["lineage"], done)
            check_uses(lived.archive, found["lineage"], done, deed, entry)
            assert found["lineage"]["entry"]["id"] == entry.id
            assert found["explained"] == explained(lived.archive, done, deed)
            assert found["notes"] == []


def check_diff(lived: Lived) -> None:
    base, *_, head = applied(lived.archive, "staging")
    told = lived.ask("diff", f"{lived.archive.ids[base]}..{lived.archive.ids[head]}", "-t", "staging")
    for job in told["jobs"]:
        for name, place in (("base", base), ("head", head)):
            held = wanted(lived.archive.year.commits[place].knobs).get(job["address"])
            right = best(lived.archive, "staging", job["address"], held)[0] if held else None
            assert (job[name] or {}).get("live_name") == right


def unexplained(archive: Archive, target: str) -> set[str]:
    """What is there, and of no commit that is in the clone."""
    era = max(each.era for each in archive.year.applies)
    told = {(deed.address, deed.content) for each, deed, _ in answers.deeds(archive) if each.commit in archive.here}
    told |= set(wanted(archive.year.commits[archive.year.main].knobs).items())
    return {
        f"{deed.address.partition('/')[0]}/{entry.live_name}"
        for each, deed, entry in answers.deeds(archive)
        if (each.era, each.target) == (era, target) and deed.action in {"run", "create"}
        if each.commit not in archive.here and (deed.address, deed.content) not in told
    }


def check_strict(lived: Lived, *nobodys: str) -> int:
    """Holds what is called unexplained against the truth; how many things that were."""
    told = 0
    for target in TARGETS:
        right = unexplained(lived.archive, target) | {*nobodys}
        found = lived.ask("status", "--strict", "-t", target, code=1 if right else 0)
        assert {stray["address"] for stray in found["unexplained"]} == right
        told += len(right)
    return told


def test_the_whole_of_it(lived: Lived) -> None:
    assert check_strict(lived), "runs of commits that are gone"
    with desk(lived.repo.variables):
        check_strict(lived, f"compute/{PARKED['name']}")
    check_history(lived)
    check_blame(lived)
    check_diff(lived)


def test_with_the_workspace_stopped(lived: Lived) -> None:
    """What the ledger knows is answered. What it cannot know is said, and what is asked for it is said too."""
    repo = lived.repo
    repo.git("checkout", "-q", "-b", "late")
    repo.edit("specs/jobs/tune.yml", "python main.py", "sleep 600; python main.py")
    repo.commit("Take longer")
    repo.aml("apply", "--auto-approve", "-t", "staging", "job/tune")
    repo.aml("workspace", "stop")
    late = lived.ask("history", "--commit=HEAD")["steps"][0]["entries"][-1]
    assert (late["address"], late["run"]) == ("job/tune", None)
    found = lived.ask("blame", late["live_name"])
    assert found["lineage"]["entry"]["run"] is None
    assert [note for note in found["notes"] if "aml workspace start" in note]
    told = repo.aml("diff", "main..late", "job/tune")
    assert "asked" in told.err
    repo.git("notes", "--ref=aml", "remove", "HEAD")
    repo.git("checkout", "-q", "main")
    check_history(lived)
    check_blame(lived)
    check_diff(lived)


def test_with_the_workspace_gone(lived: Lived) -> None:
    """It is made anew where it can be; here it cannot."""
    gone = Repo(lived.repo.root, lived.repo.variables | {"AML_STATE_DIR": str(lived.archive.folder / "script")})
    (lived.archive.folder / "script").write_text("no folder", "utf-8")
    said = gone.aml("status", "--strict", code=1).err
    assert "`aml history` and `aml ledger export` tell without the workspace" in said
    check_history(Lived(lived.archive, gone))
    assert "nothing is known of 'train-0'" in gone.aml("blame", "train-0", code=1).err
