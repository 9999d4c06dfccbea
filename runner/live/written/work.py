"""What jobs, nodes of pipelines and components are made of alike.

The wire writes jobs in camel case and what is in pipelines and components in snake case; here all of it is snake case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.live.translate import seconds, snake
from runner.live.written import words
from runner.live.written.around import Around, Payload
from runner.live.written.assets import build_trees, environment_content
from runner.model.builtin import ANONYMOUS_ENVIRONMENT
from runner.model.resource import FieldPath

DATA = ("uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model")
_DEFAULT_STORE = "workspaceblobstore"
# By their names on the wire and all those that YAML has for them, less underscores.
_IDENTITIES = {"amltoken": "aml_token", "user": "user_identity", "useridentity": "user_identity"}
_IDENTITIES |= dict.fromkeys(("managed", "managedidentity", "userassigned"), "managed_identity")
_PRIORITIES = {1: "low", 2: "medium", 3: "high"}
_SERVICES = {"JupyterLab": "jupyter_lab", "SSH": "ssh", "TensorBoard": "tensor_board", "VSCode": "vs_code"}


@dataclass(frozen=True, slots=True)
class Work:
    """Translates parts of work; `trees` collects the folders that it reaches."""

    around: Around
    trees: dict[FieldPath, str] = field(default_factory=dict)

    def process(self, value: Payload, at: FieldPath) -> dict[str, Any]:
        """The part that says what is run, in which environment and on how many nodes."""
        return words.stated(
            {
                "code": self.code(value.get("code") or value.get("code_id"), (*at, "code")),
                "command": value.get("command"),
                "environment": self.environment(
                    value.get("environment") or value.get("environment_id"), (*at, "environment")
                ),
                "environment_variables": dict(value.get("environment_variables") or {}),
                "distribution": distribution(value.get("distribution")),
                "resources": resources(value.get("resources")),
            }
        )

    def code(self, given: Any, at: FieldPath) -> str:
        """The URL of a code asset's folder; code elsewhere as it is named."""
        path = words.below(given, self.around)
        if not path:
            return str(given or "")
        # A signature in it would be a secret, and we have our own way in.
        found = words.needed(self.around.read(path), "properties")
        self.trees[at] = str(words.needed(found, "codeUri")).partition("?")[0]
        return self.trees[at]

    def environment(self, given: Any, at: FieldPath) -> Any:
        """A reference; an environment that was stated in place stands in place again."""
        found = words.own(given, self.around)
        if not found or found["name"] != ANONYMOUS_ENVIRONMENT:
            return words.reference(given, self.around)
        content = environment_content(words.needed(self.around.read(words.below(given, self.around)), "properties"))
        self.trees.update({(*at, *place): url for place, url in build_trees(content).items()})
        return content

    def inputs(self, given: Payload | None, types: Mapping[str, str]) -> dict[str, Any]:
        """Inputs: literals, bindings and data. `types` are those that the component declares."""
        return {name: self._input(words.snaked(port), types.get(name, "")) for name, port in (given or {}).items()}

    def _input(self, port: Payload, declared: str) -> Any:
        kind = str(port.get("job_input_type") or "literal")
        mode = words.mode(port.get("mode"))
        if kind != "literal":
            words.known("inputs", kind, DATA)
            path, on_compute = words.uri(port.get("uri"), self.around), port.get("path_on_compute")
            return words.stated({"type": kind, "path": path, "mode": mode, "path_on_compute": on_compute})
        if mode:  # a binding to data that says how the data comes
            return words.stated({"type": declared, "path": port.get("value"), "mode": mode})
        return typed_literal(port.get("value"), declared)

    def outputs(self, given: Payload | None, job: str, datastore: str = "") -> dict[str, Any]:
        """Outputs less those of every job, and less the places that the service chose."""
        store = datastore.removeprefix("azureml:") or _DEFAULT_STORE
        ports = {name: words.snaked(port) for name, port in (given or {}).items()}
        own = {name: port for name, port in ports.items() if not (name == "default" and _of_every_job(port))}
        return {name: self._output(name, port, job, store) for name, port in own.items()}

    def _output(self, name: str, port: Payload, job: str, store: str) -> Any:
        if port.get("value"):
            mode = words.mode(port.get("mode"))
            return words.stated({"path": port["value"], "mode": mode}) if mode else port["value"]
        kind = port.get("job_output_type")
        path = words.uri(port.get("uri"), self.around)
        if job:
            path = re.sub(rf"(?<=/){re.escape(job)}(?=/|$)", "${{name}}", path)
        chosen = f"azureml://datastores/{store}/paths/azureml/${{{{name}}}}/{name}"
        return words.stated(
            {
                "type": words.known("outputs", kind, DATA) if kind else None,
                "path": path if path.rstrip("/") != chosen and not _is_artifact(path) else None,
                "mode": words.mode(port.get("mode")),
                "name": port.get("asset_name") or port.get("name"),
                "version": str(port.get("asset_version") or port.get("version") or ""),
            }
        )

    def compute(self, given: Any) -> str:
        """The compute by its name; empty for serverless, which is what a job without one runs on."""
        return compute_name(words.reference(given, self.around))


