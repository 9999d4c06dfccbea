"""The values of secrets: taken from the environment when a resource is sent, and hidden in whatever comes back."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_plus

from runner.errors import AmlError
from runner.model.detectors import HIDDEN
from runner.model.diagnostics import Diagnostic, Position, in_order
from runner.model.events import Event, RunBuilding, RunLogged
from runner.model.plan import Result
from runner.model.resource import FieldPath, Resource
from runner.model.secrets import PREFIX

_SHORT = 4  # a line of a value that is shorter than this says nothing by itself


class MissingSecretsError(AmlError):
    """Variables that specs refer to are not set. `diagnostics` names each, and where it is needed first."""

    def __init__(self, first: Mapping[str, Position]) -> None:
        found = (Diagnostic(f"{name} is not set in the environment, or empty", place) for name, place in first.items())
        self.diagnostics = in_order(found)
        super().__init__("secrets are missing: set these variables where apply runs; nothing was sent")


class Secrets:
    """The variables of one environment that specs may refer to. An empty one counts as not set."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in environment.items() if name.startswith(PREFIX) and value}
        forms = {form for value in self._values.values() for form in _forms(value)}
        # The longest first: one may be part of another.
        longest = sorted(forms, key=lambda form: (-len(form), form))
        self._forms = re.compile("|".join(map(re.escape, longest))) if longest else None

    def check(self, resources: Iterable[Resource]) -> None:
        """Raises MissingSecretsError, which names every variable that these resources need and that is not set."""
        uses = sorted({(need.position, need.variable) for resource in resources for need in resource.needs.values()})
        first = {name: place for place, name in reversed(uses) if name not in self._values}
        if first:
            raise MissingSecretsError(first)

    def of(self, resource: Resource) -> dict[FieldPath, str]:
        """The values that a resource needs, by their place in its spec. `check` has accepted it."""
        return {place: self._values[need.variable] for place, need in resource.needs.items()}

    def redacted(self, text: str) -> str:
        """A text without the secrets, in any encoding that an answer may echo them in."""
        return self._forms.sub(HIDDEN, text) if self._forms else text

    def result(self, result: Result) -> Result:
        """A result whose errors show no secret."""
        run = dict(result.run)
        if "error" in run:
            run["error"] = self.redacted(run["error"])
        return replace(result, error=self.redacted(result.error), run=run)

    def event(self, event: Event) -> Event:
        """An event whose lines of a log show no secret."""
        return replace(event, line=self.redacted(event.line)) if isinstance(event, RunLogged | RunBuilding) else event


def _forms(value: str) -> Iterator[str]:
    """A secret as it is, and as it may be quoted or encoded by itself or within something longer."""
    lines = (line.strip() for line in value.splitlines())
    for text in {value, value.strip(), *(line for line in lines if len(line) >= _SHORT)} - {""}:
        yield from (text, quote(text), quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1])
        for form in _base64(text.encode()):
            yield from (form, quote(form, safe=""), form.replace("+", "-").replace("/", "_"))


def _base64(content: bytes) -> Iterator[str]:
    """What of it is the same wherever the content begins in what is encoded; and all of it, encoded alone."""
    alone = base64.b64encode(content).decode()
    yield from (alone, alone.rstrip("="))
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + content).decode().rstrip("=")
        # Characters at the edges also hold bits of the neighbours.
        own = encoded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        if len(own) >= 2 * _SHORT:
            yield own
