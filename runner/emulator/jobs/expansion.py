"""A pipeline and the jobs it consists of, all of which are known, checked and resolved when it is accepted."""

import uuid
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from runner.emulator.errors import bad_request, not_embedded
from runner.emulator.jobs import wire
from runner.emulator.jobs.bindings import Bound, Scope, bind, parent_output
from runner.emulator.jobs.components import Components
from runner.emulator.jobs.resolution import Resolver
from runner.emulator.jobs.sweeps import resolve_sweep
from runner.emulator.jobs.uris import default_output
from runner.emulator.store.datastores import DEFAULT
from runner.emulator.store.jobs import NewJob

MAX_DEPTH = 10
TYPES = {"command": "Command", "sweep": "Sweep", "pipeline": "Pipeline"}
STEP_NAMESPACE = uuid.UUID("8f6c1d0e-5b1a-4a53-9d5e-3f7f0c8e9a11")
REFUSED_SETTINGS = ("on_init", "on_finalize")
Step = Mapping[str, Any]  # as a pipeline's `jobs` hold it


class Expansion:
    """Makes the jobs of pipelines."""

    def __init__(self, resolver: Resolver, components: Components) -> None:
        self._resolver = resolver
        self._components = components

    def expand(self, name: str, request: dict[str, Any]) -> list[NewJob]:
        """The pipeline and below it one job a step, to any depth."""
        body = self._pipeline(name, request)
        return [NewJob(name, request, body), *self._steps(name, body, depth=1)]

    def _pipeline(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        asked = self._with_component(request)
        asked["outputs"] = _placed(name, asked)
        body = self._resolver.common(name, asked)
        settings = body.get("settings") or {}
        if refused := [key for key in REFUSED_SETTINGS if settings.get(key)]:
            raise not_embedded(f"`{refused[0]}` of pipelines")
        if not body.get("jobs"):
            raise bad_request("The pipeline has no jobs.")
        self._resolver.compute(settings.get("default_compute"))
        return body

    def _with_component(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A pipeline that only names a component has the component's steps, inputs and outputs."""
        if request.get("jobs") or not request.get("componentId"):
            return dict(request)
        spec = self._components.spec(request["componentId"])
        scope = Scope({}, {}, {})
        inputs = bind("pipeline", request.get("inputs") or {}, spec.get("inputs") or {}, scope).inputs
        declared = {key: {"jobOutputType": output["type"]} for key, output in (spec.get("outputs") or {}).items()}
        outputs = {**declared, **(request.get("outputs") or {})}
        return {**request, "jobs": spec.get("jobs"), "inputs": inputs, "outputs": outputs}

    def _steps(self, name: str, body: Mapping[str, Any], depth: int) -> Iterator[NewJob]:
        if depth > MAX_DEPTH:
            raise not_embedded(f"nesting of pipelines deeper than {MAX_DEPTH}")
        jobs: Mapping[str, Step] = body["jobs"]
        if not isinstance(jobs, dict) or not all(isinstance(node, dict) for node in jobs.values()):
            raise bad_request("The pipeline's jobs must be a mapping of steps.")
        names = {step: _step_name(name, step) for step in jobs}
        specs = {step: self._spec(step, node) for step, node in jobs.items()}
        outputs = {step: _outputs(body, names[step], step, node, specs[step]) for step, node in jobs.items()}
        scope = Scope(body["inputs"], body["outputs"], outputs)
        bounds = {step: _bind(step, node, specs[step], scope) for step, node in jobs.items()}
        _check_order({step: bound.after for step, bound in bounds.items()})
        for step, node in jobs.items():
            request = _request(body, step, node, specs[step], bounds[step], outputs[step])
            after = tuple(sorted(names[before] for before in bounds[step].after))
            resolved = self._resolve(names[step], request)
            yield NewJob(names[step], request, resolved, parent=name, after=after, waits=True)
            if request["jobType"] == "Pipeline":
                yield from self._steps(names[step], resolved, depth + 1)

    def _spec(self, step: str, node: Step) -> Mapping[str, Any]:
        """The component of a step."""
        kind = str(node.get("type") or "command")
        if kind not in TYPES:
            raise not_embedded(f"pipeline step of type {kind} (step {step})")
        holder = node.get("trial") or {} if kind == "sweep" else node
        spec = self._components.spec(holder.get("componentId"))
        wanted = "command" if kind == "sweep" else kind
        if spec.get("type") != wanted:
            raise bad_request(f"The step {step} needs a component of type {wanted}, not {spec.get('type')}.")
        return spec

    def _resolve(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        if request["jobType"] == "Command":
            return self._resolver.command(name, request)
        if request["jobType"] == "Sweep":
            return resolve_sweep(self._resolver, name, request)
        return self._pipeline(name, request)


def _step_name(pipeline: str, step: str) -> str:
    """The service gives steps guids. These are the same whenever the same pipeline is accepted."""
    return str(uuid.uuid5(STEP_NAMESPACE, f"{pipeline}/{step}"))


def _placed(name: str, pipeline: Mapping[str, Any]) -> dict[str, Any]:
    """The pipeline's own outputs, those without a place in its default datastore."""
    datastore = _datastore(pipeline)
    return {
        key: output
        if output.get("uri")
        else {**output, "uri": default_output(name, key, str(output.get("jobOutputType")), datastore)}
        for key, output in (pipeline.get("outputs") or {}).items()
    }


def _outputs(pipeline: Mapping[str, Any], name: str, step: str, node: Step, spec: Step) -> dict[str, Any]:
    """Where a step's outputs go: where it says, where the pipeline's output goes that it is bound to, or by default."""
    declared, given = spec.get("outputs") or {}, node.get("outputs") or {}
    if unknown := sorted(set(given) - set(declared)):
        raise bad_request(f"The step {step} has an output {unknown[0]!r}, which its component does not have.")
    datastore = _datastore(pipeline)
    made = {}
    for key, output in declared.items():
        sent = wire.camel(given.get(key) or {})
        kind = sent.get("jobOutputType") or output["type"]
        uri = sent.get("uri") or default_output(name, key, kind, datastore)
        if target := parent_output(sent.get("value")):
            if target not in pipeline["outputs"]:
                raise bad_request(
                    f"The step {step} writes to parent.outputs.{target}, which the pipeline does not have."
                )
            uri = pipeline["outputs"][target]["uri"]
        asset = {
            "assetName": sent.get("assetName") or sent.get("name"),
            "assetVersion": sent.get("assetVersion") or sent.get("version"),
            "mode": sent.get("mode"),
        }
        made[key] = {"jobOutputType": kind, "uri": uri, **{part: value for part, value in asset.items() if value}}
    return made


def _bind(step: str, node: Step, spec: Step, scope: Scope) -> Bound:
    """A sweep's step draws some of its component's inputs from the search space."""
    drawn = node.get("search_space") or {} if node.get("type") == "sweep" else {}
    wanted = {key: value for key, value in (spec.get("inputs") or {}).items() if key not in drawn}
    return bind(step, node.get("inputs") or {}, wanted, scope)


def _request(
    pipeline: Mapping[str, Any], step: str, node: Step, spec: Step, bound: Bound, outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The step as a job of its own, as a client would ask for it."""
    kind = TYPES[str(node.get("type") or "command")]
    settings = pipeline.get("settings") or {}
    common = {
        "jobType": kind,
        "displayName": node.get("display_name") or step,
        "description": node.get("description"),
        "experimentName": pipeline["experimentName"],
        "tags": node.get("tags") or {},
        "properties": {
            **(node.get("properties") or {}),
            "azureml.moduleName": step,
            "azureml.runsource": "azureml.StepRun",
        },
        "computeId": node.get("computeId") or settings.get("default_compute") or pipeline.get("computeId"),
        "inputs": bound.inputs,
        "outputs": dict(outputs),
    }
    return {**common, **PARTS[kind](node, spec, pipeline)}


def _command_part(node: Step, spec: Step, _: Mapping[str, Any]) -> dict[str, Any]:
    return {**_process(node, spec), "limits": wire.limits(node.get("limits"), "Command")}


def _sweep_part(node: Step, spec: Step, _: Mapping[str, Any]) -> dict[str, Any]:
    process = _process(node, spec)
    space = wire.search_space(node.get("search_space") or {})
    for name in space:
        process["command"] = process["command"].replace(f"${{{{inputs.{name}}}}}", f"${{{{search_space.{name}}}}}")
    return {
        "trial": process,
        "searchSpace": space,
        "samplingAlgorithm": wire.sampling_algorithm(node.get("sampling_algorithm")),
        "objective": wire.camel(node.get("objective") or {}),
        "limits": wire.limits(node.get("limits"), "Sweep"),
        "earlyTermination": wire.early_termination(node.get("early_termination")),
    }


def _pipeline_part(_: Step, spec: Step, pipeline: Mapping[str, Any]) -> dict[str, Any]:
    return {"jobs": spec.get("jobs"), "settings": pipeline.get("settings")}


PARTS = {"Command": _command_part, "Sweep": _sweep_part, "Pipeline": _pipeline_part}


def _process(node: Step, spec: Step) -> dict[str, Any]:
    """What is run. A step may override its component's resources and distribution, and add variables."""
    return {
        "command": str(spec.get("command") or ""),
        "environmentId": spec.get("environment"),
        "codeId": spec.get("code"),
        "environmentVariables": {
            **(spec.get("environment_variables") or {}),
            **(node.get("environment_variables") or {}),
        },
        "resources": wire.camel({**(spec.get("resources") or {}), **(node.get("resources") or {})}),
        "distribution": wire.distribution(node.get("distribution") or spec.get("distribution")),
    }


def _datastore(pipeline: Mapping[str, Any]) -> str:
    named = str((pipeline.get("settings") or {}).get("default_datastore") or DEFAULT)
    return named.removeprefix("azureml:").rpartition("/datastores/")[2]


def _check_order(after: Mapping[str, set[str]]) -> None:
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        raise bad_request(f"The pipeline's steps wait for each other: {' -> '.join(error.args[1])}.") from error
