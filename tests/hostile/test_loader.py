"""What the loader takes of the worst files beyond what it takes of a small one: under 2 s of processor time, 256 MB."""

import pytest

from tests.hostile.conftest import Done, Victim
from tests.hostile.rows import JOB, J, Row
from tests.hostile.test_refused import ROWS
from tests.repositories import Repo

SECONDS, MEGABYTES = 2, 256
LOAD = """
from pathlib import Path
from runner.desired import load, project
from runner.model.diagnostics import InvalidSpecsError
try:
    print(len(load.load_project(project.find(Path(".")))))
except InvalidSpecsError as error:
    print(*error.diagnostics)
"""
WORST = [
    "nine-level alias bomb",
    "nine-level merge bomb",
    "`[` five hundred deep",
    "900,000 `[`",
    "22:22, of 400,000 characters",
    "a 5,000-digit integer",
    "huge file, of values",
    "huge file, of keys",
    "huge file, of documents",
    "huge file, of one text",
    "gigabytes, a spec",
    "symlink to a device, a spec",
    "code too long a path",
]
# As much as may be in a file, and none of it wrong as YAML.
FULL = {
    "the most values": Row({J: f"{JOB}tags:\n" + "".join(f"  k{number}: x\n" for number in range(19_900))}),
    "the longest text": Row({J: f"{JOB}description: {'password=x ' * 90_000}\n"}),
    "the most bindings": Row({J: f"{JOB[14:]}command: {'${{inputs.a}} ' * 70_000}\n"}),
    "the most beginnings of bindings": Row({J: f"{JOB[14:]}command: '{'${{' * 300_000}'\n"}),
    "the deepest": Row({J: f"{JOB}tags: {'{a: ' * 98}x{'}' * 98}\n"}),
    "the most wrong fields": Row({J: JOB + "".join(f"k{number}: x\n" for number in range(9_900))}),
}


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """What a good project takes that says next to nothing."""
    root = tmp_path_factory.mktemp("floor")
    repo = Repo((root / "repo").resolve())
    repo.root.mkdir()
    Row({J: JOB}).lay_out(repo)
    return Victim(repo, root / "state").run("-c", LOAD)


@pytest.mark.parametrize("name", [*WORST, *FULL])
def test_bounded(victim: Victim, floor: Done, note: list[Done], name: str) -> None:
    {**ROWS, **FULL}[name].lay_out(victim.repo)
    done = victim.run("-c", LOAD)
    assert (done.code, done.err) == (0, "")
    taken = Done(0, done.out, "", done.seconds - floor.seconds, done.megabytes - floor.megabytes)
    assert taken.seconds < SECONDS
    assert taken.megabytes < MEGABYTES
    note.append(taken)
