"""What a job can cost at most: nodes, times the limit of their time, times the price of a node and hour.

What a spec leaves open is unknown, and said to be so: a guess would be taken for a promise.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.model.review import Cost

_HOUR = 3600
Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a node and hour; None is unknown, and `what` says of which size, or why."""

    usd: float | None
    what: str


Priced = Callable[[str, str], Price]  # the compute's name or nothing, and a serverless VM size or nothing -> its price


def cost(job: Spec, priced: Priced) -> Cost:
    """The most that one run of a job can cost. Waiting, images, storage and traffic are not in it."""
    match job.get("type", "command"):
        case "pipeline":
            return _pipeline(job, priced)
        case "sweep":
            return _sweep(job, priced)
        case "command" | "spark" | "automl" as kind:
            return _nodes(job, priced, _limit(job, "timeout_minutes" if kind == "automl" else "timeout"))
        case kind:
            return Cost(None, f"a {kind} job states no limits")


def _limit(job: Spec, name: str) -> float | None:
    """Seconds; the service counts some limits in minutes."""
    stated = (job.get("limits") or {}).get(name)
    if not isinstance(stated, int | float) or isinstance(stated, bool):
        return None
    return float(stated) * (60 if name.endswith("_minutes") else 1)


def _nodes(job: Spec, priced: Priced, seconds: float | None, times: int = 1) -> Cost:
    resources = job.get("resources") or {}
    nodes = resources.get("instance_count", 1)
    if not isinstance(nodes, int):
        return Cost(None, "how many nodes it takes is an input")
    if seconds is None:
        return Cost(None, "no time limit is stated (limits.timeout)")
    price = priced(_compute(job), str(resources.get("instance_type") or ""))
    if price.usd is None:
        return Cost(None, price.what)
    parts = [f"{times} trials" if times > 1 else "", f"{nodes} {'node' if nodes == 1 else 'nodes'} of {price.what}"]
    how = " x ".join([*filter(None, parts), f"{seconds / _HOUR:.3g} h x {price.usd:g} USD"])
    return Cost(times * nodes * seconds / _HOUR * price.usd, how)


def _sweep(job: Spec, priced: Priced) -> Cost:
    """All trials to their limit, or as many as run at once until the sweep's own; whichever is less."""
    trial = job.get("trial") if isinstance(job.get("trial"), Mapping) else {}
    one = {**job, "resources": job.get("resources") or (trial or {}).get("resources")}
    limits = job.get("limits") or {}
    total, at_once = limits.get("max_total_trials"), limits.get("max_concurrent_trials")
    each, whole = _limit(job, "trial_timeout"), _limit(job, "timeout")
    found = []
    if isinstance(total, int) and each is not None:
        found.append(_nodes(one, priced, each, total))
    nodes = at_once or total
    if isinstance(nodes, int) and whole is not None:
        found.append(_nodes(one, priced, whole, nodes))
    known = [cost for cost in found if cost.usd is not None]
    if known:
        return min(known, key=lambda cost: cost.usd or 0.0)
    return found[0] if found else Cost(None, "no time limit is stated (limits.trial_timeout and max_total_trials)")


def _pipeline(job: Spec, priced: Priced) -> Cost:
    costs = list(_steps(job, priced))
    unknown = next((f"{name}: {cost.how}" for name, cost in costs if cost.usd is None), None)
    if unknown or not costs:
        return Cost(None, unknown or "it has no steps")
    return Cost(sum(cost.usd or 0.0 for _, cost in costs), f"{len(costs)} {'step' if len(costs) == 1 else 'steps'}")


def _steps(job: Spec, priced: Priced) -> Iterator[tuple[str, Cost]]:
    settings = job.get("settings") or {}
    default = settings.get("default_compute") or job.get("compute")
    for name, step in (job.get("jobs") or {}).items():
        inline = step.get("component") if isinstance(step.get("component"), Mapping) else {}
        whole = {**inline, **step}
        yield name, cost({**whole, "compute": whole.get("compute") or default}, priced)


def _compute(job: Spec) -> str:
    name = str(job.get("compute") or "").removeprefix("azureml:")
    return "" if name == "serverless" else name
