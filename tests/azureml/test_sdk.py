"""What holds against the SDK itself, without a workspace."""

import inspect
import warnings
from pathlib import Path

import pytest
from azure.core import exceptions

from runner.azureml.translate import translated
from runner.azureml.workspace import Workspace
from runner.azureml.writer import Writer
from runner.errors import ServiceError
from runner.model.keys import Kind

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the SDK's own making
    import azure.ai.ml.exceptions as of_the_sdk

KINDS = [
    kind
    for module in (exceptions, of_the_sdk)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__.startswith("azure")
]


@pytest.mark.parametrize("kind", KINDS)
def test_none_of_its_exceptions_leaks(kind: type[Exception]) -> None:
    raised = kind.__new__(kind)  # their constructors differ; what matters is the kind
    raised.args = ("words",)
    raised.__dict__ |= {"message": "words", "status_code": 400, "error": None}
    with pytest.raises(ServiceError), translated("x"):
        raise raised


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        (
            Kind.COMPUTE,
            {"name": "cpu", "type": "amlcompute", "min_instances": "many"},
            "compute cpu: the SDK refuses it: min_instances: Not a valid integer.",
        ),
        (
            Kind.DATA,
            {"name": "d", "type": "nonsense", "path": "x"},
            "data d: the SDK refuses it: type: Must be one of: uri_file, uri_folder, mltable.",
        ),
        (
            Kind.JOB,
            {"name": "a", "type": "command", "environment": "azureml:e@latest"},
            "job a: the SDK refuses it: command: Missing data for required field.",
        ),
        (
            Kind.ENVIRONMENT,
            {"name": "e", "conda_file": "gone.yml"},
            "environment e: the SDK refuses it: No such file or directory: ",
        ),
    ],
)
def test_what_it_refuses_to_load_is_one_line(kind: Kind, spec: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ServiceError) as caught:
        Writer(Workspace("s", "r", "w")).put(kind, spec, tmp_path)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value).splitlines()) == 1
