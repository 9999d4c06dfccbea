"""Values come from the environment, all that are missing are named at once, and what comes back shows none."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.apply.secrets import MissingSecretsError, Secrets
from runner.model.detectors import HIDDEN
from runner.model.diagnostics import Position
from runner.model.events import RunBuilding, RunLogged, RunMoved
from runner.model.plan import Action, Result
from runner.model.resource import FieldPath
from runner.model.secrets import Need
from tests.builders import key, resource

X, Y = ("environment_variables", "X"), ("environment_variables", "Y")


def needs(**variables: tuple[str, int]) -> dict[FieldPath, Need]:
    """X=("A", 3): at `environment_variables.X` the variable AML_SECRET_A, on line 3."""
    found = variables.items()
    return {
        ("environment_variables", name): Need(f"AML_SECRET_{variable}", Position("specs/jobs/a.yml", line, 5))
        for name, (variable, line) in found
    }


def test_the_values_of_a_resource() -> None:
    secrets = Secrets({"AML_SECRET_A": "one", "AML_SECRET_B": "two", "OTHER": "three"})
    wanted = resource(needs=needs(X=("A", 1), Y=("B", 2)))
    secrets.check([wanted, resource("job/other")])
    assert secrets.of(wanted) == {X: "one", Y: "two"}
    assert secrets.of(resource("job/other")) == {}


def test_all_that_are_missing_are_named_where_they_are_needed_first() -> None:
    secrets = Secrets({"AML_SECRET_A": "one", "AML_SECRET_EMPTY": "", "OTHER": "x"})
    late = resource(needs=needs(X=("EMPTY", 9), Y=("GONE", 4), Z=("A", 5)))
    early = resource("job/early", needs=needs(X=("GONE", 3)))
    with pytest.raises(MissingSecretsError, match="set these variables where apply runs; nothing was sent") as caught:
        secrets.check([late, early])
    assert [str(each) for each in caught.value.diagnostics] == [
        "specs/jobs/a.yml:3:5: error: AML_SECRET_GONE is not set in the environment, or empty",
        "specs/jobs/a.yml:9:5: error: AML_SECRET_EMPTY is not set in the environment, or empty",
    ]


VALUES = st.text(min_size=1, max_size=30).filter(lambda value: "*" not in value)


@given(VALUES, st.text("<>", max_size=5), st.text("<>", max_size=5))
def test_no_text_shows_a_value_or_what_encodes_it(value: str, before: str, after: str) -> None:
    secrets, content = Secrets({"AML_SECRET_A": value}), value.encode()
    encoded = [base64.b64encode(content), base64.urlsafe_b64encode(content)]
    written = [value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value), repr(value)]
    for form in [*written, *(text.decode() for text in encoded), *(quote(text, safe="") for text in encoded)]:
        text = secrets.redacted(f"{before} {form} {after}")
        assert HIDDEN in text
        assert form not in text


@given(st.binary(max_size=5), st.text(st.characters(codec="ascii"), min_size=12, max_size=30))
def test_nor_what_encodes_it_within_something_longer(before: bytes, value: str) -> None:
    secrets = Secrets({"AML_SECRET_A": value})
    whole = base64.b64encode(before + value.encode() + b":x").decode()
    assert HIDDEN in secrets.redacted(f"Basic {whole}")
    assert len(secrets.redacted(whole).replace(HIDDEN, "")) < 20


def test_of_many_lines_each() -> None:
    secrets = Secrets({"AML_SECRET_A": "BEGIN\nfirst line\nab\n"})
    assert secrets.redacted("about first line: ab") == f"about {HIDDEN}: ab"


def test_the_longer_of_two_goes_first() -> None:
    secrets = Secrets({"AML_SECRET_A": "pass", "AML_SECRET_B": "password"})
    assert secrets.redacted("password, pass") == f"{HIDDEN}, {HIDDEN}"


def test_without_secrets_nothing_is_touched() -> None:
    assert Secrets({"OTHER": "x"}).redacted("x") == "x"


def test_results_and_events() -> None:
    secrets = Secrets({"AML_SECRET_A": "hunter2"})
    found = Result(
        key("job/a"), Action.RUN, "a-1", "failed", "no hunter2", run={"status": "Failed", "error": "hunter2"}
    )
    told = secrets.result(found)
    assert (told.error, told.run) == (f"no {HIDDEN}", {"status": "Failed", "error": HIDDEN})
    assert secrets.result(Result(key("job/a"), Action.RUN, "a-1", "done")).run == {}
    assert secrets.event(RunLogged(key("job/a"), "is hunter2")) == RunLogged(key("job/a"), f"is {HIDDEN}")
    assert secrets.event(RunBuilding(key("job/a"), "hunter2")) == RunBuilding(key("job/a"), HIDDEN)
    moved = RunMoved(key("job/a"), "a-1", "Running", 1.0)
    assert secrets.event(moved) == moved
