"""What a written spec refers to by name, so that it can be brought along and named as a person would."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.model.keys import Kind
from runner.model.references import Reference, parse
from runner.model.resource import FieldPath

_KINDS = {
    "environment": Kind.ENVIRONMENT,
    "compute": Kind.COMPUTE,
    "default_compute": Kind.COMPUTE,
    "component": Kind.COMPONENT,
    "trial": Kind.COMPONENT,
}
_MODELS = frozenset({"custom_model", "mlflow_model", "triton_model"})


def references(spec: Mapping[str, Any], at: FieldPath = ()) -> Iterator[tuple[FieldPath, Reference]]:
    """Every reference to a compute or an asset of the workspace, and where it stands."""
    for name, value in spec.items():
        if isinstance(value, Mapping):
            yield from references(value, (*at, name))
        elif isinstance(value, str) and value.startswith("azureml:"):
            kind = _KINDS.get(name)
            if name == "path":
                kind = Kind.MODEL if spec.get("type") in _MODELS else Kind.DATA
            found = parse(kind, value) if kind else None
            if found:
                yield (*at, name), found
