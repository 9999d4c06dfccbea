"""Every refusal of a plan, of its hazards and of a saved plan names the flag or the fix.

Each place in the source that refuses is produced by a row here: a new one fails until it has its own.
"""

import ast
import dataclasses
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import runner
from runner.apply import guard
from runner.errors import ConfigError
from runner.model.digest import sha256
from runner.model.fence import Fence, Standing
from runner.model.live import Likeness, LiveResource, LiveRun, LiveState
from runner.model.options import Options
from runner.model.plan import Action, Change
from runner.model.references import Reference
from runner.model.resource import External, Resource
from runner.model.rules import Settings
from runner.plan.planner import make_plan
from runner.plan.planning import Asked, Planning
from runner.plan.removals import make_destroy
from runner.report import saved
from tests.builders import JOB, ORIGIN, change, desired, key, live, plan, present, resource

SOURCE = Path(runner.__file__).parent
PLACES = [*sorted((SOURCE / "plan").glob("*.py")), SOURCE / "apply/guard.py", SOURCE / "report/saved.py"]
FLAG = re.compile(r"--[a-z]+(-[a-z]+)*")
IMPERATIVE = re.compile(
    r"(^|[:;,(] |\bor |then )(use|make|list|state|bump|pull|plan again|git fetch|merge|correct|write|apply|give|"
    r"aml plan|a rule with prevent_destroy: false lifts)\b"
)
Produce = Callable[[Path], object]

CPU = resource("compute/cpu", {"type": "amlcompute", "size": "a"})
GUARDED = resource("compute/cpu", CPU.spec, settings=Settings(prevent_destroy=True))
ENV = resource("environment/env", {"image": "x", "version": "1"})
TRAIN = resource("job/train", JOB | {"compute": "cpu"}, depends_on=["compute/cpu"])
STORE = resource("datastore/lake", {"type": "azure_blob", "description": "A"})
KEYED = present(STORE, description="B")
NOBODYS = LiveResource(spec={"size": "b"})
ADOPT = Asked(adopt=True)
NAMESAKES = LiveState(namesakes={TRAIN.key: LiveRun("train", "Completed")})


def planned(*wanted: Resource, found: LiveState | None = None, asked: Asked | None = None) -> Produce:
    """A plan of these."""
    return lambda _: make_plan(desired(*wanted), found or LiveState(), asked=asked or Asked())


def computes(found: LiveResource) -> LiveState:
    """A workspace with this for a compute."""
    return LiveState(computes={"cpu": found})


def of_other_content(**tags: str) -> LiveState:
    """A workspace where the version holds something else."""
    return LiveState(assets={(ENV.key, "1"): LiveResource(spec={}, tags={"aml.digest": "other", **tags})})


def fenced(standing: Standing, *, here: bool = True, commit: str = ORIGIN.commit) -> Produce:
    """A change of something that was applied from a commit that stands there."""
    found = present(CPU, size="b")
    tags = found.tags | {"aml.commit": commit}
    asked = Asked(fence=Fence("main", here=here, standings={ORIGIN.commit: standing}))
    return planned(CPU, found=computes(dataclasses.replace(found, tags=tags)), asked=asked)


def missing(name: str, **reference: str) -> Produce:
    """A reference to what others own and is not there."""
    wanted = Reference(key(name), **reference)
    state = desired(externals=[External(wanted, CPU.position, TRAIN.key)])
    return lambda _: make_plan(state, LiveState(missing=frozenset({wanted})))


def archived(name: str, **reference: str) -> Produce:
    """A reference to a version that others own and archived."""
    wanted = Reference(key(name), **reference)
    state = desired(externals=[External(wanted, CPU.position, TRAIN.key)])
    return lambda _: make_plan(state, LiveState(archived=frozenset({wanted})))


def hazard(*changes: Change, empties: bool = False) -> Produce:
    """A plan that somebody has to insist on."""
    made = dataclasses.replace(plan(*changes), empties=empties)
    return lambda _: guard.check(made, allow_replace=False, allow_delete_all=False)


def kept(text: str | None = None, **changes: Any) -> Produce:
    """A saved plan that says this, or of which these fields are others, read and compared."""

    def produce(folder: Path) -> None:
        path = folder / "plan.json"
        content = json.loads(saved.document(plan(), desired(), Options(), "here", "now")) | changes
        if "checksum" not in changes:
            del content["checksum"]
            content["checksum"] = sha256(content)
        path.write_text(json.dumps(content) if text is None else text)
        found = saved.read(path)
        saved.check_place(found, ORIGIN, "here")
        saved.check_same(found, plan(change("compute/a", Action.CREATE)), desired())

    return produce


