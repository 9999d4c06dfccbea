"""What a pipeline's step is given: `${{parent.inputs.x}}`, `${{parent.jobs.a.outputs.y}}` become values and places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.emulator.errors import bad_request
from runner.emulator.jobs.wire import camel

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
OF_PARENT = re.compile(r"parent\.(inputs|outputs)\.([\w.\-]+)")
OF_SIBLING = re.compile(r"parent\.jobs\.([\w\-]+)\.outputs\.([\w\-]+)")


@dataclass(slots=True)
class Scope:
    """What the steps of one pipeline can refer to. All places are known before anything runs."""

    inputs: Mapping[str, Any]  # of the pipeline, resolved
    outputs: Mapping[str, Any]  # of the pipeline, resolved
    siblings: Mapping[str, Mapping[str, Any]]  # step -> its outputs


@dataclass(slots=True)
class Bound:
    """A step's inputs, and the steps that must have completed before."""

    inputs: dict[str, Any] = field(default_factory=dict)
    after: set[str] = field(default_factory=set)


def bind(step: str, given: Mapping[str, Any], wanted: Mapping[str, Any], scope: Scope) -> Bound:
    """`given` is what the step says of its inputs, `wanted` what its component says of them."""
    if unknown := sorted(set(given) - set(wanted)):
        raise bad_request(f"The step {step} is given {unknown[0]!r}, which its component does not have.")
    bound = Bound()
    for name, declared in wanted.items():
        value = _value(f"{step}.inputs.{name}", given[name], scope, bound) if name in given else None
        if value is None and declared.get("default") is not None:
            value = {"jobInputType": "literal", "value": str(declared["default"])}
        if value is not None:
            bound.inputs[name] = value
        elif not declared.get("optional"):
            raise bad_request(f"The step {step} is not given its input {name}.")
    return bound


def parent_output(value: Any) -> str | None:
    """The pipeline's output that a step's output is bound to."""
    matched = EXPRESSION.fullmatch(str(value or ""))
    found = OF_PARENT.fullmatch(matched[1]) if matched else None
    return found[2] if found and found[1] == "outputs" else None


def _value(place: str, written: Any, scope: Scope, bound: Bound) -> dict[str, Any] | None:
    """One input; None if it is bound to an optional input that the pipeline was not given."""
    sent = camel(written) if isinstance(written, dict) else {"jobInputType": "literal", "value": written}
    text = sent.get("value", sent.get("uri"))
    matched = EXPRESSION.fullmatch(text) if isinstance(text, str) else None
    if matched:
        found = _lookup(place, matched[1], scope, bound)
        if found is None or found["jobInputType"] == "literal":
            return found
        return {**found, "mode": sent["mode"]} if sent.get("mode") else found
    if isinstance(text, str) and EXPRESSION.search(text):
        return {**sent, "value": EXPRESSION.sub(lambda part: _literal(place, part[1], scope, bound), text)}
    return sent


def _lookup(place: str, expression: str, scope: Scope, bound: Bound) -> dict[str, Any] | None:
    if (found := OF_PARENT.fullmatch(expression)) and found[1] == "inputs":
        value = scope.inputs.get(found[2])
        return dict(value) if value else None
    if found := OF_SIBLING.fullmatch(expression):
        output = scope.siblings.get(found[1], {}).get(found[2])
        if output is None:
            raise bad_request(f"{place}: there is no output {found[2]} of a step {found[1]}.")
        bound.after.add(found[1])
        return {"jobInputType": output["jobOutputType"], "uri": output["uri"]}
    raise bad_request(f"{place}: ${{{{{expression}}}}} is neither parent.inputs.x nor parent.jobs.a.outputs.y.")


def _literal(place: str, expression: str, scope: Scope, bound: Bound) -> str:
    found = _lookup(place, expression, scope, bound)
    if found is None or found["jobInputType"] != "literal":
        raise bad_request(f"{place}: only literal inputs of the pipeline can stand inside a text.")
    return str(found["value"])
