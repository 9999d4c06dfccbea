"""The SDK's own loaders: they turn a spec into what is sent, and they know what is none. Imported late."""

import io
import json
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from azure.core.exceptions import AzureError

from runner.azureml.components import as_yaml
from runner.model.keys import Kind

Place = tuple[str | int, ...]

_TREE = re.compile(r"failed:\s*(?=\{)")
_STEP = re.compile(r"[^.\[\]]+")
_REFUSED_TYPE = re.compile(r"Value '?(?P<given>[^']*)'? passed is not in set (?P<allowed>\[.*\])")
# What the loaders raise for a spec that they do not expect: not all of it is meant as an answer.
_RAISED = (ArithmeticError, AttributeError, AzureError, LookupError, OSError, RuntimeError, TypeError, ValueError)


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
        place, words = _told(str(error) or str(error.__context__ or type(error).__name__))
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


def _told(text: str) -> tuple[Place, str]:
    """Where and what, of a message that wraps a tree of findings in JSON, which may wrap another."""
    found = _TREE.search(text)
    if not found:
        return (), _first_line(text)
    tree, _ = json.JSONDecoder().raw_decode(text, found.end())
    place, words = _finding(tree)
    deeper, told = _told(words)
    return (*place, *deeper), told


def _finding(tree: Any) -> tuple[Place, str]:
    """The first finding of a tree: keys are fields, a list of trees are the forms that a field may have."""
    match tree:
        case {"errors": [{"message": str() as words, **rest}, *_], **_others}:
            return _steps(str(rest.get("path", ""))), words
        case dict() if tree:
            name, inner = next(iter(tree.items()))
            place, words = _finding(inner)
            return (place if name == "_schema" else (_step(name), *place)), words
        case [str() as words, *_]:
            return (), words
        case [_, *_]:
            return _finding(_wrong_type(tree) or min(reversed(tree), key=_misfit))
    return (), str(tree)


def _wrong_type(forms: list[Any]) -> dict[str, Any] | None:
    """What to say when the `type` selects none of the forms that a field may have."""
    said = [form.get("type") if isinstance(form, dict) else None for form in forms]
    found = [_REFUSED_TYPE.fullmatch(words[0]) if isinstance(words, list) else None for words in said]
    if not all(found):
        return None
    allowed = ", ".join(match["allowed"].strip("[]") for match in found if match)
    given = next(match["given"] for match in found if match)
    return {"type": [f"expected one of {allowed}, not {given!r}"]}


def _misfit(form: Any) -> tuple[bool, int]:
    """How little a form is meant: it is another `type`, or much is wrong by it."""
    return isinstance(form, dict) and "type" in form, _size(form)


def _size(tree: Any) -> int:
    items = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return sum(map(_size, items)) or 1


def _steps(path: str) -> Place:
    return tuple(_step(step) for step in _STEP.findall(path)) if path != "*" else ()


def _step(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def _first_line(text: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\\n", "\n")
    return next((line.strip() for line in plain.splitlines() if line.strip()), "it does not say why")
