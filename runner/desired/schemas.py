"""JSON Schemas (draft 2020-12) of what has models of ours: for editors, and for the reference in docs/."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from runner.desired.models import BY_SDK, models
from runner.desired.place import FILE
from runner.desired.schema.project import Project
from runner.model.keys import Kind

PROJECT = FILE.removesuffix(".yml")


# In a node with a component this may stand where a number or a word is wanted.
BINDING = {"type": "string", "pattern": r"^\$\{\{\s*parent\."}


class _Plain(GenerateJsonSchema):
    """Fields are called what they are called."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


class _Bound(_Plain):
    """Numbers and words may be bindings. Where exactly, the shared models of limits and resources cannot say."""

    def int_schema(self, schema: Any) -> dict[str, Any]:
        return {"anyOf": [super().int_schema(schema), BINDING]}

    def literal_schema(self, schema: Any) -> dict[str, Any]:
        found = super().literal_schema(schema)
        return found if "const" in found else {"anyOf": [found, BINDING]}


def schema(name: str) -> dict[str, Any]:
    """The schema of `project.yml` or of a kind; a kind with several types takes any of them.

    It knows fields and values. What goes together, what is referred to and what names the service takes, only
    `aml validate` knows.
    """
    dialect = {"$schema": GenerateJsonSchema.schema_dialect}
    if name == PROJECT:
        return {**dialect, **Project.model_json_schema(schema_generator=_Plain)}
    kind = Kind(name)
    generator = _Bound if kind in {Kind.COMPONENT, Kind.JOB} else _Plain
    places, shared = models_json_schema([(model, "validation") for model in models(kind)], schema_generator=generator)
    return {**dialect, "title": name, "anyOf": [*places.values(), *_by_sdk(kind)], **shared}


def _by_sdk(kind: Kind) -> list[dict[str, Any]]:
    """What a kind's other types are held to here: nothing, as the SDK judges them."""
    types = BY_SDK.get(kind, ())
    return [{"type": "object", "properties": {"type": {"enum": list(types)}}, "required": ["type"]}] if types else []
