"""Sweeps as data: what may be asked for, and the command job that one trial is."""

import json
import re
from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request
from runner.emulator.jobs.durations import seconds
from runner.emulator.jobs.resolution import Resolver
from runner.emulator.jobs.searchspace import Values, check_space
from runner.emulator.jobs.termination import POLICIES
from runner.emulator.jobs.uris import default_output

MAX_TRIALS = 1000  # the service's default and limit
MAX_CONCURRENT = 1000
MAX_PARALLEL_DEFAULT = 100
GOALS = ("minimize", "maximize")
SAMPLED = re.compile(r"\$\{\{\s*search_space\.([\w.\-]+)\s*\}\}")
PARAMETERS = "hyperparameters"  # the tag with a trial's parameters
TRIAL_PARTS = ("codeId", "environmentId", "environmentVariables", "resources", "distribution")


def resolve_sweep(resolver: Resolver, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """The sweep as it will be served and run."""
    trial = request.get("trial")
    if not isinstance(trial, dict):
        raise bad_request("The sweep has no trial.")
    body = {"earlyTermination": None, **resolver.common(name, request)}
    defaults: dict[str, Any] = {"codeId": None, "environmentVariables": {}, "resources": body.get("resources")}
    trial = {**defaults, **{key: value for key, value in trial.items() if value}}
    body["trial"] = {**trial, **resolver.process(trial, body["computeId"])}
    check_space(body.get("searchSpace"), sampling(body))
    _check_objective(body.get("objective") or {})
    _check_limits(body.get("limits") or {})
    _check_command(body)
    policy = (body["earlyTermination"] or {}).get("policyType")
    if policy is not None and policy not in POLICIES:
        raise bad_request(f"The early termination policy {policy!r} is none of {', '.join(POLICIES)}.")
    return body


def sampling(sweep: Mapping[str, Any]) -> str:
    """random, grid or bayesian."""
    return str((sweep.get("samplingAlgorithm") or {}).get("samplingAlgorithmType") or "").lower()


def trial_limits(sweep: Mapping[str, Any]) -> tuple[int, int]:
    """(trials in all, trials at once)."""
    limits = sweep.get("limits") or {}
    total = int(limits.get("maxTotalTrials") or MAX_TRIALS)
    return total, min(total, int(limits.get("maxConcurrentTrials") or MAX_PARALLEL_DEFAULT))


def trial_body(sweep: Mapping[str, Any], name: str, values: Values) -> dict[str, Any]:
    """The command job of one trial. What the sweep refers to was resolved when it was accepted."""
    trial = sweep["trial"]
    timeout = (sweep.get("limits") or {}).get("trialTimeout")
    outputs = {
        # Each trial writes to a place of its own; only the best one's outputs go where the sweep says.
        key: {"jobOutputType": output["jobOutputType"], "uri": default_output(name, key, output["jobOutputType"])}
        for key, output in sweep["outputs"].items()
    }
    return {
        "jobType": "Command",
        "description": None,
        "command": SAMPLED.sub(lambda found: written(values[found[1]]), trial["command"]),
        **{part: trial[part] for part in TRIAL_PARTS if trial.get(part) is not None or part == "codeId"},
        "computeId": sweep["computeId"],
        "experimentName": sweep["experimentName"],
        "displayName": name,
        "inputs": sweep["inputs"],
        "outputs": outputs,
        "tags": {PARAMETERS: json.dumps(values)},
        "properties": {},
        **({"limits": {"jobLimitsType": "Command", "timeout": timeout}} if timeout else {}),
    }


def written(value: Any) -> str:
    """A parameter as it stands in a command line; a nested choice as JSON in one word."""
    return f"'{json.dumps(value)}'" if isinstance(value, dict | list) else str(value)


def _check_objective(objective: Mapping[str, Any]) -> None:
    if not objective.get("primaryMetric"):
        raise bad_request("The sweep's objective has no primaryMetric.")
    if str(objective.get("goal")).lower() not in GOALS:
        raise bad_request(f"The sweep's goal {objective.get('goal')!r} is none of {', '.join(GOALS)}.")


def _check_limits(limits: Mapping[str, Any]) -> None:
    for key, most in (("maxTotalTrials", MAX_TRIALS), ("maxConcurrentTrials", MAX_CONCURRENT)):
        value = limits.get(key)
        if value is not None and (not isinstance(value, int) or not 1 <= value <= most):
            raise bad_request(f"The sweep's {key} is {value!r}: a number from 1 to {most} is needed.")
    total, together = limits.get("maxTotalTrials"), limits.get("maxConcurrentTrials")
    if total is not None and together is not None and together > total:
        raise bad_request(f"The sweep's maxConcurrentTrials ({together}) is more than its maxTotalTrials ({total}).")
    for key in ("timeout", "trialTimeout"):
        seconds(limits.get(key))


def _check_command(body: Mapping[str, Any]) -> None:
    used = set(SAMPLED.findall(body["trial"]["command"]))
    if missing := sorted(used - set(body["searchSpace"])):
        raise bad_request(f"The trial's command uses search_space.{missing[0]}, which the search space does not have.")
