"""What templates give: values as they are, structure from the template alone, and every place in the template."""

from typing import Any

import pytest

from runner.desired.document import read
from runner.desired.templates.rendered import Rendered
from tests.desired.templates.conftest import FILE, Renderer

TEXT, QUOTE = "a: b\n- c # d", "\", evil: '1"
GIVEN: dict[str, Any] = {
    "values": {
        "text": TEXT,
        "quote": QUOTE,
        "count": 2,
        "rate": 0.5,
        "on": True,
        "none": None,
        "version": "1.10",
        "list": [1, "a: b"],
        "map": {"x": {"y": "z: 1"}, "items": 3},
    },
    "vars": {"name": "v"},
    "env": {"RESOURCE_GROUP": "ml"},
}
LIBRARY = {
    "part.j2": "in: {{ values.count }}\nat: {{ target }}\n",
    "macros.j2": "{% macro ports(rate) %}\nrate: {{ rate }}\nof: {{ project }}\n{% endmacro %}\n",
    "base.j2": "a: 1\n{% block more %}\nb: 2\n{% endblock %}\nc: 3\n",
}
LINES = "a: {{ values.text }}\nb: 2\n{% endcall %}\n"
# template -> what its documents say
CASES: dict[str, tuple[str, list[Any]]] = {
    "a value alone keeps its type": (
        "{% set v = values %}a: {{ v.count }}\nb: {{ v.rate }}\nc: {{ v.on }}\nd: {{ v.none }}\ne: {{ v.version }}",
        [{"a": 2, "b": 0.5, "c": True, "d": None, "e": "1.10"}],
    ),
    "text alone is text": ("a: {{ values.text }}\nb: 1\n", [{"a": TEXT, "b": 1}]),
    "in quotes it is text": (
        "a: \"{{ values.quote }}\"\nb: '{{ values.quote }}'\nc: \"{{ values.count }}\"\nd: '{{ values.on }}'",
        [{"a": QUOTE, "b": QUOTE, "c": "2", "d": "true"}],
    ),
    "with more beside it, it is text": (
        "a: x-{{ values.count }}\nb: {{ values.count }}{{ values.count }}\nc: {{ values.count }}.{{ values.count }}",
        [{"a": "x-2", "b": "22", "c": "2.2"}],
    ),
    "in flow style": (
        "{a: {{ values.quote }}, b: [{{ values.text }}, {{ values.count }}]}",
        [{"a": QUOTE, "b": [TEXT, 2]}],
    ),
    "in a block of lines": ("a: |\n  one {{ values.text }}\n  two\n", [{"a": "one a: b\n- c # d\ntwo\n"}]),
    "in a folded one": ("a: >-\n  one\n  {{ values.text }}\n", [{"a": "one a: b\n- c # d"}]),
    "in a comment": ("a: 1  # {{ values.text }}\n# {{ values.text }}\n", [{"a": 1}]),
    "as a key": (
        "{{ values.count }}: 1\n{{ values.text }}: 2\nx-{{ values.rate }}: 3\n",
        [{"2": 1, TEXT: 2, "x-0.5": 3}],
    ),
    "whole mappings and lists": (
        "a: {{ values.map }}\nb: {{ values.list }}\nc: {{ [values.count, 'x'] }}",
        [{"a": GIVEN["values"]["map"], "b": GIVEN["values"]["list"], "c": [2, "x"]}],
    ),
    "a key before a method": ("a: {{ values.map.items }}", [{"a": 3}]),
    "JSON is a text": ("a: {{ values.map.x | tojson }}\n", [{"a": '{"y": "z: 1"}'}]),
    "names": (
        "a: {{ project }}\nb: {{ target }}\nc: {{ vars.name }}\nd: {{ env.RESOURCE_GROUP }}\n",
        [{"a": "demo", "b": "local", "c": "v", "d": "ml"}],
    ),
    "secrets stand for themselves": (
        "a: {{ env.AML_SECRET_X }}\nb: {{env['AML_SECRET_Y']}}\nc: 'Bearer {{ env.AML_SECRET_X }}'\n",
        [{"a": "{{ env.AML_SECRET_X }}", "b": "{{ env.AML_SECRET_Y }}", "c": "Bearer {{ env.AML_SECRET_X }}"}],
    ),
    "Azure ML's expressions": (
        "a: ${{inputs.x}}\nb: p ${{ parent.jobs.a['b'] }} {{ values.count }} ${{}}\nc: {x: ${{search_space.y}}}\n",
        [{"a": "${{inputs.x}}", "b": "p ${{ parent.jobs.a['b'] }} 2 ${{}}", "c": {"x": "${{search_space.y}}"}}],
    ),
    "Azure ML's expressions that are made": (
        "a: {{ '${{inputs.' ~ vars.name ~ '}}' }}\nb: {% raw %}${{inputs.x}} {{ y }}{% endraw %}\n{# ${{ #}",
        [{"a": "${{inputs.v}}", "b": "${{inputs.x}} {{ y }}"}],
    ),
    "a loop is a matrix": (
        "{% for n in [1, 2] %}\n---\nname: run-{{ n }}\n{% endfor %}\n",
        [{"name": "run-1"}, {"name": "run-2"}],
    ),
    "nothing is no document": ("{% if target == 'prod' %}\na: 1\n{% endif %}\n---\n{# b: 1 #}\n", []),
    "included": ("a: 1\n{% include 'part.j2' %}\nb: 2\n", [{"a": 1, "in": 2, "at": "local", "b": 2}]),
    "included if it is there": ("a: 1\n{% include 'none.j2' ignore missing %}\n", [{"a": 1}]),
    "extended": (
        "{% extends 'base.j2' %}\n{% block more %}\n{{ super() }}d: {{ values.text }}\n{% endblock %}\n",
        [{"a": 1, "b": 2, "d": TEXT, "c": 3}],
    ),
    "a macro, indented": (
        "{% from 'macros.j2' import ports %}\nx:\n  {{ ports(values.text) | indent(2) }}\ny: 1\n",
        [{"x": {"rate": TEXT, "of": "demo"}, "y": 1}],
    ),
    "a macro that is called with a block": (
        "{% macro job(n) %}\n{{ n }}:\n  {{ caller() | indent(2) }}\n{% endmacro %}\n{% call job('j') %}\n" + LINES,
        [{"j": {"a": TEXT, "b": 2}}],
    ),
    "a block that is set": (
        "{% set x %}\na: {{ values.text }}\n{% endset %}\n{{ x }}b: 1\n",
        [{"a": TEXT, "b": 1}],
    ),
    "anchors": (
        "a: &x {{ values.text }}\nb: *x\nc: &y {k: {{ values.count }}}\nd: {<<: *y}\n",
        [{"a": TEXT, "b": TEXT, "c": {"k": 2}, "d": {"k": 2}}],
    ),
    "windows": ("a: 1\r\n{% if true %}\r\nb: {{ values.count }}\r\n{% endif %}\r\n", [{"a": 1, "b": 2}]),
}


