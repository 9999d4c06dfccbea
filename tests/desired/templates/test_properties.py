"""Whatever a value is, no structure comes of it; and Azure ML's expressions stay as they are."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from runner.desired.document import read
from runner.desired.templates import process
from runner.desired.templates.context import Context
from runner.desired.templates.rendered import Rendered

# Every character but halves of pairs, and the four that templates refuse.
CHARACTERS = some.characters(exclude_categories=("Cs",), exclude_characters="\0\ue000\ue001\ue002\ue003")
STEERING = ": |a: b|\n|\n- x|\n---\nx: 1|# | #|'|\"|\\|*a|&a|!x|{a: b}|[|]|>-|\t|\x85"
STEERING += "|${{x}}|{{ x }}|{% x %}|yes|null|012|1e5|<<"
TEXTS = some.text(CHARACTERS, max_size=40) | some.sampled_from(["", "|", *STEERING.split("|")])
NUMBERS = some.integers(-(2**63), 2**63 - 1) | some.floats(allow_nan=False, allow_infinity=False)
VALUES = some.recursive(
    some.none() | some.booleans() | NUMBERS | TEXTS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
TEMPLATE = """\
{% macro inner(x) %}
plain: {{ x }}
deep: {k: {{ x }}, l: [{{ x }}, "{{ x }}"]}
{% endmacro %}
plain: {{ values.text }}
single: '<{{ values.text }}>'
double: "<{{ vars.text }}>"
flow: {a: {{ values.text }}, b: [{{ vars.text }}, '{{ values.text }}']}
block: |
  <{{ values.text }}>
k-{{ values.text }}: 1
whole: {{ values.any }}
azure: ${{ inputs['%s'] }}
json: {{ values.any | tojson }}  # {{ values.text }}
macro:
  {{ inner(vars.text) | indent(2) }}
"""
# One process renders many examples: each has a template of its own, whose values are in `values.examples`.
EXAMPLES = some.lists(some.tuples(TEXTS, VALUES), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(EXAMPLES)
def test_values_are_nothing_but_themselves(examples: list[tuple[str, Any]]) -> None:
    texts = {f"{number}": _for(number) for number in range(len(examples))}
    numbered = {f"n{number}": {"text": text, "any": any_} for number, (text, any_) in enumerate(examples)}
    answers = process.render(texts, {}, Context("p", "t", numbered, numbered))
    for (text, any_), answer in zip(examples, answers.values(), strict=True):
        assert isinstance(answer, Rendered), str(answer)
        (document,), problems = read(answer)
        assert problems == []
        assert document.value == _expected(text, any_)


def _for(number: int) -> str:
    named = TEMPLATE.replace("values.", f"values.n{number}.").replace("vars.", f"vars.n{number}.")
    return named.replace("%s", "x")


def _expected(text: str, any_: Any) -> dict[str, Any]:
    inner = {"plain": text, "deep": {"k": text, "l": [text, text]}}
    return {
        "plain": text,
        "single": f"<{text}>",
        "double": f"<{text}>",
        "flow": {"a": text, "b": [text, text]},
        "block": f"<{text}>\n",
        f"k-{text}": 1,
        "whole": any_,
        "azure": "${{ inputs['x'] }}",
        "json": json.dumps(any_, ensure_ascii=False, sort_keys=True),
        "macro": inner,
    }


ON_A_LINE = some.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ue000\ue001\ue002\ue003}")


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(some.lists(some.text(ON_A_LINE), min_size=1, max_size=20))
def test_what_is_azure_mls_stays_as_it_is(insides: list[str]) -> None:
    texts = {
        f"{number}": f"a: ${{{{{inside}}}}}\nb: 'x ${{{{{inside}}}}} y'\n" for number, inside in enumerate(insides)
    }
    for inside, answer in zip(insides, process.render(texts, {}, Context()).values(), strict=True):
        assert isinstance(answer, Rendered), str(answer)
        (document,), problems = read(answer)
        assert (document.value, problems) == ({"a": f"${{{{{inside}}}}}", "b": f"x ${{{{{inside}}}}} y"}, [])


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(some.lists(some.text(CHARACTERS | some.sampled_from("{}%#'\"-: \n")), min_size=1, max_size=30))
def test_any_text_is_rendered_or_refused(texts: list[str]) -> None:
    """No text stops the process, and each finding has a place."""
    templates = {f"{number}": f"{{{{ 1 }}}}: {text}" for number, text in enumerate(texts)}
    for file, answer in process.render(templates, {}, Context()).items():
        _, problems = read(answer) if isinstance(answer, Rendered) else ([], [answer])
        assert all(each.position and each.position.file == file for each in problems)
        assert "was stopped" not in str(problems)
