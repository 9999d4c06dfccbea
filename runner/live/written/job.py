"""Jobs as specs: commands, sweeps and pipelines."""

from typing import Any

from runner.live.written import component, words, work
from runner.live.written.around import Payload
from runner.live.written.pipeline import Nodes
from runner.live.written.sweep import sweep

_TYPES = ("Command", "Sweep", "Pipeline")


def job(found: Payload, parts: work.Work) -> dict[str, Any]:
    """A job, without a name: its file has the name. Raises UnwritableError for other types, e.g. Spark."""
    value = words.snaked(found["properties"])
    kind = words.known("jobs", value.get("job_type"), _TYPES).lower()
    shown, experiment = value.get("display_name"), value.get("experiment_name")
    head = {
        "type": kind,
        "display_name": shown if shown != found["name"] else None,
        "experiment_name": experiment if experiment != "Default" else None,
        "description": value.get("description"),
        "tags": words.by_people(value.get("tags")),
        "properties": words.by_people(value.get("properties")),
    }
    name = str(found["name"])
    does = {"command": _command, "sweep": _sweep, "pipeline": _pipeline}[kind](name, value, parts)
    tail = {
        "compute": parts.compute(value.get("compute_id")),
        "identity": work.identity(value.get("identity")),
        "queue_settings": work.queue_settings(value.get("queue_settings")),
        "services": work.services(value.get("services")),
    }
    return words.stated({**head, **does, **tail})


def _ports(name: str, value: Payload, parts: work.Work, datastore: str = "") -> dict[str, Any]:
    return {
        "inputs": parts.inputs(value.get("inputs"), {}),
        "outputs": parts.outputs(value.get("outputs"), name, datastore),
    }


def _command(name: str, value: Payload, parts: work.Work) -> dict[str, Any]:
    limits = {"timeout": work.timeout((value.get("limits") or {}).get("timeout"))}
    return {**parts.process(value, ()), **_ports(name, value, parts), "limits": words.stated(limits)}


def _sweep(name: str, value: Payload, parts: work.Work) -> dict[str, Any]:
    taken = work.resources(value.get("resources"))
    trial = parts.process(words.snaked(value.get("trial")), ("trial",))
    if trial.get("resources") == taken:  # the service copies them there
        trial.pop("resources", None)
    return {"trial": trial, **_ports(name, value, parts), **sweep(value), "resources": taken}


def _pipeline(name: str, value: Payload, parts: work.Work) -> dict[str, Any]:
    settings = value.get("settings") or {}
    datastore = words.reference(settings.get("default_datastore"), parts.around)
    written = words.stated(
        {
            "default_compute": parts.compute(settings.get("default_compute")),
            "default_datastore": datastore,
            "continue_on_step_failure": settings.get("continue_on_step_failure"),
            "force_rerun": settings.get("force_rerun"),
        }
    )
    nodes = Nodes(parts, component.content)
    if value.get("component_id"):
        of_component, declared = nodes.component(value["component_id"], ("component",))
        ports = _ports(name, value, parts, datastore)
        said = {port: {"type": each.get("type")} for port, each in (declared.get("outputs") or {}).items()}
        ports["outputs"] = {port: each for port, each in ports["outputs"].items() if each != said.get(port)}
        return {"settings": written, "component": of_component, **ports}
    return {
        "settings": written,
        **_ports(name, value, parts, datastore),
        "jobs": nodes.nodes(value.get("jobs") or {}, ()),
    }
