"""The SDK's own loaders: they turn a spec into what is sent, and they know what is none. Imported late."""

import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from azure.core.exceptions import AzureError
from yaml import YAMLError

from runner.azureml.components import as_yaml
from runner.azureml.findings import Place, told
from runner.model.keys import Kind

# What the loaders raise for a spec that they do not expect: not all of it is meant as an answer.
_RAISED = (
    *(ArithmeticError, AssertionError, AttributeError, AzureError, EOFError, ImportError, LookupError, OSError),
    *(RuntimeError, StopIteration, SyntaxError, TypeError, ValueError, YAMLError),
)


class RefusedError(ValueError):
    """The SDK refuses a spec. The message is one line; `place` is where, as far as the SDK tells."""

    def __init__(self, message: str, place: Place = ()) -> None:
        super().__init__(message)
        self.place = place


def load(kind: Kind, spec: Mapping[str, Any], origin: Path) -> Any:
    """The SDK's entity of a spec whose relative paths start beside the file `origin`. Raises RefusedError."""
    from azure.ai import ml
    from azure.ai.ml.entities import _load_functions
    from marshmallow import ValidationError  # the SDK lets it through, and it is no kind of ValueError

    # Schedules have a loader like all else, but are not exported like it.
    loader = getattr(ml, f"load_{kind}", None) or getattr(_load_functions, f"load_{kind}")
    try:
        return loader(io.StringIO(as_yaml(spec)), relative_origin=str(origin))
    except (*_RAISED, ValidationError) as error:
        # It fails over its own finding for some kinds; then that is what it failed over.
        place, words = told(str(error) or str(error.__context__ or type(error).__name__))
        raise RefusedError(words, place) from error


def refusal(kind: Kind, spec: Mapping[str, Any], origin: Path) -> RefusedError | None:
    """Why the SDK refuses a spec, or None. What it says beside that is swallowed."""
    with _quiet():
        try:
            load(kind, spec, origin)
        except RefusedError as error:
            return error
    return None


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        import azure.ai.ml  # noqa: F401  # sets the level of its loggers anew

        logging.getLogger("azure.ai.ml").setLevel(logging.CRITICAL)
        yield
