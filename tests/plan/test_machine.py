"""Three teams and everybody else change one workspace, in any order: every plan and every apply keeps its promises.

Teams edit, move between commits, plan, apply, and are killed on the way. Others change what is live behind their backs.
"""

import copy
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from runner.apply import guard
from runner.apply.execute import execute
from runner.apply.secrets import Secrets
from runner.apply.send import Sender
from runner.apply.staging import Staging
from runner.errors import ConfigError
from runner.model import events
from runner.model.keys import Kind
from runner.model.options import DEFAULT, Options
from runner.model.plan import Action, Change, Reason, Result
from runner.model.resource import Resource
from runner.model.runs import TERMINAL
from runner.plan import ownership
from runner.plan.compare import differences
from runner.plan.departures import left
from runner.plan.planner import make_plan
from runner.plan.planning import Asked
from tests.plan.drawn import KEYS, OPTIONS, SPECS, TEAMS, WORDS, Edit, edits
from tests.plan.memory import Killed, Memory, Name, named, told
from tests.plan.promises import MUTABLE, Planned, check_applied, check_plan
from tests.plan.team import MAIN, Team

EVERY_WAY = [DEFAULT, Options(prune=True), Options(prune=True, adopt=True, allow_rollback=True)]
PLACES = sorted({each for own in KEYS for each in own if each.kind in MUTABLE})


