"""What plans and applies promise, said by what the workspace holds and not by what the planner thinks of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from runner.model.fence import Standing, bare
from runner.model.identity import stated_parts
from runner.model.keys import Kind
from runner.model.live import LiveRun
from runner.model.options import Options
from runner.model.plan import Action, Change, Plan
from runner.model.resource import DesiredState, Resource
from runner.plan.compare import differences
from tests.plan.memory import Memory, Name, Thing, named, told
from tests.plan.team import MAIN, Team

MUTABLE = {Kind.COMPUTE, Kind.DATASTORE}


@dataclass(frozen=True)
class Planned:
    """A plan, who made it, with which options, and what was asked for."""

    team: Team
    desired: DesiredState
    options: Options
    plan: Plan
    held: bool = False  # carried out late, when the workspace is another by now

    @property
    def adopted(self) -> set[Name]:
        """What it takes over."""
        taken = [change for change in self.plan.pending if change.action is Action.ADOPT]
        return {name for change in taken for name in touched(change)}


def touched(change: Change) -> list[Name]:
    """The things that a change is about; of a job, none."""
    kind = change.key.kind
    if kind is Kind.JOB:
        return []
    if not kind.versioned:
        return [named(kind, change.live_name)]
    return [(kind, *_halves(each)) for each in change.removes or (change.live_name,)]


def _halves(live_name: str) -> tuple[str, str]:
    name, _, version = live_name.rpartition(":")
    return name, version


def check_plan(made: Planned, memory: Memory) -> None:
    """Everything that must hold of a plan before anybody carries it out."""
    _adds_up(made)
    _is_ordered(made)
    _is_quiet_only_where_nothing_differs(made, memory)
    assert _told_drift(made) == set(_drift(made, memory))
    for change in made.plan.pending:
        there = {name: memory.things[name] for name in touched(change) if name in memory.things}
        _leaves_others_alone(made, change, there, memory.runs)
        if made.plan.applyable:
            _spares_what_is_protected(made, change, there.values())
            _stays_behind_the_fence(made, change, there.values())
        if change.action is Action.RUN:
            assert not _is_trained(made, change, memory.runs.values()), change


def _adds_up(made: Planned) -> None:
    assert sum(made.plan.summary().values()) == len(made.plan.changes)
    kept = [change.key for change in made.plan.changes if change.action is not Action.DELETE]
    assert kept == [resource.key for resource in made.desired.resources]
    gone = [change for change in made.plan.changes if change.action is Action.DELETE]
    assert made.options.prune or not gone
    wanted = {str(key).lower() for key in kept}
    assert not [change for change in gone if str(change.key).lower() in wanted], "what a spec asks for is deleted"


def _is_ordered(made: Planned) -> None:
    places = {change.key: place for place, change in enumerate(made.plan.changes)}
    for change in made.plan.changes:
        assert all(places[key] < places[change.key] for key in change.depends_on)
    actions = [change.action is Action.DELETE for change in made.plan.changes]
    assert actions == sorted(actions), "deletions come last"


def _is_quiet_only_where_nothing_differs(made: Planned, memory: Memory) -> None:
    """What a plan that may be applied says nothing of is as the spec has it, and says so itself."""
    says = {change.key for change in (*made.plan.pending, *made.plan.withheld)}
    quiet = {change.key: change for change in made.plan.changes if change.key not in says}
    for resource in made.desired.resources if made.plan.applyable else ():
        kind = resource.key.kind
        for name in touched(quiet[resource.key]) if resource.key in quiet else ():
            thing = memory.things[name]
            assert thing.tags["aml.digest"] == resource.digest
            if thing.owner == made.team.name:  # a version that others made stays as they describe it
                differing = {reason.field for reason in differences(resource.spec, told(kind, thing))}
                assert not {field for field in differing if not is_ignored(field, resource)}
                assert not _left_over(thing, resource)
                assert not thing.archived
        if kind is Kind.JOB and resource.key in quiet:
            run = memory.runs[quiet[resource.key].live_name]
            assert run.digest == resource.digest
            assert not run.superseded


def _left_over(thing: Thing, resource: Resource) -> set[str]:
    """Tags that the spec had when it was applied, has no more, and leaves to nobody."""
    stated = {f"tags.{tag}" for tag in thing.tags if f"tags.{tag}" in thing.stated} - _stated(resource)
    return {field for field in stated if not is_ignored(field, resource)}


def _leaves_others_alone(
    made: Planned, change: Change, there: Mapping[Name, Thing], runs: Mapping[str, LiveRun]
) -> None:
    foreign = [name for name, thing in there.items() if thing.owner != made.team.name]
    assert not foreign or (change.action is Action.ADOPT and made.options.adopt), change
    assert change.action is not Action.CREATE or not there, change
    if change.key.kind is Kind.JOB:
        owners = {runs[name].properties.get("aml.project") for name in (*change.removes, *change.supersedes)}
        assert owners <= {made.team.project}


def is_protected(made: Planned, change: Change, there: Iterable[Thing]) -> bool:
    """Whether a rule, or else a thing's own tag, forbids to take it away."""
    ruled = made.team.settings(change.key).prevent_destroy
    return any("aml.prevent_destroy" in thing.tags for thing in there) if ruled is None else ruled


