"""Holds a document against a model and says what is wrong in a person's words, at the right place."""

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel, Tag, ValidationError

from runner.desired.document import Document, Path
from runner.desired.schema.base import BINDING, OTHER, OTHER_NODES, TAG
from runner.model.diagnostics import Diagnostic

_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping",
    "string_type": "text",
    "union_tag_not_found": "a mapping",
}
_BINDING = re.compile(r"\$\{\{\s*parent\.[^}]*\}\}")


def check(document: Document, model: type[BaseModel]) -> list[Diagnostic]:
    """Everything in which the document does not fit the model."""
    try:
        model.model_validate(document.value)
    except ValidationError as error:
        found = [dict(problem) for problem in error.errors(include_url=False)]
        return [_diagnostic(document, model, problem) for problem in found if not _filled_in(problem)]
    return []


def _filled_in(problem: dict[str, Any]) -> bool:
    """Whether a pipeline's input stands where the service fills it in when it runs."""
    tags = [step for step in problem["loc"] if str(step).startswith(TAG)]
    given = problem["input"]
    return tags[-1:] != [] and tags[-1] in BINDING and isinstance(given, str) and _BINDING.fullmatch(given) is not None


def _diagnostic(document: Document, model: type[BaseModel], problem: dict[str, Any]) -> Diagnostic:
    path = path_in(document.value, problem["loc"])
    name = str(path[-1]) if path else ""
    match problem["type"]:
        case "extra_forbidden":
            message = f"unknown field {name!r}{did_you_mean(name, _fields(model, problem['loc'][:-1]))}"
            return Diagnostic(message, document.position(path, key=True))
        case "missing":
            return Diagnostic(f"missing field {name!r}", document.position(path[:-1]))
        case "misfit":
            return Diagnostic(problem["msg"], document.position((*path, problem["ctx"]["field"])))
        case "union_tag_invalid":
            return Diagnostic(_wrong_type(problem), document.position((*path, "type")))
    if problem["loc"][-1:] == ("[key]",):
        return Diagnostic(f"{name}: {_words(problem)}", document.position(path, key=True))
    return Diagnostic((f"{name}: " if name else "") + _words(problem), document.position(path))


def _wrong_type(problem: dict[str, Any]) -> str:
    """What to say of a `type` that selects none of a union's models."""
    given, context = problem["input"].get("type"), problem["ctx"]
    if given is None:
        return "missing field 'type'"
    tags = dict.fromkeys(tag.strip("'").rstrip(TAG) for tag in context["expected_tags"].split(", "))
    types = [each for tag in tags for each in (OTHER_NODES if tag == OTHER else (tag.removeprefix(TAG),))]
    return f"type: {not_one_of(one_of(types), given)}"


def one_of(words: Sequence[str]) -> str:
    """`'a', 'b' or 'c'`."""
    *first, last = [repr(word) for word in words]
    return f"{', '.join(first)} or {last}" if first else last


def not_one_of(allowed: str, given: Any) -> str:
    """What to say of a value that is none of those allowed, e.g. of `'a' or 'b'`."""
    guess = did_you_mean(str(given), [word.strip("' ") for word in allowed.replace(" or ", ", ").split(",")])
    return f"expected {allowed}, not {_shown(given)}{guess}"


def _words(problem: dict[str, Any]) -> str:
    kind, given = problem["type"], problem["input"]
    if kind in _EXPECTED:
        quotes = "; put quotes around it" if kind == "string_type" and isinstance(given, int | float) else ""
        return f"expected {_EXPECTED[kind]}, not {_shown(given)}{quotes}"
    if kind == "literal_error":
        return not_one_of(problem["ctx"]["expected"], given)
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind in {"string_too_short", "too_short"}:
        return "must not be empty"
    if kind in {"string_too_long", "too_long"}:
        return f"must have at most {problem['ctx']['max_length']} characters"
    if kind == "greater_than_equal":
        return f"must be at least {problem['ctx']['ge']}, not {_shown(given)}"
    return f"{problem['msg'][0].lower()}{problem['msg'][1:]} (it is {_shown(given)})"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str() if len(value) > 60:
            return repr(value[:57] + "...")
    return repr(value)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """ ", did you mean 'x'?" when a candidate is close, else nothing."""
    import difflib  # late: only who errs needs it

    close = difflib.get_close_matches(word, sorted(candidates), n=1, cutoff=0.7)
    return f", did you mean {close[0]!r}?" if close else ""


def path_in(value: Any, loc: tuple[str | int, ...]) -> Path:
    """A validator's location less what only it knows: what is in the document, and a missing last field."""
    path: list[str | int] = []
    for number, step in enumerate(loc, start=1):
        is_in = step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int)
        if is_in:
            value = value[step]
        if is_in or (isinstance(value, dict) and number == len(loc) and not _is_mark(step)):
            path.append(step)
    return tuple(path)


def _is_mark(step: str | int) -> bool:
    """Whether pydantic put this into a location, which is no place in a document."""
    return str(step).startswith(TAG) or step == "[key]"


def _fields(model: type[BaseModel], loc: Iterable[str | int]) -> set[str]:
    """The names a mapping at this place may hold."""
    current: Any = model
    for step in loc:
        field = _model_in(current)
        if str(step).startswith(TAG):
            current = _tagged(current, str(step)) or current
        elif field and step in _by_name(field):
            current = _by_name(field)[str(step)].annotation
    found = _model_in(current)
    return set(_by_name(found)) if found else set()


def _by_name(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside Optional, Annotated, dict and union annotations, or None."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)


def _tagged(annotation: Any, tag: str) -> Any:
    """The branch of a union that carries this tag, or None."""
    inner = get_args(annotation)
    if Tag(tag) in inner:
        return annotation
    return next((found for each in inner if (found := _tagged(each, tag))), None)
