"""The JSON Schemas say of specs what the models say, as far as a schema can."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runner.cli.schema import NAMES
from runner.desired import schemas
from runner.desired.document import parse
from runner.desired.models import models
from runner.model.keys import Kind
from tests.desired.conftest import ACCEPTED
from tests.desired.test_project import CASES

ROOT = Path(__file__).parents[2]
# What a schema cannot say: that a target is named elsewhere in the file. The texts are no single mapping.
BEYOND = {
    "nothing",
    "two",
    "not YAML",
    "default",
    "promoted from nowhere",
    "promoted to nowhere",
    "promoted to itself",
}
PROJECTS = [ROOT / "specs" / "project.yml", ACCEPTED / "specs" / "project.yml"]
KINDS = [kind for kind in Kind if models(kind)]
SPECS = [(kind, path) for kind in KINDS for path in sorted((ACCEPTED / "specs" / kind.folder).glob("*.yml"))]
RULES = (
    "version: 1\nproject: demo\nrules: [{match: job/*, retry: {limit: 1, on: [preempted]}, prevent_destroy: true}]\n"
)


def read(text: str) -> Any:
    """The one document of a text, as aml reads it: `on` is no truth value."""
    [document], problems = parse(text, "x.yml")
    assert problems == []
    return document.value


def findings(name: str, value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schemas.schema(name)).iter_errors(value)]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schemas.schema(name))
    assert schemas.schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_kind_with_models_has_one() -> None:
    assert set(NAMES) == {schemas.PROJECT, *KINDS}


@pytest.mark.parametrize("text", [*(path.read_text("utf-8") for path in PROJECTS), RULES])
def test_good_projects(text: str) -> None:
    assert findings(schemas.PROJECT, read(text)) == []


@pytest.mark.parametrize("case", sorted(CASES.keys() - BEYOND))
def test_bad_projects(case: str) -> None:
    assert findings(schemas.PROJECT, read(CASES[case][0])) != []


def test_a_rule_that_sets_nothing() -> None:
    assert findings(schemas.PROJECT, read("version: 1\nproject: demo\nrules: [{match: job/*}]\n")) != []


@pytest.mark.parametrize(("kind", "path"), SPECS, ids=[path.stem for _, path in SPECS])
def test_good_specs(kind: Kind, path: Path) -> None:
    value = read(path.read_text("utf-8"))
    assert findings(kind, value) == []
    assert findings(kind, {**value, "unheard_of": 1}) != [] or is_by_sdk(kind, value)


def is_by_sdk(kind: Kind, value: dict[str, Any]) -> bool:
    """Whether a schema takes anything of this type, as the SDK judges it."""
    return findings(kind, {"type": value.get("type")}) == []


def _objects(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [each for one in inner for each in _objects(one)]
    return [value, *found] if isinstance(value, dict) else found


@pytest.mark.parametrize("name", NAMES)
def test_every_field_says_what_it_is(name: str) -> None:
    described = [
        each["properties"] for each in _objects(schemas.schema(name)) if "title" in each and "properties" in each
    ]
    assert described
    assert [field for fields in described for field, what in fields.items() if not what.get("description")] == []