class Workspace(RuleBasedStateMachine):
    """The teams and the workspace; a rule is something that somebody does."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        # The first is fenced; the second shares its project, and has a target of its own; the third is somebody else.
        self.teams = [Team("iris", "prod", fenced=True), Team("iris", "dev"), Team("wine", "prod")]
        self.held: list[Planned] = []

    # What a team does.

    @initialize(edits=st.lists(edits(), min_size=5, max_size=15))
    def begin(self, edits: list[Edit]) -> None:
        for each in edits:
            self.edit(each)
        for team in self.teams:
            self._apply(team, DEFAULT)

    @rule(edit=edits())
    def edit(self, edit: Edit) -> None:
        team, key, spec, rules = edit
        self.teams[team].edit(key, spec, rules)

    @rule(edits=st.lists(edits(), min_size=1, max_size=4), options=OPTIONS)
    def edit_and_apply(self, edits: list[Edit], options: Options) -> None:
        for each in edits:
            self.edit(each)
        for team in sorted({team for team, *_ in edits}):
            self._apply(self.teams[team], options)

    @rule(edit=edits(), options=OPTIONS, life=st.integers(1, 8))
    def edit_and_die(self, edit: Edit, options: Options, life: int) -> None:
        self.edit(edit)
        self._apply(self.teams[edit[0]], options, life)

    @rule(team=TEAMS, options=OPTIONS)
    def apply(self, team: int, options: Options) -> None:
        self._apply(self.teams[team], options)

    @rule(team=TEAMS, options=OPTIONS)
    def plan_and_think(self, team: int, options: Options) -> None:
        made = self._plan(copy.copy(self.teams[team]), options)
        if _accepted(made):
            self.held.append(replace(made, held=True))

    @precondition(lambda self: self.held)
    @rule()
    def apply_what_was_thought_over(self) -> None:
        made = self.held.pop(0)
        before = copy.deepcopy(self.memory)
        self._carry_out(made, None)
        check_applied(made, before, self.memory)

    @rule(ref=st.sampled_from([MAIN, "feature"]))
    def switch(self, ref: str) -> None:
        self.teams[0].switch(ref)

    @rule(steps=st.integers(1, 4))
    def look_at_an_older_commit(self, steps: int) -> None:
        self.teams[0].back(steps)

    # What others do, and time.

    @precondition(lambda self: self.memory.things)
    @rule(data=st.data(), field=st.sampled_from(["description", "max_instances", "tags.team", "tags.mine"]))
    def touch(self, data: st.DataObject, field: str) -> None:
        name = self._some(data)
        thing, value = self.memory.things[name], data.draw(WORDS)
        spec: dict[str, Any] = {**thing.spec, "tags": thing.tags}
        if field.startswith("tags."):
            spec["tags"] = {**thing.tags, field.removeprefix("tags."): value}
        elif field == "description" or name[0] is Kind.COMPUTE:
            spec[field] = value if field == "description" else len(value)
        self.memory.place(name, spec, thing.stated)

    @precondition(lambda self: self.memory.things)
    @rule(data=st.data())
    def untag(self, data: st.DataObject) -> None:
        name = self._some(data)
        self.memory.things[name] = replace(self.memory.things[name], tags={})

    @precondition(lambda self: any(name[0] in MUTABLE for name in self.memory.things))
    @rule(data=st.data(), again=st.booleans())
    def delete(self, data: st.DataObject, again: bool) -> None:
        name = self._some(data, *MUTABLE)
        thing = self.memory.things.pop(name)
        if again:  # as it was, but for what cannot change in place
            fixed = "size" if name[0] is Kind.COMPUTE else "account_name"
            self.memory.place(name, {**thing.spec, fixed: "other", "tags": thing.tags}, thing.stated)

    @precondition(lambda self: any(name[0].versioned for name in self.memory.things))
    @rule(data=st.data(), archived=st.booleans())
    def archive(self, data: st.DataObject, archived: bool) -> None:
        name = self._some(data, *(kind for kind in Kind if kind.versioned))
        self.memory.things[name] = replace(self.memory.things[name], archived=archived)

    @rule(key=st.sampled_from(PLACES), data=st.data())
    def squat(self, key: Any, data: st.DataObject) -> None:
        name = named(key.kind, key.name)
        if name not in self.memory.things:
            self.memory.place(name, {"name": key.name, **data.draw(SPECS[key.kind])})

    @rule(version=st.sampled_from(["1", "2"]), image=WORDS)
    def publish(self, version: str, image: str) -> None:
        name = (Kind.ENVIRONMENT, "plain", version)
        if name not in self.memory.things:
            self.memory.place(name, {"name": "plain", "image": image})

    @precondition(lambda self: "train" not in self.memory.runs)
    @rule()
    def submit_by_hand(self) -> None:
        self.memory.submit("train", {})

    @precondition(lambda self: self._active())
    @rule(data=st.data(), status=st.sampled_from([*sorted(TERMINAL), "NotResponding", "deleted"]))
    def move_a_run(self, data: st.DataObject, status: str) -> None:
        name = data.draw(st.sampled_from(self._active()))
        run = self.memory.runs.pop(name)
        if status != "deleted":
            self.memory.runs[name] = replace(run, status=status)

    def _active(self) -> list[str]:
        return sorted(name for name, run in self.memory.runs.items() if run.status not in TERMINAL)

    def _some(self, data: st.DataObject, *kinds: Kind) -> Name:
        return data.draw(st.sampled_from(sorted(name for name in self.memory.things if not kinds or name[0] in kinds)))

    # What must hold.

    @invariant()
    def every_plan_keeps_its_promises(self) -> None:
        before = copy.deepcopy(self.memory.things), copy.deepcopy(self.memory.runs)
        for team in self.teams:
            for options in EVERY_WAY:
                made = self._plan(team, options)
                check_plan(made, self.memory)
            assert made == self._plan(team, options)
        assert (self.memory.things, self.memory.runs) == before

    def teardown(self) -> None:
        """Whatever happened: each team gets what it asks for, when it insists."""
        for team in self.teams:
            team.switch(MAIN)
            self._apply(team, Options(prune=True, allow_rollback=True))

    def _plan(self, team: Team, options: Options) -> Planned:
        desired = team.desired()
        found = self.memory.live(desired)
        asked = Asked(adopt=options.adopt, allow_rollback=options.allow_rollback, fence=team.fence(found))
        gone = {key: team.settings(key) for key in left(desired, found)} if options.prune else {}
        return Planned(team, desired, options, make_plan(desired, found, asked=asked, left=gone))

    def _apply(self, team: Team, options: Options, life: int | None = None) -> None:
        made = self._plan(team, options)
        if not _accepted(made):
            return
        before = copy.deepcopy(self.memory)
        results = self._carry_out(made, life)
        check_applied(made, before, self.memory)
        if results is not None:
            assert {result.status for result in results} <= {"done"}, results
            # What was adopted is ours from now on; what was withheld waits to be adopted on the branch.
            again = self._plan(team, replace(options, adopt=bool(made.plan.withheld), allow_rollback=False))
            assert (again.plan.pending, again.plan.applyable) == ((), True), again.plan

    def _carry_out(self, made: Planned, life: int | None) -> list[Result] | None:
        """The results; None when the process was killed on the way."""
        resources = {each.key: each for each in made.desired.resources}
        staging, secrets = Staging(Path(), Path()), Secrets({})

        def overtaken(change: Change) -> str:
            mutable = change.key.kind in MUTABLE
            return ownership.overtaken(made.desired.origin, change, self.memory.one(change.key)) if mutable else ""

        sender = Sender(made.plan, made.desired, self.memory, self.memory, staging, secrets, self._look, overtaken)
        heard: list[Change] = []

        def send(change: Change) -> Result:
            self.memory.sending = resources.get(change.key)
            return sender(change)

        def listen(event: events.Event) -> None:
            if isinstance(event, events.Started):
                heard.append(event.change)

        self.memory.life = life
        try:
            return execute(made.plan, send, listen, parallelism=1, stop=Event())
        except Killed:
            return None
        finally:
            self.memory.life = self.memory.sending = None
            deletes = [change.action is Action.DELETE for change in heard]
            assert deletes == sorted(deletes), "deletions come last"

    def _look(self, resource: Resource) -> tuple[Reason, ...]:
        thing = self.memory.things[named(resource.key.kind, resource.key.name)]
        return differences(resource.spec, told(resource.key.kind, thing))


def _accepted(made: Planned) -> bool:
    """Whether it may be carried out by somebody who insists."""
    try:
        guard.check(made.plan, allow_replace=True, allow_delete_all=True)
    except ConfigError:
        return False
    return made.plan.applyable


def test_whatever_happens() -> None:
    run_state_machine_as_test(Workspace, settings=settings(max_examples=8, stateful_step_count=20))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_whatever_happens_for_long() -> None:
    run_state_machine_as_test(Workspace, settings=settings(max_examples=600, stateful_step_count=40))
