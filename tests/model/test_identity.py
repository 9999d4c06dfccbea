"""What a run remembers: enough to explain the next one, and never more than the service keeps."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model import identity
from runner.model.resource import Tree
from runner.model.rules import Settings
from tests.builders import ORIGIN, code, resource

OWN = resource(trees=code(main_py="print()", util_py="x"))


def test_properties() -> None:
    found = identity.properties(ORIGIN, OWN)
    assert found == ORIGIN.tags(OWN) | {
        "aml.digest_scheme": "1",
        "aml.parts": found["aml.parts"],
        "aml.files": found["aml.files"],
    }
    assert set(identity.recorded_parts(found)) == {
        "code",
        "command",
        "compute",
        "environment",
        "inputs.iris",
        "inputs.rate",
    }
    assert identity.recorded_files(found) == identity.sent_files(OWN)
    assert set(identity.sent_files(OWN)) == {"code/main.py", "code/util.py"}


def test_files_of_every_place() -> None:
    trees = {
        ("jobs", "a", "code"): Tree("/x", {"m.py": "1" * 40}),
        ("inputs", "i", "path"): Tree("/y", {"y": "2" * 40}),
    }
    assert identity.sent_files(resource(trees=trees)) == {"jobs.a.code/m.py": "11111111", "inputs.i.path/y": "22222222"}


def test_what_labels_of_others_stood_for() -> None:
    found = identity.properties(ORIGIN, OWN, {"environment": "12"})
    assert identity.recorded_resolved(found) == {"environment": "12"}
    assert identity.recorded_resolved(identity.properties(ORIGIN, OWN)) == {}
    many = {f"inputs.i{number}.path": "c" * 30 for number in range(50)}
    assert "aml.resolved" not in identity.properties(ORIGIN, OWN, many)


def test_no_code_no_files() -> None:
    assert "aml.files" not in identity.properties(ORIGIN, resource())
    assert identity.sent_files(resource()) == {}


def test_too_many_parts_become_coarser() -> None:
    spec = {"command": "x", "environment": "azureml:e:1", "inputs": {f"input_{n}": n for n in range(200)}}
    found = identity.properties(ORIGIN, resource(spec=spec))
    assert set(identity.recorded_parts(found)) == {"command", "environment", "inputs"}


def test_too_many_files_are_left_out() -> None:
    many = resource(trees=code(**{f"module_{n}": str(n) for n in range(200)}))
    assert "aml.files" not in identity.properties(ORIGIN, many)


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_a_property_is_never_longer_than_the_service_keeps(inputs: dict[str, str], env: dict[str, str]) -> None:
    spec = {"command": "x", "inputs": inputs, "environment_variables": env}
    found = identity.properties(ORIGIN, resource(spec=spec))
    assert all(len(value) <= 1000 for value in found.values())
    assert all(json.loads(found[name]) for name in ("aml.parts",))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "5", '"x"'])
def test_what_others_wrote_there_is_nothing(text: str) -> None:
    assert identity.recorded_parts({"aml.parts": text}) == {}
    assert identity.recorded_files({"aml.files": text}) == {}
    assert identity.recorded_resolved({"aml.resolved": text}) == {}


def test_empty_facts_are_not_recorded() -> None:
    bare = type(ORIGIN)("demo", "local")
    assert set(bare.tags(OWN)) == {"aml.project", "aml.target", "aml.key", "aml.digest"}


@pytest.mark.parametrize(("dirty", "commit"), [(False, "c" * 40), (True, "c" * 40 + "-dirty")])
def test_a_dirty_commit_says_so(*, dirty: bool, commit: str) -> None:
    origin = type(ORIGIN)("demo", "local", commit="c" * 40, dirty=dirty)
    assert origin.tags(OWN)["aml.commit"] == commit


CPU = resource(
    "compute/cpu", {"type": "amlcompute", "max_instances": 2, "description": "A", "tags": {"team": "red", "n": "1"}}
)
DATA = resource("data/iris", {"path": "https://example.com", "description": "A", "tags": {"team": "red"}})


def test_tags_tell_what_was_applied() -> None:
    found = identity.tags(ORIGIN, CPU)
    assert found == ORIGIN.tags(CPU) | {"aml.parts": found["aml.parts"]}
    assert identity.applied_parts(found, CPU) == identity.stated_parts(CPU)
    assert set(identity.stated_parts(CPU)) == {"type", "max_instances", "description", "tags.team", "tags.n"}
    assert set(identity.stated_parts(DATA)) == {"description", "tags.team"}, "its content never changes"


def test_protection_is_a_tag() -> None:
    for rule, expected in ((True, "true"), (False, None), (None, None)):
        wanted = resource("compute/cpu", CPU.spec, settings=Settings(prevent_destroy=rule))
        assert identity.tags(ORIGIN, wanted).get("aml.prevent_destroy") == expected


@pytest.mark.parametrize(
    "tags",
    [
        {f"tag{number:03}": "x" for number in range(40)},  # too many for one tag
        {"a:b": "x"},  # a name that the record cannot hold
        {"a,b": "x"},
    ],
)
def test_what_does_not_fit_is_one_hash(tags: dict[str, str]) -> None:
    wanted = resource("compute/cpu", CPU.spec | {"tags": tags})
    recorded = identity.tags(ORIGIN, wanted)
    assert recorded["aml.parts"].startswith("*:")
    assert identity.applied_parts(recorded, wanted) == identity.stated_parts(wanted)
    assert identity.applied_parts(recorded, CPU) == {}, "that it is another is all that is known"


@pytest.mark.parametrize("text", ["", "nonsense", ":::", ",,,", "*:", "*", "a:b:c"])
def test_a_record_that_somebody_changed_says_little(text: str) -> None:
    found = identity.applied_parts({"aml.parts": text}, CPU)
    assert set(found) <= {"", "a"}


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=40), st.text())
def test_the_record_fits_a_tag(tags: dict[str, str], description: str) -> None:
    wanted = resource("compute/cpu", CPU.spec | {"tags": tags, "description": description})
    recorded = identity.tags(ORIGIN, wanted)
    assert len(recorded["aml.parts"]) <= identity.TAG_LIMIT
    assert identity.applied_parts(recorded, wanted) == identity.stated_parts(wanted)


def test_no_secret_is_in_the_record() -> None:
    lake = {"type": "azure_blob", "credentials": {"account_key": "one"}}
    store, other = (resource("datastore/lake", lake | {"credentials": {"account_key": key}}) for key in ("one", "two"))
    assert identity.tags(ORIGIN, store) == identity.tags(ORIGIN, other)