ROWS: Mapping[str, Produce] = {
    "a compute of nobody's": planned(CPU, found=computes(NOBODYS)),
    "a replacement that is protected": planned(GUARDED, found=computes(present(GUARDED, size="b"))),
    "an adoption that would replace": planned(CPU, found=computes(NOBODYS), asked=ADOPT),
    "unread": planned(CPU, found=LiveState(unknown={CPU.key: "timed out"})),
    "other content": planned(ENV, found=of_other_content(**ORIGIN.tags(ENV) | {"aml.digest": "other"})),
    "a version of nobody's": planned(ENV, found=of_other_content()),
    "a version that cannot be read": planned(ENV, found=of_other_content(), asked=ADOPT),
    "a version of other content": planned(
        ENV,
        found=dataclasses.replace(of_other_content(), likenesses={ENV.key: Likeness(("image",))}),
        asked=ADOPT,
    ),
    "credentials that an update would take away": planned(
        STORE, found=LiveState(datastores={"lake": dataclasses.replace(KEYED, has_credentials=True)})
    ),
    "a namesake": planned(TRAIN, found=NAMESAKES),
    "a namesake that cannot be read": planned(TRAIN, found=NAMESAKES, asked=ADOPT),
    **{f"fenced, {standing}": fenced(standing) for standing in Standing if standing is not Standing.BEHIND},
    "fenced, and no commit": fenced(Standing.BEHIND, commit=""),
    "what only the branch creates": planned(CPU, TRAIN, asked=Asked(fence=Fence("main", here=False))),
    "a schedule of a command": planned(resource("schedule/nightly", {"trigger": {}, "create_job": dict(JOB)})),
    "missing": missing("environment/env", version="7"),
    "archived": archived("environment/env", version="7"),
    "retired": missing("environment/AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu", label="latest"),
    "a destroy of what is protected": lambda _: make_destroy(
        desired(GUARDED), live(desired(GUARDED)), Asked(), {CPU.key: GUARDED.settings}
    ),
    "a replacement": hazard(change("compute/a", Action.REPLACE)),
    "an empty target": hazard(change("compute/a", Action.DELETE), empties=True),
    "all is left to others": hazard(dataclasses.replace(change("compute/a", Action.UPDATE), withheld="left to main")),
    "no saved plan": kept("{}"),
    "another version": kept(tool_version="0"),
    "tampered": kept(checksum="0"),
    "another workspace": kept(workspace="there"),
    "another commit": kept(commit="d" * 40),
    "stale": kept(),
}


@dataclasses.dataclass
class Refused:
    """One refusal: its place, as `file:line`, and its words."""

    place: str
    words: str


@pytest.fixture
def planners(monkeypatch: pytest.MonkeyPatch) -> list[Refused]:
    """What planners refuse from here on."""
    found: list[Refused] = []
    refuse = Planning.refuse

    def noting(self: Planning, what: Resource | Change, message: str) -> None:
        caller = sys._getframe(1)
        found.append(Refused(_place(caller, caller.f_lineno), message))
        refuse(self, what, message)

    monkeypatch.setattr(Planning, "refuse", noting)
    return found


def _place(frame: FrameType, line: int) -> str:
    return f"{Path(frame.f_code.co_filename).name}:{line}"


def refused(name: str, folder: Path, planners: list[Refused]) -> list[Refused]:
    """The refusals of one row; of what is not in the workspace the words alone."""
    planners.clear()
    try:
        made = ROWS[name](folder)
    except ConfigError as error:
        *_, (frame, line) = traceback.walk_tb(error.__traceback__)
        return [Refused(_place(frame, line), str(error))]
    errors = [item.message for item in getattr(made, "diagnostics", ()) if item.severity == "error"]
    return planners or [Refused("", message) for message in errors]


@pytest.mark.parametrize("name", ROWS)
def test_a_refusal_names_the_flag_or_the_fix(name: str, tmp_path: Path, planners: list[Refused]) -> None:
    found = refused(name, tmp_path, planners)
    assert found, "nothing was refused"
    for each in found:
        assert FLAG.search(each.words) or IMPERATIVE.search(each.words), each.words


def test_every_place_that_refuses_has_a_row(tmp_path: Path, planners: list[Refused]) -> None:
    reached = {each.place for name in ROWS for each in refused(name, tmp_path, planners)}
    sites = list(_sites())
    assert len(sites) > 15, "they are looked for in the right way"
    assert [lines for lines in sites if not reached & lines] == []


def _sites() -> Iterator[set[str]]:
    """The lines of each statement that refuses."""
    for path in PLACES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            refuses = isinstance(node, ast.Expr) and ast.unparse(node).startswith("planning.refuse(")
            raises = isinstance(node, ast.Raise) and "ConfigError(" in ast.unparse(node)
            if refuses or raises:
                yield {f"{path.name}:{line}" for line in range(node.lineno, (node.end_lineno or 0) + 1)}
