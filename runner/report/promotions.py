"""What promotions do, for people."""

from collections import Counter
from collections.abc import Iterable, Iterator

from runner.model.diagnostics import Diagnostic, Position
from runner.model.promotion import Standing, Step
from runner.report.lines import ADD, FAINT, STRONG, Line

_SIGNS = {Standing.COPY: "+", Standing.WITHHELD: "+", Standing.THERE: " ", Standing.REFUSED: "!"}


def lines(steps: Iterable[Step]) -> Iterator[Line]:
    """A line each, with why, and the sum."""
    found = list(steps)
    for step in found:
        told, is_copied = step.promotion, step.standing is Standing.COPY
        why = f"  ({step.why})" if step.why else ""
        text = f"  {_SIGNS[step.standing]} model/{told.live_name}  {told.source} -> {told.where}{why}"
        yield Line(text, ADD if is_copied else FAINT)
    if found:
        yield Line()
    yield Line(_summary(found), STRONG)


def _summary(steps: list[Step]) -> str:
    count = Counter(step.standing for step in steps)
    if not steps:
        return "No promotions."
    if count[Standing.REFUSED]:
        return "Errors: nothing can be promoted."
    rest = {"there": count[Standing.THERE], "left to a branch": count[Standing.WITHHELD]}
    told = ", ".join(f"{number} {words}" for words, number in rest.items() if number)
    first = f"{count[Standing.COPY]} to promote" if count[Standing.COPY] else "Nothing to promote"
    return f"{first}{f' ({told})' if told else ''}."


def problems(steps: Iterable[Step]) -> tuple[Diagnostic, ...]:
    """An error for each line that cannot come true."""
    refused = [step for step in steps if step.standing is Standing.REFUSED]
    return tuple(Diagnostic(f"promote: {step.why}", Position("specs/project.yml")) for step in refused)
