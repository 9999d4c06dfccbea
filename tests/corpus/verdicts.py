"""The two verdicts on one file: why it is refused, in one line each; empty when it is accepted."""

import importlib
import io
import logging
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from azure.core.exceptions import AzureError

from runner.desired.load import load_files
from runner.model.diagnostics import InvalidSpecsError
from runner.model.keys import Kind


def ours(path: Path) -> list[str]:
    """What `aml validate FILE` finds."""
    try:
        load_files([path], path.parent)
    except InvalidSpecsError as error:
        return [found.message for found in error.diagnostics]
    return []


def theirs(path: Path, kind: Kind) -> str:
    """What the SDK's loader of this kind says of a file that it reads by itself."""
    loading = importlib.import_module("azure.ai.ml.entities._load_functions")
    marshmallow = importlib.import_module("marshmallow")
    logging.getLogger("azure.ai.ml").setLevel(logging.CRITICAL)
    raised = (AzureError, LookupError, OSError, TypeError, ValueError, AttributeError, NotImplementedError)
    raised += (marshmallow.ValidationError,)
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            getattr(loading, f"load_{kind}")(path)
        except raised as error:
            return " ".join(f"{type(error).__name__}: {error}".split())
    return ""
