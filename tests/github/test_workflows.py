"""The workflows: what starts them, what they may, what they run; and what two linters say of them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.markdown import codes, first_codes, rows, section
from tests.github import weekly
from tests.github.workflows import ACTION, FOLDER, ROOT, SHIPPED, WORKFLOWS, action, parse, step_of, steps, workflow

BIN = Path(sys.executable).parent
SCAFFOLD = ROOT / "runner" / "scaffold" / "base" / ".github"
DOCS = ROOT / "docs" / "github.md"
FILES = (*(FOLDER / f"{name}.yml" for name in WORKFLOWS), ACTION)
OURS = "$/.github/actions/aml"
_PINNED = re.compile(r"uses: (?P<action>[\w-]+/[\w-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)$")
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)

READS = {"contents": "read"}
SIGNS_IN = READS | {"id-token": "write"}
TELLS = SIGNS_IN | {"pull-requests": "write", "statuses": "write"}
WRITES = {"contents": "write"}  # the ledger
MAY = {
    "plan": {"plan": TELLS, "check": READS},
    "train": {"train": TELLS, "ledger": WRITES},
    "apply": {"apply": TELLS | WRITES},
    "drift": {"drift": SIGNS_IN | {"issues": "write"}},
    "report": {"report": TELLS | WRITES},
    "ci": {"test": READS},
}
STARTS: dict[str, Any] = {
    "plan": {"pull_request": None},
    "train": {"pull_request": {"types": ["opened", "reopened", "synchronize", "labeled"]}},
    "apply": {"push": {"branches": ["main"]}},
    "drift": {"schedule": [{"cron": "43 4 * * *"}], "workflow_dispatch": None},
    "report": {"schedule": [{"cron": "17 * * * *"}], "workflow_dispatch": None},
    "ci": {"push": {"branches": ["main"]}, "pull_request": None},
}
ENVIRONMENTS = {"train", "apply"}  # each for the job of its name
CANCELS = {"plan": True, "train": True, "apply": False, "drift": False, "report": False, "ci": True}
STRICTEST = ("--offline", "--no-config", "--no-ignores", "--persona=auditor", "--strict-collection")
ALONE = ("-shellcheck=", "-pyflakes=")  # whether these are on a machine must make no difference
SAME = "github.event.pull_request.head.repo.full_name == github.repository"


def _ran(*command: str) -> str:
    """What a linter of this environment says; it found nothing."""
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_zizmor_at_its_strictest_has_nothing_to_say() -> None:
    _ran("zizmor", *STRICTEST, *(str(path) for path in FILES))


def test_actionlint_has_nothing_to_say() -> None:
    _ran("actionlint", *ALONE, *(str(FOLDER / f"{name}.yml") for name in WORKFLOWS))


def test_these_are_all() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(WORKFLOWS)
    shipped = {path.relative_to(SCAFFOLD).as_posix() for path in SCAFFOLD.rglob("*") if path.is_file()}
    assert shipped == {f"workflows/{name}.yml" for name in SHIPPED} | {"actions/aml/action.yml"}


@pytest.mark.parametrize("name", [*(f"workflows/{name}.yml" for name in SHIPPED), "actions/aml/action.yml"])
def test_what_init_writes_is_this(name: str) -> None:
    assert (SCAFFOLD / name).read_text("utf-8") == (ROOT / ".github" / name).read_text("utf-8")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_starts_it(name: str) -> None:
    assert workflow(name)["on"] == STARTS[name]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_it_may(name: str) -> None:
    found = workflow(name)
    assert found["permissions"] == {}
    assert {job: each["permissions"] for job, each in found["jobs"].items()} == MAY[name]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_how_long_and_beside_what(name: str) -> None:
    found = workflow(name)
    assert found["concurrency"]["cancel-in-progress"] is CANCELS[name]
    assert all(0 < job["timeout-minutes"] < 360 for job in found["jobs"].values())  # GitHub ends a job after 360
    environments = {job: each["environment"] for job, each in found["jobs"].items() if "environment" in each}
    assert environments == ({name: name} if name in ENVIRONMENTS else {})


def test_applies_wait_for_each_other() -> None:
    assert workflow("apply")["concurrency"] == {"group": "apply", "cancel-in-progress": False, "queue": "max"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_others_wrote_is_pinned(path: Path) -> None:
    used = re.findall(r"^ *(?:- )?(uses: .*)$", path.read_text("utf-8"), re.MULTILINE)
    assert used
    assert all(_PINNED.fullmatch(line) or line == f"uses: {OURS}" for line in used), used


def test_one_version_of_each() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in FILES)
    found = {match[0] for match in re.finditer(_PINNED.pattern, texts, re.MULTILINE)}
    assert sorted(re.split(r"[ @/]", line)[2] for line in found) == [
        "checkout", "download-artifact", "setup-python", "upload-artifact",
    ]  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nobodys_text_is_run(path: Path) -> None:
    """No expression in a script at all; and what a step gets are variables of the repository, a token, inputs, a
    folder and a commit.
    """
    found = action()["runs"]["steps"] if path == ACTION else list(steps(path.stem))
    assert not [step for step in found if "${{" in step.get("run", "")]
    given = "".join(str(step.get(part, "")) for step in found for part in ("env", "with"))
    allowed = re.compile(
        r"vars\.[A-Z_]+|github\.token|inputs\.[a-z]+|runner\.temp|github\.event\.pull_request\.base\.sha"
    )
    assert all(allowed.fullmatch(expression) for expression in _EXPRESSION.findall(given))


@pytest.mark.parametrize(("name", "job"), [(name, job) for name in SHIPPED for job in workflow(name)["jobs"]])
def test_the_whole_history_and_no_credentials(name: str, job: str) -> None:
    checkout, install, *ours = workflow(name)["jobs"][job]["steps"]
    base = {"ref": "${{ github.event.pull_request.base.sha }}"} if job == "ledger" else {}
    assert checkout["with"] == base | {"fetch-depth": 0, "persist-credentials": False}
    assert (install["uses"], install["with"]["requirement"]) == (OURS, "${{ vars.AML_REQUIREMENT }}")
    commands = [" ".join(step["run"].split()[:3]) for step in ours if "run" in step]
    assert commands == ["exec aml ci", *{"apply": ["exec aml promote"], "train": ["exec aml ledger"]}.get(job, [])]


def test_what_a_pull_request_runs_has_no_token_that_can_write() -> None:
    """It may run on the machine of the job that trains. That hands over lines of text, and another job pushes them."""
    train, ledger = workflow("train")["jobs"].values()
    assert train["permissions"]["contents"] == "read"
    assert "--no-push-ledger" in step_of(train["steps"], "Train")["run"]
    given = step_of(train["steps"], "Hand over the ledger")
    assert given["with"]["path"] == "${{ runner.temp }}/ledger.jsonl"
    assert (given["if"], step_of(train["steps"], "Export the ledger")["if"]) == ("always()", "always()")
    assert train["outputs"] == {"ledger": f"${{{{ steps.{given['id']}.outputs.artifact-id }}}}"}
    assert ledger["steps"][1]["with"]["cache"] == "", "the job that trains could have filled it"
    assert (ledger["needs"], ledger["if"]) == ("train", "always() && needs.train.outputs.ledger")
    taken = step_of(ledger["steps"], "Take over the ledger")
    assert taken["with"] == {"name": given["with"]["name"], "path": "${{ runner.temp }}/ledger"}


def test_a_fork_gets_nothing() -> None:
    jobs = workflow("plan")["jobs"]
    assert (jobs["plan"]["if"], jobs["check"]["if"]) == (SAME, SAME.replace("==", "!="))
    assert workflow("train")["jobs"]["train"]["if"].startswith(SAME)
    _, install, last = jobs["check"]["steps"]
    assert install["with"] == {"requirement": "${{ vars.AML_REQUIREMENT }}"}
    assert last["env"] == {"AML_TARGET": "${{ vars.AML_TARGET }}"}


@pytest.mark.parametrize(("name", "client"), [(name, "AZURE_PLAN_CLIENT_ID") for name in ("plan", "drift", "report")])
def test_whoever_only_reads(name: str, client: str) -> None:
    given = workflow(name)["jobs"][name]["steps"][-1]["env"]
    assert given["AZURE_CLIENT_ID"] == f"${{{{ vars.{client} }}}}"


def test_every_variable_stands_in_the_docs() -> None:
    used = {name for path in FILES for name in re.findall(r"vars\.([A-Z_]+)", path.read_text("utf-8"))}
    assert first_codes(DOCS, "Variables") == used


def test_every_workflow_stands_in_the_docs() -> None:
    assert first_codes(DOCS, "Workflows") == {f"{name}.yml" for name in SHIPPED}


def test_the_subjects_are_those_of_the_workflows() -> None:
    """A job in an environment is known by it, one for a pull request by that, and any other by its branch."""
    known = {"train": "environment:train", "apply": "environment:apply", "plan": "pull_request"}
    for whose, files, plain, numbered in rows(section(DOCS, "Subjects")):
        for name in (Path(file).stem for file in codes(files)):
            subject = known.get(name, "ref:refs/heads/main")
            assert codes(plain) == [f"repo:ORG/REPO:{subject}"]
            assert codes(numbered) == [f"repo:ORG@123/REPO@456:{subject}"]
            assert whose == ("apply" if name in ENVIRONMENTS else "plan")


def test_the_weekly_example_is_as_good(tmp_path: Path) -> None:
    """What the docs have people write passes the same linters, and may no more than an apply."""
    text = weekly.workflow_text()
    path = tmp_path / "weekly.yml"
    path.write_text(text, "utf-8")
    _ran("zizmor", *STRICTEST, str(path))
    _ran("actionlint", *ALONE, str(path))
    job = parse(text)["jobs"]["weekly"]
    assert job["permissions"].items() <= (TELLS | WRITES).items()
    own = workflow("apply")
    assert parse(text)["concurrency"] == own["concurrency"]
    assert job["steps"][:2] == own["jobs"]["apply"]["steps"][:2]
    assert job["steps"][2]["env"] == own["jobs"]["apply"]["steps"][2]["env"]
