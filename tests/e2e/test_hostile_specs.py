"""Hostile specs that only a workspace can tell, and accepted ones as they come out of it; see tests/hostile."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from runner.model.keys import Kind
from runner.report.lines import inert
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk
from tests.e2e.people import aml, apply, everything, project, settled
from tests.hostile.accepted import EVIL

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

E, J = "specs/environments/e.yml", "specs/jobs/j.yml"
JOB = "command: echo\nenvironment: {}\ncompute: azureml:parked\n"
THEIRS = "external: [environment/bygone, compute/parked]\n"
Make = Callable[[str, Mapping[str, str]], Repo]


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        with made.writer.open():
            made.writer.put(Kind.ENVIRONMENT, {"name": "bygone", "version": "1", "image": "x"}, Path("/"))
            made.writer.archive(Kind.ENVIRONMENT, "bygone", "1")
        yield made


@pytest.fixture
def make(at: Desk, state: dict[str, str], tmp_path: Path) -> Make:
    """Makes a project of this name with these files."""
    assert at.workspace
    return lambda name, files: project(tmp_path / "repo", state, name, files, THEIRS)


def _refused(at: Desk, repo: Repo, expected: str) -> None:
    """Plan and apply say this, and nothing is sent."""
    before = everything(at)
    for command in (("plan",), ("apply", "--auto-approve")):
        done = aml(repo, *command, code=1)
        assert [line for line in done.err.splitlines() if ": error: " in line] == [expected]
    assert everything(at) == before


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("bygone:1", "environment/bygone:1 is archived: correct the reference, or restore it"),
        ("bygone:7", "environment/bygone:7 is not in the workspace: correct the reference, or put it there"),
        (
            "bygone@latest",
            "environment/bygone@latest is not in the workspace: correct the reference, or put it there",
        ),
    ],
    ids=["archived", "missing", "the latest of none"],
)
def test_references(at: Desk, make: Make, reference: str, words: str) -> None:
    repo = make("refers", {J: JOB.format(f"azureml:{reference}")})
    _refused(at, repo, f"{J}:2:14: error: {words}")


def test_changed_content_under_one_version(at: Desk, make: Make) -> None:
    repo = make("changes", {E: "name: fixed\nversion: '1'\nimage: x\n"})
    apply(repo)
    repo.edit(E, "image: x", "image: y")
    repo.commit()
    words = "environment/fixed: version 1 exists with other content, and versions never change: bump it"
    _refused(at, repo, f"{E}:1:1: error: {words}")


def test_white_space_and_key_order_only(make: Make) -> None:
    files = {
        E: "name: spaced\nimage: x\n",
        J: JOB.format("azureml:spaced@latest") + "inputs: {a: 1, b: {path: 'https://a.b/c', type: uri_file}}\n",
    }
    repo = make("spaces", files)
    apply(repo)
    repo.write(E, "# the same\n\nimage:   'x'\n\n\nname: \"spaced\"\n")
    repo.write(
        J,
        """\
inputs:
    b:
        type:   uri_file   # first
        path:   "https://a.b/c"
    a:  1
compute: azureml:parked
environment: >-
  azureml:spaced@latest
command: |-
  echo
""",
    )
    repo.commit()
    settled(repo)


def test_all_specs_deleted(at: Desk, make: Make) -> None:
    repo = make("deleted", {"specs/compute/c.yml": "name: deleted-all\ntype: amlcompute\nsize: a\n"})
    apply(repo)
    (repo.root / "specs/compute/c.yml").unlink()
    repo.commit()
    settled(repo)
    before = everything(at)
    assert "--allow-delete-all lets it; nothing was sent" in apply(repo, "--prune", code=1).err
    assert everything(at) == before


def test_what_seems_secret_stays_here(make: Make, state: dict[str, str]) -> None:
    secret = {f"src/{name}": "KEEP-ME-HERE\n" for name in (".env", "id_rsa", "deep/server.pem", "inner/.git/config")}
    repo = make("keeps", {J: JOB.format("{image: x}") + "code: ../../src\n", "src/main.py": "sent\n"})
    for name, text in secret.items():
        repo.write(name, text)
    done = apply(repo)
    assert f"{J}:4:7: warning: code: .env, deep/server.pem, id_rsa left out, as secret by name; " in done.err
    held = [path for path in Path(state["AML_STATE_DIR"]).rglob("*") if path.is_file()]
    assert any(path.name == "main.py" and path.read_bytes() == b"sent\n" for path in held)
    assert not [path for path in held if b"KEEP-ME-HERE" in path.read_bytes()]


def test_descriptions_are_text_and_nothing_else(make: Make) -> None:
    """In the plan, in its JSON, in what apply says, and when only they change."""
    specs = {
        f"specs/environments/{number}.yml": f"name: evil{number}\nimage: x\ndescription: {json.dumps(text)}\n"
        for number, text in enumerate(EVIL.values())
    }
    repo = make("evil", specs)
    said = [aml(repo, "plan"), aml(repo, "plan", "--json"), apply(repo), aml(repo, "plan")]
    assert said[-1].out == "No changes.\n"
    for name, text in specs.items():
        repo.write(name, text.replace('description: "', 'description: "now '))
    repo.commit()
    changes = json.loads(aml(repo, "plan", "--json").out)["resource_changes"]
    told = {reason["after"] for change in changes for reason in change["reasons"] if reason["field"] == "description"}
    assert told == {f"now {text}" for text in EVIL.values()}
    said += [aml(repo, "plan"), aml(repo, "plan", "--json"), apply(repo), aml(repo, "status")]
    for line in "".join(done.out + done.err for done in said).split("\n"):
        assert line == inert(line)
        assert not line.lstrip().startswith("::"), "a command to GitHub Actions"
