"""How the year went. It is always the same, and nothing is real yet: `writing.py` makes the commits, `lines.py` the
lines of what was applied.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from tests.year.operations import TARGETS, Operations
from tests.year.people import BEGIN, NAMES, People
from tests.year.specs import Knobs
from tests.year.truth import Year

_PROJECT = """\
version: 1
project: iris
default_target: staging
targets:
  staging:{staging}
  prod:{prod}
rules:
  - {{match: job/train, gate: {{metric: loss, at_most: 1000000}}}}
"""
_COORDINATES = """
    subscription_id: 00000000-0000-0000-0000-000000000001
    resource_group: rg-ml
    workspace_name: mlw-{name}
    prune: true"""
_WAYS = {"direct": 3, "revert": 2, "squash": 7, "merge": 4, "rebase": 4}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much happens. `real`: the applies will really be made."""

    commits: int = 500  # of main, all that were merged included
    applies: int = 60
    days: int = 365
    real: bool = False


def tell(scale: Scale) -> Year:
    """The year."""
    places = {name: " {}" if scale.real else _COORDINATES.format(name=name) for name in TARGETS}
    year = Year(_PROJECT.format(**places))
    people = People(year, Knobs(nodes=0 if scale.real else 1))
    operations = Operations(people, scale.applies, real=scale.real)
    lost = False
    while (done := len(year.behind(year.main))) < scale.commits:
        part = done / scale.commits
        people.now = max(people.now, BEGIN + part * timedelta(days=scale.days))
        if part > 0.5 and not lost:
            lost = True
            operations.lose()
        _milestones(people, part)
        due = len(year.applies) < part * scale.applies
        if scale.commits - done > 8:
            _episode(people, operations, due=due)
        else:
            people.land(people.edited(year.main), people.anybody(), people.words("Edit"))
    while not operations.over:
        operations.apply(year.main, "staging", "Ada", waits=False)
    return year


def _milestones(people: People, part: float) -> None:
    """A job comes, and later the cluster goes."""
    knobs = people.at(people.year.main)
    if part > 0.05 and not knobs.explained:
        people.land(replace(knobs, explained=10), "Ada", "Explain what was learned")
    if part > 0.9 and knobs.nodes:
        people.land(replace(knobs, nodes=0), "Ben", "Give the cluster back")


def _episode(people: People, operations: Operations, *, due: bool) -> None:
    """Something gets into main; if an apply is due, what came of it is applied."""
    who = people.anybody()
    (way,) = people.random.choices(list(_WAYS), list(_WAYS.values()))
    if way == "direct":
        people.land(people.edited(people.year.main), who, people.words("Edit"))
    elif way == "revert":
        people.revert(who)
    else:
        _pull(people, operations, way, who, due=due)
    if due:
        operations.apply(people.year.main, "staging", who)
        if people.random.random() < 0.9:
            operations.apply(people.year.main, "prod", people.anybody(NAMES[:2]))


def _pull(people: People, operations: Operations, way: str, who: str, *, due: bool) -> None:
    """A pull request, from its branch to its end; what it would do is tried on staging."""
    year, chance = people.year, people.random.random
    number, base = len(year.pulls) + 1, year.main
    if chance() < 0.4 and year.commits[base].parents:  # main has moved on since
        base = year.commits[base].parents[0]
    head = people.branch(base, who)
    if way == "merge" and chance() < 0.5:
        head = people.tried(head, who)
    if chance() < 0.15:  # pushed once more by force, onto what main is now
        if due:
            operations.apply(head, "staging", who, pull=number)
        base, head = year.main, people.replayed(base, head, year.main)
    year.pulls[number] = head
    if due:
        operations.apply(head, "staging", who, pull=number)
    if way == "rebase":
        year.main = people.replayed(base, head, year.main)
    else:
        people.merge(number, base, head, who, squash=way == "squash")
