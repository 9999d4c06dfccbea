"""What becomes of a line that promotes a model, from what both ends hold under its name and version."""

from runner.model.identity import PROMOTED_FROM, RUN
from runner.model.promotion import Model, Promotion, Standing, Step

_CONTENT = ("aml.digest", RUN)  # tags that tell what a version is made of


def step(promotion: Promotion, found: Model | None, origin: str, there: Model | None, branch: str = "") -> Step:
    """What becomes of a line.

    `found` is the version where it comes from, and `origin` its ARM id; `there` is what has its name and version where
    it goes to. `branch` is the one that promotes, if something else is checked out.
    """
    if found is None:
        return Step(promotion, Standing.REFUSED, f"{promotion.source} has no {promotion.live_name}")
    if there is not None:
        return _compared(promotion, found, origin, there)
    if found.archived:
        return Step(promotion, Standing.REFUSED, f"{promotion.live_name} is archived in {promotion.source}")
    if branch:
        return Step(promotion, Standing.WITHHELD, f"left to {branch}", found)
    return Step(promotion, Standing.COPY, _lineage(found), found)


def _compared(promotion: Promotion, found: Model, origin: str, there: Model) -> Step:
    """What a version is made of never changes: one that is there is this one, or the line can never come true."""
    name, where = promotion.live_name, promotion.where
    told = [tag for tag in _CONTENT if promotion.to or tag in there.tags]
    if any(there.tags.get(tag) != found.tags.get(tag) for tag in told):
        return Step(promotion, Standing.REFUSED, f"{where} has another {name}")
    # A registry takes no tags with a model: there its name and version have to do.
    if promotion.to and there.tags.get(PROMOTED_FROM, "").lower() != origin.lower():
        return Step(promotion, Standing.REFUSED, f"the {name} of {where} does not come from {promotion.source}")
    return Step(promotion, Standing.THERE, "archived there" if there.archived else "there already", found)


def _lineage(found: Model) -> str:
    run, commit = found.tags.get(RUN, ""), found.tags.get("aml.commit", "")
    return ", ".join(filter(None, [f"run {run}" if run else "", f"commit {commit[:10]}" if commit else ""]))
