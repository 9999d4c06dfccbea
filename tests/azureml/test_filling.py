"""The SDK keeps a secret where its spec has one, and sends it from there: with the SDK itself, for every such place."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.azureml.components import in_files
from runner.azureml.filling import fill
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.model.keys import Kind
from runner.model.resource import FieldPath

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK warns of itself

REFERENCE, VALUE = "{{ env.AML_SECRET_X }}", "s3cret: {value}\n"
BLOB = {"name": "x", "type": "azure_blob", "account_name": "a", "container_name": "c"}
SHARE = {"name": "x", "type": "azure_file", "account_name": "a", "file_share_name": "c"}
GEN1 = {"name": "x", "type": "azure_data_lake_gen1", "store_name": "a"}
GEN2 = {"name": "x", "type": "azure_data_lake_gen2", "account_name": "a", "filesystem": "f"}
LAKE = {"name": "x", "type": "one_lake", "one_lake_workspace_name": "w", "endpoint": "e", "artifact": {"name": "a"}}
WHO = {"tenant_id": "t", "client_id": "c"}
VARIABLES = {"environment_variables": {"X": REFERENCE, "N": 1}}
COMMAND = {"command": "echo", "environment": "azureml:e:1"}
STEP = {"type": "command", **COMMAND}
FLOW = {"type": "pipeline", "jobs": {"deep": {"type": "command", **COMMAND, **VARIABLES}}}
SWEEP = {
    "type": "sweep",
    "trial": {**COMMAND, **VARIABLES},
    "search_space": {"x": {"type": "choice", "values": [1]}},
    "sampling_algorithm": "grid",
    "objective": {"goal": "maximize", "primary_metric": "m"},
    "limits": {"max_total_trials": 1},
}
X = ("environment_variables", "X")
CASES: dict[str, tuple[Kind, dict[str, Any], FieldPath]] = {
    **{
        f"{spec['type']} {secret}": (
            Kind.DATASTORE,
            {**spec, "credentials": {**who, secret: REFERENCE}},
            ("credentials", secret),
        )
        for spec, who, secret in [
            (BLOB, {}, "account_key"),
            (BLOB, {}, "sas_token"),
            (SHARE, {}, "account_key"),
            (SHARE, {}, "sas_token"),
            (GEN1, WHO, "client_secret"),
            (GEN1, {**WHO, "thumbprint": "t"}, "certificate"),
            (GEN2, WHO, "client_secret"),
            (GEN2, {**WHO, "thumbprint": "t"}, "certificate"),
            (LAKE, WHO, "client_secret"),
        ]
    },
    "cluster": (
        Kind.COMPUTE,
        {"name": "x", "type": "amlcompute", "ssh_settings": {"admin_username": "me", "admin_password": REFERENCE}},
        ("ssh_settings", "admin_password"),
    ),
    "command": (Kind.JOB, {"type": "command", **COMMAND, **VARIABLES}, X),
    "sweep": (Kind.JOB, SWEEP, ("trial", *X)),
    "node": (Kind.JOB, {"type": "pipeline", "jobs": {"a": {**STEP, **VARIABLES}}}, ("jobs", "a", *X)),
    "component node": (
        Kind.JOB,
        {"type": "pipeline", "jobs": {"items": {"component": {**STEP, "name": "c"}, **VARIABLES}}},
        ("jobs", "items", *X),
    ),
    "node of a component": (
        Kind.JOB,
        {"type": "pipeline", "jobs": {"a": {"type": "pipeline", "component": FLOW}}},
        ("jobs", "a", "component", "jobs", "deep", *X),
    ),
    "pipeline component": (Kind.COMPONENT, {"name": "c", **FLOW}, ("jobs", "deep", *X)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_value_is_in_its_place_and_in_no_file(case: str, tmp_path: Path) -> None:
    kind, spec, place = CASES[case]
    with in_files(spec) as loadable:
        entity = Writer(Workspace("s", "r", "w"))._load(kind, loadable, tmp_path)
        fill(entity, {place: VALUE})
        files = [Path(text) for text in _texts(loadable) if text.endswith(".yml")]
        assert all(VALUE not in path.read_text("utf-8") for path in files)
    inner = _sent(kind, entity)
    assert json.dumps(VALUE) in inner
    assert "AML_SECRET" not in inner


def _sent(kind: Kind, entity: Any) -> str:
    """What the SDK makes of it for the service; of a pipeline it asks the service on the way, so its own form."""
    rest = entity._to_dict() if kind in {Kind.JOB, Kind.COMPONENT} else entity._to_rest_object()
    return json.dumps(rest, default=lambda model: model.as_dict() if hasattr(model, "as_dict") else vars(model))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("place", [("environment_variables", "N"), ("environment_variables", "GONE"), ("a", "b", "c")])
def test_what_has_no_reference_is_not_filled(place: FieldPath, tmp_path: Path) -> None:
    entity = Writer(Workspace("s", "r", "w"))._load(Kind.JOB, {"type": "command", **COMMAND, **VARIABLES}, tmp_path)
    with pytest.raises(ValueError, match=rf"the secret for {'.'.join(place)} cannot be put in its place"):
        fill(entity, {place: VALUE})
