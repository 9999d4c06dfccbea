"""Jinja2 as templates of specs see it: nothing of Python, of this machine or of chance is in reach."""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.filters import do_indent
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from runner.desired.templates.ledger import PRIVATE, Ledger, Piece, joined

FOLDER = "templates"  # of the project: what templates include, import and extend
TOP = ("env", "project", "target", "values", "vars")  # the names that every template finds
_MOST_NAMES = 12
_SECRET = re.compile(r"AML_SECRET_\w+", re.ASCII)
_NOT_HERE = frozenset({"autoescape", "filter"})  # blocks that could print values as text of the template
_TEXT = r""" "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' """
# Azure ML's own expressions, outside of Jinja's: what is inside a tag, a comment or a string is left to Jinja.
_PARTS = re.compile(
    rf"""
      (?P<azure> \$\{{\{{ [^\n]*? \}}\}} )
    | \{{\# .*? \#\}}
    | \{{% [-+]? \s* raw \s* [-+]? %\}} .*? \{{% [-+]? \s* endraw \s* [-+]? %\}}
    | \{{\{{ (?> {_TEXT} | . )*? \}}\}}
    | \{{% (?> {_TEXT} | . )*? %\}}
    """,
    re.DOTALL | re.VERBOSE,
)


class Given(dict[str, Any]):
    """A mapping that templates read, with the name by which they know it."""

    def __init__(self, name: str, content: Mapping[str, Any]) -> None:
        super().__init__({key: _given(f"{name}.{key}", value) for key, value in content.items()})
        self._name = name


class Secrets(Given):
    """The environment as templates see it. A reference to a secret stands for itself: it is filled in much later."""

    def __missing__(self, name: str) -> str:
        if not _SECRET.fullmatch(str(name)):
            raise KeyError(name)
        return f"{{{{ env.{name} }}}}"


def _given(name: str, value: Any) -> Any:
    return Given(name, value) if isinstance(value, dict) else value


class Missing(StrictUndefined):
    """What is not there; using it says so, and what there is instead."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, found = str(self._undefined_name), self._undefined_obj
        if found is missing and not self._undefined_hint:
            return f"{name!r} is not defined{hint(name, TOP)}"
        if isinstance(found, Given) and not self._undefined_hint:
            given = f"; give it with -V {name}=..." if found._name == "vars" else ""  # noqa: SLF001 - ours
            return f"{found._name} has no {name!r}{hint(name, found)}{given}"  # noqa: SLF001
        return str(super()._undefined_message)


def hint(name: str, known: Iterable[str]) -> str:
    """What may have been meant, and what there is."""
    names = sorted(map(str, known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    meant = f", did you mean {close[0]!r}?" if close else ""
    more = ", ..." if len(names) > _MOST_NAMES else ""
    return f"{meant}; there is: {', '.join(names[:_MOST_NAMES]) or '-'}{more}"


class Library(BaseLoader):
    """The files of `templates/`, by their path from there. Nothing else can be loaded, whatever it is called."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.loaded: list[str] = []

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002
        if template not in self.sources:
            raise TemplateNotFound(template, f"no template {template!r} in {FOLDER}/{hint(template, self.sources)}")
        self.loaded.append(template)
        return self.sources[template], f"{FOLDER}/{template}", lambda: True


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of one template and all that it includes."""

    def __init__(self, library: Library, ledger: Ledger) -> None:
        super().__init__(
            loader=library,
            undefined=Missing,
            finalize=ledger.printed,
            extensions=[_Marking],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.ledger = ledger
        self.concat = joined  # type: ignore[assignment]  # what makes the text of macros and blocks
        self.outside = False  # whether a template may use what neither the repository nor the target says
        self.filters.update(indent=_indent, tojson=_json)
        # The same files must give the same specs.
        del self.filters["random"], self.globals["lipsum"]

    def template(self, source: str, file: str) -> Template:
        """A template that is not in the library."""
        code = self.compile(source, file, file)
        return self.template_class.from_code(self, code, self.make_globals(None))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a mapping holds comes before its methods: `values.items` is a value."""
        if isinstance(obj, dict):
            try:
                return obj[attribute]
            except KeyError:
                pass
        return super().getattr(obj, attribute)

    def call(self, context: Context, obj: Any, /, *arguments: Any, **named: Any) -> Any:
        """What a `call` block calls is printed as it is: that must be a macro's text."""
        if "caller" in named and not isinstance(obj, Macro):
            raise SecurityError("a call block calls macros only")
        return super().call(context, obj, *arguments, **named)


class _Marking(Extension):
    """Marks every line of a template, and takes Azure ML's expressions for the text that they are."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        found = PRIVATE.search(source)
        if found:
            line = source.count("\n", 0, found.start()) + 1
            raise TemplateSyntaxError(f"the character U+{ord(found[0]):04X} has no place here", line, name, filename)
        return _PARTS.sub(lambda part: f"{{{{ {_literal(part[0])} }}}}" if part["azure"] else part[0], source)

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        sandbox: Sandbox = self.environment  # type: ignore[assignment]
        file, tokens = str(stream.filename), list(stream)
        sandbox.outside |= _looks_outside(tokens)
        for before, token in zip([None, *tokens], tokens, strict=False):
            if before and before.type == "block_begin" and token.value in _NOT_HERE:
                raise TemplateSyntaxError(f"a {token.value} block has no place here", token.lineno, None, file)
            if token.type == "variable_begin":
                yield Token(token.lineno, "data", sandbox.ledger.mark(file, token.lineno))
            yield self._marked(token, file) if token.type == "data" else token

    def _marked(self, token: Token, file: str) -> Token:
        sandbox: Sandbox = self.environment  # type: ignore[assignment]
        first, *rest = token.value.split("\n")
        lines = [sandbox.ledger.mark(file, token.lineno) + first]
        lines += [sandbox.ledger.mark(file, token.lineno + number) + line for number, line in enumerate(rest, start=1)]
        return Token(token.lineno, "data", "\n".join(lines))


def _looks_outside(tokens: Sequence[Token]) -> bool:
    """Whether a template may use what neither repository nor target says: `vars`, or `env` for more than secrets."""
    for number, token in enumerate(tokens):
        after = [each.value for each in tokens[number + 1 : number + 3]]
        if token.type == "name" and token.value == "env" and not (after[:1] == ["."] and _SECRET.fullmatch(after[-1])):
            return True
        if token.type == "name" and token.value == "vars":
            return True
    return False


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _json(value: Any, indent: int | None = None) -> str:
    """JSON as a text, for what reads it: a value by itself needs none."""
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=True, default=_no_json)


def _no_json(value: Any) -> Any:
    str(value)  # says what is not defined, or what a macro's text is
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _indent(text: Any, width: int = 4, first: bool = False, blank: bool = False) -> Any:
    """Jinja's own, also for what a macro made."""
    if not isinstance(text, Piece):
        return do_indent(text, width, first, blank)
    space = " " * int(width)
    return Piece((space if first else "") + text.raw.replace("\n", f"\n{space}"))
