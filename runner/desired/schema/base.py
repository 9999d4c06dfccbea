"""What the models share."""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field
from pydantic_core import PydanticCustomError


class Spec(BaseModel):
    """A mapping with known fields only. Building is deferred: a command pays only for the kinds it meets."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _version(value: Any) -> Any:
    # The SDK turns a number into text; 1.10 would become "1.1", which nobody means.
    if isinstance(value, float):
        raise ValueError("reads as a number; put quotes around it")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _label(value: Any) -> Any:
    # The SDK takes numbers here, of versions of assets alone; `resolve` makes texts of them.
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _scalar(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value
    raise ValueError("expected text, a number, true or false")


def _free(name: str) -> str:
    if name.startswith("aml."):
        raise ValueError("names that begin with 'aml.' say whose a resource is: aml alone writes them")
    return name


def _shape(value: Any) -> str:
    return MAPPING if isinstance(value, dict) else VALUE


def _type(value: Any) -> str | None:
    return f"{TAG}{value.get('type')}" if isinstance(value, dict) else None


def misfit(field: str, message: str) -> PydanticCustomError:
    """What a model's own check raises: fields that do not go together. `field` is where to look."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "field": field})


FILES = (".yml", ".yaml")
# Tags of unions begin with this, so that no key of a spec is taken for one.
TAG = "="
MAPPING, VALUE = f"{TAG}mapping", f"{TAG}value"
# Nodes of a pipeline in which a binding to an input may stand for a number or a word (the SDK takes it there alone).
COMPONENT, SWEEP, PIPELINE = f"{TAG}command{TAG}", f"{TAG}sweep", f"{TAG}pipeline"
BINDING = frozenset({COMPONENT, SWEEP, PIPELINE})
# The types of nodes that the SDK judges.
OtherType = Literal[
    "automl", "data_transfer", "do_while", "finetuning", "if_else", "import", "parallel", "parallel_for", "spark"
]
OTHER_NODES: tuple[str, ...] = get_args(OtherType)
OTHER = f"{TAG}other"
# A union of a mapping and something else, told apart by shape so that only the right branch is judged.
BY_SHAPE = Discriminator(_shape)
# A union of mappings told apart by their field `type`; the tags are its values behind TAG.
BY_TYPE = Discriminator(_type)

_Scalar = str | int | float | bool
IgnoreCase = BeforeValidator(_lower)
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Number = Annotated[float, Field(strict=True)]
Text = Annotated[str, Field(min_length=1)]
Version = Annotated[str, BeforeValidator(_version, json_schema_input_type=str | int), Field(min_length=1)]
TagName = Annotated[str, AfterValidator(_free)]
Tags = dict[TagName, str]
VersionTags = dict[TagName, Annotated[str, BeforeValidator(_label, json_schema_input_type=_Scalar)]]
Scalar = Annotated[Any, BeforeValidator(_scalar, json_schema_input_type=_Scalar)]
# Fields that nearly every spec has.
SchemaUrl = Annotated[str, Field(alias="$schema", description="says the kind, by its last part; never fetched")]
Description = Annotated[str, Field(description="for people; in no digest")]


class UserAssignedIdentity(Spec):
    """An identity by its ARM id."""

    resource_id: Text = Field(description="its ARM id")


class ComputeIdentity(Spec):
    """The identity that a compute runs under."""

    type: Annotated[
        Literal["system_assigned", "user_assigned", "system_assigned,user_assigned", "none"], IgnoreCase
    ] = Field(description="whose identity")
    user_assigned_identities: list[UserAssignedIdentity] = Field([], description="which ones, of `user_assigned`")


class NetworkSettings(Spec):
    """The network that a compute joins."""

    vnet_name: str = Field("", description="its name")
    subnet: str = Field("", description="its name or its ARM id")
