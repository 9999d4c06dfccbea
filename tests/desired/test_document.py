"""YAML as values with places. Whatever the text is, it comes out as values or as findings, never as an exception."""

import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runner.desired.document import Document, parse

GOOD: list[tuple[str, Any]] = [
    ("a: 1", {"a": 1}),
    ("a: 1.5", {"a": 1.5}),
    ("a: yes", {"a": True}),  # YAML 1.1, as the SDK reads it
    ("a: 'yes'", {"a": "yes"}),
    ("a: ~", {"a": None}),
    ("a: 1e5", {"a": "1e5"}),
    ("a: 01", {"a": 1}),
    ("a: 0x10", {"a": 16}),
    ("a: 08", {"a": "08"}),
    ("a: '010'", {"a": "010"}),
    ("a: [1, {b: c}]", {"a": [1, {"b": "c"}]}),
    ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
    ("a: !!str 5", {"a": "5"}),
    ("x: &d {a: 1, b: 1}\ny:\n  <<: *d\n  b: 2", {"x": {"a": 1, "b": 1}, "y": {"a": 1, "b": 2}}),
    ("y:\n  b: 2\n  <<: {a: 1, b: 1}", {"y": {"a": 1, "b": 2}}),
    ("y:\n  <<: [{a: 1}, {a: 2, b: 2}]", {"y": {"a": 1, "b": 2}}),
    ("- 1\n- b", [1, "b"]),
    ("just text", "just text"),
    ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
    ("? a\n: b", {"a": "b"}),
    ("# comment\na: 1  # more", {"a": 1}),
]
BAD = [
    ("a: 1\na: 2", "f:2:1: error: duplicate key 'a'; the first is at f:1:1"),
    ("x:\n  a: 1\n  b: 2\n  a: 3", "f:4:3: error: duplicate key 'a'; the first is at f:2:3"),
    ("1: a", "f:1:1: error: the key '1' is no text; put quotes around it"),
    ("yes: a", "f:1:1: error: the key 'yes' is no text; put quotes around it"),
    ("? [a]\n: b", "f:1:3: error: the key a collection is no text; put quotes around it"),
    (
        "a: 2026-01-01",
        "f:1:4: error: a YAML timestamp, which no spec needs; put quotes around it if text is meant",
    ),
    (
        "a: !!binary aGk=",
        "f:1:4: error: a YAML binary, which no spec needs; put quotes around it if text is meant",
    ),
    ("a: !!set {b}", "f:1:4: error: the YAML tag 'tag:yaml.org,2002:set', which no spec needs"),
    ("a: !!python/tuple [1]", "f:1:4: error: the YAML tag 'tag:yaml.org,2002:python/tuple', which no spec needs"),
    ("a: !run {b: 1}", "f:1:4: error: the YAML tag '!run', which no spec needs"),
    ("a: &x [*x]", "f:1:4: error: an anchor that contains itself"),
    ("a: &x {b: *x}", "f:1:4: error: an anchor that contains itself"),
    ("a:\n  <<: 5", "f:2:7: error: '<<' merges mappings only"),
    ("a: .nan", "f:1:4: error: '.nan' is no finite number; put quotes around it if text is meant"),
    ("a: -.inf", "f:1:4: error: '-.inf' is no finite number; put quotes around it if text is meant"),
    ("a: 1.0e+999", "f:1:4: error: '1.0e+999' is no finite number; put quotes around it if text is meant"),
    (f"a: 0x{'f' * 17}", "f:1:4: error: a number of more than 64 bits; put quotes around it if text is meant"),
    (f"a: {'9' * 5000}", "f:1:4: error: a number of 5,000 characters; put quotes around it if text is meant"),
    ("a: 010", "f:1:4: error: '010' is 8 to YAML, a number in base 8; put quotes around it if text is meant"),
    ("a: 22:22", "f:1:4: error: '22:22' is a number in base 60 to YAML; put quotes around it if text is meant"),
    ("a: 1:30.5", "f:1:4: error: '1:30.5' is a number in base 60 to YAML; put quotes around it if text is meant"),
    ('a: "x\\0"', "f:1:4: error: the character U+0000 has no place in a text"),
    ('"x\\0": a', "f:1:1: error: the character U+0000 has no place in a key"),
    ("a: !!int ''", "f:1:4: error: '' is no YAML int"),
    ("a: !!bool maybe", "f:1:4: error: 'maybe' is no YAML bool"),
    ("a: !!float x", "f:1:4: error: 'x' is no YAML float"),
    ("a: b: c", "f:1:5: error: not YAML: mapping values are not allowed in this context"),
    ("a: [1", "f:1:6: error: not YAML: did not find expected ',' or ']'"),
    ("a:\n\t- b", "f:2:1: error: not YAML: found character that cannot start any token"),
    ("a: *nowhere", "f:1:4: error: not YAML: found undefined alias"),
    ("a: 1\x00", "f:1:1: error: not YAML: unacceptable character #x0000: control characters are not allowed"),
    ("a: '", "f:1:5: error: not YAML: found unexpected end of stream"),
    ("a: " + "[" * 101 + "]" * 101, "f:1:103: error: nested more than 100 levels deep"),
]
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n" for before, after in zip("abcde", "bcdef", strict=True)
)