def _spares_what_is_protected(made: Planned, change: Change, there: Iterable[Thing]) -> None:
    if change.action in {Action.REPLACE, Action.DELETE} and change.key.kind is not Kind.JOB:
        assert not is_protected(made, change, there), change


def _stays_behind_the_fence(made: Planned, change: Change, there: Iterable[Thing]) -> None:
    if not made.team.fenced or made.options.allow_rollback:
        return
    adds = change.action in {Action.CREATE, Action.RUN} and change.key.kind not in MUTABLE
    if made.team.ref != MAIN:
        assert adds, change
    elif change.action is not Action.ADOPT:
        commits = {bare(thing.tags.get("aml.commit", "")) for thing in there}
        assert {made.team.standing(commit) for commit in commits} <= {Standing.BEHIND}, change


def _is_trained(made: Planned, change: Change, runs: Iterable[LiveRun]) -> bool:
    """Whether a run of this job has completed for this content, and nobody asked for it to be done again."""
    rerun = made.team.settings(change.key).rerun
    return any(
        run.status == "Completed"
        and run.properties.get("aml.project") == made.team.project
        and (run.key, run.digest) == (str(change.key), change.digest)
        and (rerun == 1 or f"-r{rerun}" in run.name)
        for run in runs
    )


def is_ignored(field: str, resource: Resource) -> bool:
    """Whether a rule leaves a field to others."""
    return any(f"{field}.".startswith(f"{path}.") for path in resource.settings.ignore_changes)


def _told_drift(made: Planned) -> set[tuple[str, str]]:
    stated = {resource.key: _stated(resource) for resource in made.desired.resources}
    return {(str(each.key), each.field) for each in made.plan.drift if each.field in stated[each.key]}


def _stated(resource: Resource) -> set[str]:
    return {*resource.spec, *(f"tags.{name}" for name in resource.spec.get("tags") or {})}


def _drift(made: Planned, memory: Memory) -> Iterator[tuple[str, str]]:
    """Stated fields that are live otherwise though the spec says what it said when it was applied; and ignored ones."""
    live_names = {change.key: change for change in made.plan.changes if change.action is not Action.DELETE}
    for resource in made.desired.resources:
        thing = next((memory.things.get(name) for name in touched(live_names[resource.key])), None)
        if thing is None or thing.owner != made.team.name:
            continue
        if resource.key.kind.versioned and thing.tags.get("aml.digest") != resource.digest:
            continue
        now = stated_parts(resource)
        for reason in differences(resource.spec, told(resource.key.kind, thing)):
            field = reason.field
            same = field in now and thing.stated.get(field) == now[field]
            if field in _stated(resource) and (same or is_ignored(field, resource)):
                yield str(resource.key), field


def check_applied(made: Planned, before: Memory, after: Memory) -> None:
    """Everything that must hold once a plan was carried out, to its end or not."""
    pending = {name: change for change in made.plan.pending for name in touched(change)}
    for name, thing in before.things.items():
        now = after.things.get(name)
        if name not in pending:
            assert now == thing, "what the plan does not name"
            continue
        if thing.owner != made.team.name and not (made.held and name[0].versioned):  # who is first, is overwritten
            assert now == thing or name in made.adopted, "foreign"
        if now is None or now.number != thing.number or now.archived > thing.archived:
            assert not is_protected(made, pending[name], [thing]), "protected"
        elif now != thing and not made.held:  # what others changed since the plan, the last writer overwrites
            _keeps_what_is_not_ours_to_say(made, pending[name], thing, now)
    for name in after.things.keys() - before.things.keys():
        assert after.things[name].owner == made.team.name
    for name, run in before.runs.items():
        assert run.properties.get("aml.project") == made.team.project or after.runs[name] == run or made.options.adopt


def _keeps_what_is_not_ours_to_say(made: Planned, change: Change, thing: Thing, now: Thing) -> None:
    """Fields that the spec leaves open or a rule ignores, and the tags of others, stay as they were."""
    resource = next((each for each in made.desired.resources if each.key == change.key), None)
    if resource is None:
        return
    kind = change.key.kind
    before, after, stated = told(kind, thing), told(kind, now), _stated(resource)
    for field in before.keys() - {"tags"}:
        if field not in stated or is_ignored(field, resource):
            assert after[field] == before[field], field
    for tag, value in thing.tags.items():
        said = f"tags.{tag}" in stated or f"tags.{tag}" in thing.stated or tag.startswith("aml.")
        if not said or (is_ignored(f"tags.{tag}", resource) and not tag.startswith("aml.")):
            assert now.tags.get(tag) == value, tag
