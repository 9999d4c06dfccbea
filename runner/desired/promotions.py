"""`promote:` of project.yml, as data."""

from runner.desired.schema.project import Project
from runner.model.keys import Key, Kind
from runner.model.promotion import Promotion


def promotions(config: Project) -> tuple[Promotion, ...]:
    """The lines, in the order in which they stand there."""
    return tuple(
        Promotion(line.model, str(line.version), line.from_, to=line.to)
        if isinstance(line.to, str)
        else Promotion(line.model, str(line.version), line.from_, registry=line.to.registry)
        for line in config.promote
    )


def needed(config: Project, target: str) -> dict[Key, set[str]]:
    """What must stay in a target, as it is promoted from there or was promoted to it: models and their versions."""
    found: dict[Key, set[str]] = {}
    for each in promotions(config):
        if target in {each.source, each.to}:
            found.setdefault(Key(Kind.MODEL, each.model), set()).add(each.version)
    return found
