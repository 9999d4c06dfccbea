"""What sweep jobs and the sweep nodes of pipelines share."""

from collections.abc import Mapping
from typing import Any

from runner.live.translate import snake
from runner.live.written import words, work
from runner.live.written.around import Payload, UnwritableError

# What the wire has as a list `[distribution, arguments]`, by the names that YAML gives the arguments.
_ARGUMENTS = {
    "choice": ("values",),
    "randint": ("upper",),
    "uniform": ("min_value", "max_value"),
    "loguniform": ("min_value", "max_value"),
    "quniform": ("min_value", "max_value", "q"),
    "qloguniform": ("min_value", "max_value", "q"),
    "normal": ("mu", "sigma"),
    "lognormal": ("mu", "sigma"),
    "qnormal": ("mu", "sigma", "q"),
    "qlognormal": ("mu", "sigma", "q"),
}


def sweep(value: Payload) -> dict[str, Any]:
    """The fields of a sweep, from snake case."""
    space = value.get("search_space") or {}
    return words.stated(
        {
            "sampling_algorithm": _sampling(value.get("sampling_algorithm")),
            "search_space": {name: _distribution(name, item) for name, item in space.items()},
            "objective": _objective(words.snaked(value.get("objective"))),
            "early_termination": _early_termination(value.get("early_termination")),
            "limits": _limits(words.snaked(value.get("limits"))),
        }
    )


def _sampling(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    value = words.snaked(given)
    kind = str(value.pop("sampling_algorithm_type", None) or value.pop("type", None) or "").lower()
    settings = words.stated(value)
    return {"type": kind, **settings} if settings else kind


def _objective(value: Payload) -> dict[str, Any]:
    return words.stated({"primary_metric": value.get("primary_metric"), "goal": str(value.get("goal") or "").lower()})


def _early_termination(given: Payload | None) -> dict[str, Any]:
    value = words.snaked(given)
    kind = snake(str(value.pop("policy_type", None) or value.pop("type", None) or ""))
    return words.stated({"type": kind, **value})


def _limits(value: Payload) -> dict[str, Any]:
    counts = {name: words.whole(value.get(name)) for name in ("max_total_trials", "max_concurrent_trials")}
    times = {name: work.timeout(value.get(name)) for name in ("timeout", "trial_timeout")}
    return words.stated({**counts, **times})


def _distribution(name: str, given: Any) -> Any:
    """`["uniform", [0, 1]]` as `{type: uniform, min_value: 0, max_value: 1}`; in nodes it stands like that already."""
    if isinstance(given, Mapping):
        return dict(given)
    match given:
        case [str(kind), [*arguments]] if len(_ARGUMENTS.get(kind, ())) == len(arguments):
            if kind == "choice":
                arguments = [[_option(name, item) for item in arguments[0] or ()]]
            return {"type": kind, **dict(zip(_ARGUMENTS[kind], arguments, strict=True))}
    raise UnwritableError(f"a search space whose {name} is {given!r}")


def _option(name: str, item: Any) -> Any:
    """An option of a choice may hold distributions of its own."""
    if not isinstance(item, Mapping):
        return item
    return {
        key: _distribution(f"{name}.{key}", inner) if isinstance(inner, list) else inner for key, inner in item.items()
    }
