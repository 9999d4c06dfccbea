"""Rules of project.yml: the first one that has a setting decides it."""

from typing import Any

import pytest

from runner.desired.rules import idle, settings
from runner.desired.schema.project import Rule
from runner.model.diagnostics import InvalidSpecsError
from runner.model.gates import Gate, Goal
from runner.model.rules import DEFAULT, Register, Settings
from tests.builders import key
from tests.desired.conftest import PROJECT, Specs

BOTH = frozenset({"preempted", "infrastructure"})


def rules(*texts: dict[str, Any]) -> list[Rule]:
    return [Rule.model_validate(text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], DEFAULT),
        ([{"match": "job/other", "rerun": 2}], DEFAULT),
        ([{"match": "job/*", "rerun": 2}], Settings(rerun=2)),
        ([{"match": "*", "rerun": 2}], Settings(rerun=2)),
        ([{"match": "train", "rerun": 2}], DEFAULT),  # over kind/name, always
        ([{"match": "Job/Train", "rerun": 2}], DEFAULT),
        ([{"match": "job/train", "rerun": 2}, {"match": "job/*", "rerun": 3}], Settings(rerun=2)),
        ([{"match": "job/*", "rerun": 3}, {"match": "job/train", "rerun": 2}], Settings(rerun=3)),
        (
            [{"match": "job/train", "when_superseded": "cancel"}, {"match": "job/*", "rerun": 3}],
            Settings(rerun=3, cancel_superseded=True),
        ),
        (
            [{"match": "job/train", "when_superseded": "keep"}, {"match": "job/*", "when_superseded": "cancel"}],
            Settings(cancel_superseded=False),
        ),
        (
            [{"match": "job/*", "gate": {"metric": "loss", "at_most": 1}}, {"match": "*", "cancel_on_abort": True}],
            Settings(gates=(Gate("loss", at_most=1.0),), cancel_on_abort=True),
        ),
        (
            [{"match": "job/*", "gate": [{"metric": "m", "no_worse_than_base": True, "goal": "maximize"}]}],
            Settings(gates=(Gate("m", no_worse_than_base=True, goal=Goal.MAXIMIZE),)),
        ),
        (
            [{"match": "job/*", "register": {"model": "iris"}}],
            Settings(register=Register("iris", "model", "mlflow_model")),
        ),
        ([{"match": "job/*", "retry": {"limit": 2}}], Settings(retry_limit=2, retry_on=BOTH)),
        (
            [{"match": "job/*", "retry": {"limit": 1, "on": ["preempted"]}}, {"match": "*", "retry": {"limit": 9}}],
            Settings(retry_limit=1, retry_on=frozenset({"preempted"})),
        ),
        (
            [{"match": "job/train", "ignore_changes": ["a.b"]}, {"match": "job/*", "ignore_changes": ["c"]}],
            Settings(ignore_changes=("a.b",)),
        ),
        (
            [{"match": "job/train", "ignore_changes": []}, {"match": "job/*", "ignore_changes": ["c"]}],
            Settings(ignore_changes=()),
        ),
        ([{"match": "job/*", "fingerprint": "etag"}], Settings(by_etag=True)),
    ],
)
def test_settings(texts: list[dict[str, Any]], expected: Settings) -> None:
    assert settings(rules(*texts), key("job/train")) == expected


def test_a_rule_that_matches_nothing_is_a_warning() -> None:
    found = list(idle(rules({"match": "job/*", "rerun": 2}, {"match": "jobs/*", "rerun": 2}), [key("job/train")]))
    assert list(map(str, found)) == ["specs/project.yml:1:1: warning: rules: no spec matches 'jobs/*'"]


RULES = {
    "sets nothing": ("- match: job/*\n", ["4:10: error: the rule for 'job/*' sets nothing"]),
    "no match": ("- rerun: 2\n", ["4:3: error: missing field 'match'"]),
    "rerun 0": ("- {match: a, rerun: 0}\n", ["4:21: error: "]),
    "rerun as text": ("- {match: a, rerun: two}\n", ["4:21: error: "]),
    "retry without a limit": ("- {match: a, retry: {on: [preempted]}}\n", ["missing field 'limit'"]),
    "retry of what the code did": ("- {match: a, retry: {limit: 1, on: [user]}}\n", ["preempted"]),
    "too many retries": ("- {match: a, retry: {limit: 11}}\n", ["limit"]),
    "unknown": ("- {match: a, reruns: 2}\n", ["unknown field 'reruns', did you mean 'rerun'?"]),
    "superseded": ("- {match: a, when_superseded: stop}\n", ["when_superseded"]),
}


@pytest.mark.parametrize(("text", "expected"), RULES.values(), ids=RULES)
def test_what_is_wrong_with_rules(specs: Specs, text: str, expected: list[str]) -> None:
    specs.write({"specs/project.yml": f"{PROJECT}rules:\n{text}"})
    with pytest.raises(InvalidSpecsError) as caught:
        specs.found()
    found = [str(item) for item in caught.value.diagnostics]
    assert len(found) == len(expected)
    assert all(words in item for words, item in zip(expected, found, strict=True)), found
    assert all(item.startswith("specs/project.yml:4:") for item in found)


def test_they_reach_the_resources(specs: Specs) -> None:
    job = "command: echo\nenvironment: azureml:AzureML-x@latest\nenvironment_variables: {A: %s}\n"
    ignoring = "- {match: job/a, rerun: 3, ignore_changes: [environment_variables.A]}\n"
    specs.write({"specs/project.yml": f"{PROJECT}rules:\n{ignoring}- {{match: data/*, rerun: 2}}\n"})
    specs.write({"specs/jobs/a.yml": job % 1, "specs/jobs/b.yml": job % 1})
    state = specs.desired()
    a, b = (specs.resource(f"job/{name}") for name in "ab")
    assert (a.settings.rerun, b.settings) == (3, DEFAULT)
    assert a.digest != b.digest
    assert [str(item) for item in state.diagnostics] == [
        "specs/project.yml:1:1: warning: rules: no spec matches 'data/*'"
    ]
    specs.write({"specs/jobs/a.yml": job % 2, "specs/jobs/b.yml": job % 2})
    assert specs.resource("job/a").digest == a.digest
    assert specs.resource("job/b").digest != b.digest
