"""What the service and the SDK fill in by themselves, and the many ways to say one thing.

A spec that states a default and one that does not are one spec; so are `type: managed` and `type: managed_identity`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from runner.live.translate import seconds
from runner.live.written import work
from runner.live.written.words import stated
from runner.model.keys import Kind

_CLUSTER = {"tier": "dedicated", "min_instances": 0, "max_instances": 4, "idle_time_before_scale_down": 120}
_INSTANCE = {
    "enable_sso": True,
    "enable_root_access": True,
    "release_quota_on_stop": False,
    "enable_os_patching": False,
    "ssh_public_access_enabled": False,
}
_RESOURCES = {"instance_count": 1, "shm_size": "2g"}
_POLICY = {"delay_evaluation": 0, "evaluation_interval": 0, "slack_factor": 0, "slack_amount": 0}
_BINDING = "${{parent."

Change = Callable[[Mapping[str, Any]], Any]


def plain(kind: Kind, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec in the fewest and most usual words: two that are equal then ask for the same.

    Component and conda files must be written out in place, as in `Resource.spec`.
    """
    match kind:
        case Kind.COMPUTE:
            return _compute(spec)
        case Kind.DATASTORE:
            # Of this type the SDK takes no other cloud for the usual one.
            gen2 = {"endpoint": "core.windows.net"} if spec.get("type") == "azure_data_lake_gen2" else {}
            return _less(spec, {"protocol": "https", **gen2})
        case Kind.ENVIRONMENT:
            return _environment(spec)
        case Kind.DATA:
            return stated(_typed(spec, "uri_folder"))
        case Kind.MODEL:
            return stated(_typed(spec, "custom_model"))
    return _work(_typed(spec, "command"))


def _compute(spec: Mapping[str, Any]) -> dict[str, Any]:
    value = {**spec, "type": str(spec.get("type", "")).lower()}
    if isinstance(value.get("tier"), str):
        value["tier"] = value["tier"].lower().replace("lowpriority", "low_priority")
    idle = seconds(value.pop("idle_time_before_shutdown", None))
    if idle:
        value["idle_time_before_shutdown_minutes"] = idle // 60
    own = _CLUSTER if value["type"] == "amlcompute" else _INSTANCE
    return _less(value, {**own, "enable_node_public_ip": True})


def _environment(spec: Mapping[str, Any]) -> dict[str, Any]:
    inner = _with(spec, "build", lambda build: _less(build, {"dockerfile_path": "Dockerfile"}))
    return _less(inner, {"os_type": "linux"})


def _work(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A job, a node of a pipeline, a component or a trial."""
    value = _less({**spec, "compute": work.compute_name(spec.get("compute") or "")}, {"is_deterministic": True})
    for field, change in _FIELDS.items():
        value = _with(value, field, change)
    if value.get("type") == "sweep":
        value = _with(value, "limits", _limits)
    return value


def _sampling(given: Mapping[str, Any]) -> Any:
    return given["type"] if given.keys() == {"type"} else given


def _limits(limits: Mapping[str, Any]) -> dict[str, Any]:
    """The SDK sends no time of a sweep below a minute: the service would take it for days."""
    return {
        name: max(60, value) if name.endswith("timeout") and isinstance(value, int) else value
        for name, value in limits.items()
    }


def _variables(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}


def _ports(mode: str) -> Change:
    def change(ports: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: port for name, port in ports.items() if port is not None}
        return _each(kept, lambda port: _port(port, {"mode": mode, "optional": False}))

    return change


def _port(port: Mapping[str, Any], filled_in: Mapping[str, Any]) -> Any:
    if port.keys() == {"path"} and str(port["path"]).startswith(_BINDING):
        return port["path"]
    # A default of `false` or 0 says something.
    rest = {name: value for name, value in port.items() if name not in filled_in or value != filled_in[name]}
    return _typed(rest, "uri_folder")


def _nodes(nodes: Mapping[str, Any]) -> dict[str, Any]:
    return _each(nodes, lambda node: _work(_typed(node, "command")))


_FIELDS: Mapping[str, Change] = {
    "resources": lambda taken: _less(taken, _RESOURCES),
    "early_termination": lambda policy: _less(policy, _POLICY),
    "sampling_algorithm": _sampling,
    "environment": _environment,
    "environment_variables": _variables,
    "identity": work.identity,
    "inputs": _ports("ro_mount"),
    "outputs": _ports("rw_mount"),
    "component": _work,
    "trial": _work,
    "jobs": _nodes,
}


def _typed(spec: Mapping[str, Any], usual: str) -> Mapping[str, Any]:
    return spec if "type" in spec else {"type": usual, **spec}


def _less(spec: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return stated({name: value for name, value in spec.items() if name not in defaults or value != defaults[name]})


def _with(spec: Mapping[str, Any], field: str, change: Change) -> dict[str, Any]:
    """The spec with a mapping in it changed; without it when nothing is left."""
    inner = spec.get(field)
    return stated({**spec, field: change(inner)}) if isinstance(inner, Mapping) else dict(spec)


def _each(items: Mapping[str, Any], change: Change) -> dict[str, Any]:
    return {name: change(item) if isinstance(item, Mapping) else item for name, item in items.items()}
