"""The dependency graph of a plan as a Mermaid flowchart: what is needed points to what needs it."""

from collections import defaultdict
from collections.abc import Iterator

from runner.model.keys import Key
from runner.model.plan import Action, Change, Plan
from runner.report.escape import label

_FEW = 4  # more of the same kind, action and neighbours are one node: a matrix of runs is no forest
# Pale with dark text: readable on a light page and on a dark one.
_COLOURS = {
    Action.CREATE: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    Action.UPDATE: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    Action.REPLACE: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
    Action.DELETE: "fill:#ffebe9,stroke:#cf222e,color:#1f2328",
    Action.RUN: "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
    Action.ADOPT: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    Action.NO_OP: "fill:#f6f8fa,stroke:#8c959f,color:#59636e",
}


def graph(made: Plan, *, changing: bool = False) -> str:
    """The flowchart; with `changing` only of what changes and what that needs. Every line ends in a newline."""
    nodes = list(_groups(_chosen(made, changing=changing)))
    number = {change.key: place for place, group in enumerate(nodes) for change in group}
    lines = ["flowchart LR"]
    lines += [f'  n{place}["{_name(group)}"]:::{_style(group[0])}' for place, group in enumerate(nodes)]
    arrows = {
        (number[key], place)
        for place, group in enumerate(nodes)
        for change in group
        for key in change.depends_on
        if key in number
    }
    lines += [f"  n{needed} --> n{place}" for needed, place in sorted(arrows)]
    styles = {_style(group[0]): _COLOURS[group[0].action] for group in nodes}
    lines += [f"  classDef {style} {colours}" for style, colours in sorted(styles.items())]
    return "\n".join(lines) + "\n"


def size(chart: str) -> int:
    """How many nodes a flowchart has."""
    return chart.count('"]:::')


def _chosen(made: Plan, *, changing: bool) -> list[Change]:
    if not changing:
        return list(made.changes)
    moving = [change for change in made.changes if change.action is not Action.NO_OP]
    wanted = {change.key for change in moving} | {key for change in moving for key in change.depends_on}
    return [change for change in made.changes if change.key in wanted]


def _groups(changes: list[Change]) -> Iterator[list[Change]]:
    """Those that are alike together, in the plan's order."""
    needed_by: dict[Key, set[Key]] = defaultdict(set)
    for change in changes:
        for key in change.depends_on:
            needed_by[key].add(change.key)
    alike: dict[object, list[Change]] = defaultdict(list)
    for change in changes:
        around = (frozenset(change.depends_on), frozenset(needed_by[change.key]))
        alike[change.key.kind, change.action, around].append(change)
    for group in alike.values():
        yield from [group] if len(group) > _FEW else [[change] for change in group]


def _name(group: list[Change]) -> str:
    first = group[0]
    told = str(first.key) if len(group) == 1 else f"{len(group)} of {first.key.kind}: {first.key.name}, ..."
    return label(f"{first.action.symbol} {told}".strip())


def _style(change: Change) -> str:
    return change.action.value.replace("-", "")