def compute_name(text: str) -> str:
    """`azureml:name` for a name alone; empty for serverless. Ids and bindings stay."""
    if text.removeprefix("azureml:") == "serverless":
        return ""
    return text if not text or text.startswith(("azureml:", "/", "${{")) else f"azureml:{text}"


def typed_literal(value: Any, declared: str) -> Any:
    """A literal input by the type its component declares, else as it reads; a binding as it is."""
    return words.typed(value, declared) if declared and declared not in DATA else words.scalar(value)


def _is_artifact(path: str) -> bool:
    return "/ExperimentRun/dcid." in path


def _of_every_job(port: Payload) -> bool:
    """Whether this is the output `default`, under which the service keeps a run's artifacts."""
    return not port.get("uri") or _is_artifact(str(port["uri"]))


def resources(given: Payload | None) -> dict[str, Any]:
    """The nodes that work takes."""
    value = words.snaked(given)
    for name in ("instance_count", "max_instance_count"):
        value[name] = words.whole(value.get(name))
    fields = ("instance_count", "max_instance_count", "instance_type", "shm_size", "docker_args", "locations")
    kept = {name: value.get(name) for name in fields}
    properties = {"singularity" if name == "AISuperComputer" else name: item for name, item in _properties(value)}
    return words.stated({**kept, "properties": properties})


def _properties(value: Payload) -> list[tuple[str, Any]]:
    return list((value.get("properties") or {}).items())


def distribution(given: Payload | None) -> dict[str, Any]:
    """How processes of one job find each other."""
    value = words.snaked(given)
    kind = str(value.pop("distribution_type", None) or value.pop("type", None) or "").lower()
    return words.stated({"type": kind, **{name: words.whole(item) for name, item in value.items()}})


def identity(given: Payload | None) -> dict[str, Any]:
    """The identity that a job runs under."""
    value = words.snaked(given)
    kind = str(value.pop("identity_type", None) or value.pop("type", None) or "").replace("_", "").lower()
    renamed = {"resource_id": "msi_resource_id"}
    return words.stated(
        {"type": _IDENTITIES.get(kind, kind), **{renamed.get(name, name): item for name, item in value.items()}}
    )


def timeout(given: Any) -> Any:
    """Seconds, of an ISO 8601 duration; a binding as it is."""
    found = seconds(given) if isinstance(given, str) else given
    return given if found is None else found


def queue_settings(given: Payload | None) -> dict[str, Any]:
    """The place in the queue of serverless compute."""
    value = words.snaked(given)
    priority = value.get("priority")
    return words.stated(
        {"job_tier": str(value.get("job_tier") or "").lower(), "priority": _PRIORITIES.get(words.whole(priority))}
    )


def services(given: Payload | None) -> dict[str, Any]:
    """What a person asked to reach inside of a running job; every job's own links are none of that."""
    found = {name: words.snaked(service) for name, service in (given or {}).items()}
    kinds = {name: _SERVICES.get(str(service.get("job_service_type"))) for name, service in found.items()}
    return {name: _service(str(kind), found[name]) for name, kind in kinds.items() if kind}


def _service(kind: str, service: Payload) -> dict[str, Any]:
    return words.stated(
        {
            "type": kind,
            "nodes": "all" if service.get("nodes") else None,
            "port": service.get("port"),
            **{snake(name): value for name, value in _properties(service)},
        }
    )