def one(text: str) -> Document:
    documents, problems = parse(text, "f")
    assert problems == []
    return documents[0]


@pytest.mark.parametrize(("text", "value"), GOOD, ids=[text for text, _ in GOOD])
def test_values(text: str, value: Any) -> None:
    assert one(text).value == value
    assert yaml.safe_load(text) == value  # what the SDK makes of it


@pytest.mark.parametrize(("text", "message"), BAD, ids=[text[:30] for text, _ in BAD])
def test_findings(text: str, message: str) -> None:
    assert [str(problem) for problem in parse(text, "f")[1]] == [message]


def test_an_alias_bomb_is_defused() -> None:
    documents, problems = parse(BOMB, "f")
    assert documents == []
    assert list(map(str, problems)) == ["f:5:1: error: more than 20,000 values, aliases included"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [" + "x," * 50_000 + "]", "f:1:79999"),
        ("---\na\n" * 50_000, "f:80002:1"),
        (BOMB.partition("d: ")[0].replace("a: ", "---\na: ") * 30, "f:68:1"),
    ],
    ids=["values", "documents", "bombs"],
)
def test_there_is_an_end_to_what_one_file_may_hold(text: str, place: str) -> None:
    assert list(map(str, parse(text, "f")[1])) == [f"{place}: error: more than 20,000 values, aliases included"]


@pytest.mark.parametrize("text", ["'[' * 300_000", "'- ' * 300_000", "'{a: ' * 300_000", "'? ' * 300_000"])
def test_depth_does_not_crash_the_process(text: str) -> None:
    script = f"from runner.desired.document import parse; print(parse({text}, 'f')[1][0])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("error: nested more than 100 levels deep\n")


def test_every_finding_of_a_document_at_once() -> None:
    text = "a: 1\na: 2\nb: 2026-01-01\n3: c\n---\nd: 1\nd: 2\n---\ne: [\n"
    assert [str(problem.position) for problem in parse(text, "f")[1]] == ["f:2:1", "f:3:4", "f:4:1", "f:7:1", "f:10:1"]


@pytest.mark.parametrize(
    ("text", "place"), [("{{", "f:1:3"), ("a: [\nb", "f:2:2"), ("a: [\n", "f:2:1"), ("\u2028[", "f:2:2")]
)
def test_what_is_missing_at_the_end_is_told_inside_the_text(text: str, place: str) -> None:
    assert [str(problem.position) for problem in parse(text, "f")[1]] == [place]


def test_documents() -> None:
    documents, problems = parse("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n", "f")
    assert problems == []
    assert [(document.value, str(document.position())) for document in documents] == [
        ({"a": 1}, "f:2:1"),
        ({"b": 2}, "f:7:1"),
    ]


def test_places() -> None:
    text = "name: x\ninputs:\n  ä: {path: 'p', mode: m}\n  list:\n    - 1\n    - deep: y\nmerged:\n  <<: {z: 1}\n"
    document = one(text)
    places = {
        (): "1:1",
        ("name",): "1:7",
        ("inputs",): "3:3",
        ("inputs", "ä"): "3:6",
        ("inputs", "ä", "mode"): "3:24",
        ("inputs", "list", 1, "deep"): "6:13",
        ("inputs", "nothing", "here"): "3:3",  # the nearest there is
        ("merged", "z"): "8:3",
        ("gone",): "1:1",
    }
    assert {path: str(document.position(path)) for path in places} == {path: f"f:{at}" for path, at in places.items()}
    assert str(document.position(("inputs", "list", 1, "deep"), key=True)) == "f:6:7"
    assert str(document.position(("inputs", "gone"), key=True)) == "f:3:3"


@given(st.text())
def test_any_text_is_values_or_findings(text: str) -> None:
    documents, problems = parse(text, "f")
    for problem in problems:
        assert problem.position is not None
        assert problem.position.line >= 1
        assert problem.position.column >= 1
        assert problem.position.line <= len(text.splitlines()) + 1
    assert all(document.value is not None for document in documents)


@given(st.text(alphabet=" \n-:[]{}&*!|>'\"#%@`,?<~=.0123456789abxeE_+\t"))
def test_any_near_yaml_is_values_or_findings(text: str) -> None:
    parse(text, "f")


keys = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)
leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(st.characters(exclude_categories=("Cs", "Cc")))
)
trees = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))


@given(st.dictionaries(keys, trees, min_size=1, max_size=4))
def test_what_is_written_is_read(value: dict[str, Any]) -> None:
    documents, problems = parse(yaml.safe_dump(value, allow_unicode=True), "f")
    assert problems == []
    assert documents[0].value == value
    assert all(str(document.position((name,), key=True)) for document in documents for name in value)


@given(st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), min_size=1, unique=True), st.data())
def test_a_place_is_where_the_text_stands(names: list[str], data: st.DataObject) -> None:
    indent = data.draw(st.integers(1, 8))
    text = "top:\n" + "".join(f"{' ' * indent}{name}:  v{number}\n" for number, name in enumerate(names))
    document, lines = one(text), text.splitlines()
    for number, name in enumerate(names):
        key, value = document.position(("top", name), key=True), document.position(("top", name))
        assert lines[key.line - 1][key.column - 1 :].startswith(f"{name}:")
        assert lines[value.line - 1][value.column - 1 :] == f"v{number}"
