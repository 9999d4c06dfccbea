"""What a change can cost at most: the sum, each run, and how it was reckoned. Unknown is said, and is not zero."""

from collections.abc import Iterator

from runner.model.keys import Key
from runner.model.plan import Action
from runner.model.review import Cost, Review, Stage
from runner.report.comment.parts import Part, Rank, folded
from runner.report.escape import code, prose

_MOST = 1_000_000_000  # USD: beyond it a sum is a mistake, or mischief, and its digits tell nothing


def due(review: Review) -> dict[Key, Cost]:
    """The costs of what runs because of this change, where anything was reckoned at all."""
    running = [change.key for change in review.plan.pending if change.action is Action.RUN] if review.plan else []
    return {key: review.costs.get(key, Cost(None, "not reckoned")) for key in running} if review.costs else {}


def dollars(cost: Cost | None) -> str:
    """The most that one run can cost; empty for what costs nothing by itself."""
    return "" if cost is None else "unknown" if cost.usd is None else _usd(cost.usd)


def total(review: Review) -> str:
    """The sum, with how many are not in it."""
    costs = due(review)
    if not costs:
        return ""
    known = [cost.usd for cost in costs.values() if cost.usd is not None]
    unknown = len(costs) - len(known)
    if not known:
        return "cost **unknown**"
    more = f" and {unknown:,} unknown" if unknown else ""
    return f"costs at most **{_usd(sum(known))}**{more}"


def reckoned(review: Review) -> Iterator[Part]:
    """How each was reckoned; what is alike is said once. Later it is no longer the news."""
    if review.stage is not Stage.PLANNED:
        return
    alike: dict[tuple[str, str], list[Key]] = {}
    for key, cost in due(review).items():
        alike.setdefault((dollars(cost), cost.how), []).append(key)
    rows = [
        f"- {code(str(keys[0]))}{f' and {len(keys) - 1:,} more' if keys[1:] else ''}: {usd}, {prose(how)}\n"
        for (usd, how), keys in alike.items()
    ]
    yield folded("How the cost is reckoned", Part(Rank.COSTS, tuple(rows), what="costs"))


def _usd(amount: float) -> str:
    if amount > _MOST:
        return f"more than ${_MOST:,}"
    return f"${amount:,.2f}" if amount == 0 or amount >= 0.01 else "less than $0.01"