@pytest.fixture
def full(renderer: Renderer) -> Renderer:
    renderer.library.update(LIBRARY)
    return renderer


def test_documents(full: Renderer) -> None:
    """All of them in one process."""
    answers = full.all({f"specs/{name}.yml.j2": text for name, (text, _) in CASES.items()}, **GIVEN)
    for (name, (_, expected)), answer in zip(CASES.items(), answers, strict=True):
        assert isinstance(answer, Rendered), f"{name}: {answer}"
        documents, problems = read(answer)
        assert ([document.value for document in documents], problems) == (expected, []), name


# template -> the place (file:line) of each value
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "lines": ("a: 1\n\nb: 2\nc:\n  d: 3\n", {"a": f"{FILE}:1", "b": f"{FILE}:3", "d": f"{FILE}:5"}),
    "blocks": (
        "{# one\ntwo #}\n{% if 1 %}\na: 1\n{% endif %}\n{%- set x = 1 %}\n\nb: {{ x }}\n{%- if x -%}\n\n{% endif %}\n",
        {"a": f"{FILE}:4", "b": f"{FILE}:8"},
    ),
    "a loop": (
        "{% for n in [1, 2] %}\nk{{ n }}:\n  - {{ n }}\n{% endfor %}\n",
        {"k1": f"{FILE}:3", "k2": f"{FILE}:3"},
    ),
    "includes": (
        "a: 1\n{% include 'part.j2' %}\nb: 2\n",
        {"a": f"{FILE}:1", "at": "templates/part.j2:2", "b": f"{FILE}:3"},
    ),
    "macros": (
        "{% from 'macros.j2' import ports %}\nx:\n  {{ ports(1) | indent(2) }}\n  z: 1\n",
        {"rate": "templates/macros.j2:2", "of": "templates/macros.j2:3", "z": f"{FILE}:4"},
    ),
    "blocks of lines": (
        "a: |\n  x\n  {{ values.count }}\nb: >-\n  y\n\nc: 1\n",
        {"a": f"{FILE}:1", "b": f"{FILE}:4", "c": f"{FILE}:7"},
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_places(full: Renderer, case: str) -> None:
    text, expected = PLACES[case]
    (document,) = full.documents(text, **GIVEN)
    places = {str(path[-1]): position for path, position in document.values.items() if path and path[-1] != 0}
    assert {name: f"{places[name].file}:{places[name].line}" for name in expected} == expected


def test_what_was_included(full: Renderer) -> None:
    (document,) = full.documents("{% from 'macros.j2' import ports %}\n{% include 'part.j2' %}\n", **GIVEN)
    assert document.included == ("templates/macros.j2", "templates/part.j2")


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("a: {{ values.count }} {{ env.AML_SECRET_X }} {{ target }} {{ project }}", False),
        ("a: {{ vars.x | default(1) }}", True),
        ("{% if false %}{{ vars.x }}{% endif %}", True),
        ("a: {{ env.RESOURCE_GROUP }}", True),
        ("a: {{ env['RESOURCE_GROUP'] }}", True),
        ("{% set e = env %}", True),
    ],
)
def test_what_is_decided_outside_of_the_repository(full: Renderer, text: str, outside: bool) -> None:
    answer = full.answer(text, **GIVEN)
    assert isinstance(answer, Rendered)
    assert answer.outside is outside
