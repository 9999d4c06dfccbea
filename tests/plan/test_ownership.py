"""Whose something is, and what protects it."""

import pytest

from runner.model.live import LiveResource, LiveState
from runner.model.plan import Reason
from runner.model.rules import Settings
from runner.plan.ownership import Claim, claim, is_ours, is_protected, taken_over
from runner.plan.planning import Asked, Planning
from tests.builders import ORIGIN, desired, resource

CPU = resource("compute/cpu", {"type": "amlcompute"})
OURS = {"aml.project": "demo", "aml.target": "local"}
WAYS = "use another name, or list it under external: in specs/project.yml; --adopt takes it over"


def _planning(asked: Asked) -> Planning:
    return Planning(desired(CPU), LiveState(), asked)


@pytest.mark.parametrize(
    ("tags", "claimed", "adopted", "refusal"),
    [
        (OURS, Claim.OURS, Claim.OURS, ""),
        ({}, Claim.FOREIGN, Claim.ADOPTED, "was not made by this project"),
        ({"aml.target": "local"}, Claim.FOREIGN, Claim.ADOPTED, "was not made by this project"),
        ({"aml.project": "demo"}, Claim.FOREIGN, Claim.ADOPTED, "belongs to target None of this project"),
        (OURS | {"aml.target": "prod"}, Claim.FOREIGN, Claim.ADOPTED, "belongs to target 'prod' of this project"),
        (OURS | {"aml.project": "theirs"}, Claim.FOREIGN, Claim.ADOPTED, "belongs to project 'theirs'"),
        (OURS | {"aml.project": "Demo"}, Claim.FOREIGN, Claim.ADOPTED, "belongs to project 'Demo'"),
    ],
)
def test_claims(tags: dict[str, str], claimed: Claim, adopted: Claim, refusal: str) -> None:
    live = LiveResource(spec={}, tags=tags)
    for asked, expected in ((Asked(), claimed), (Asked(adopt=True), adopted)):
        planning = _planning(asked)
        assert claim(planning, CPU, live) is expected
        said = [item.message for item in planning.problems]
        assert said == ([f"compute/cpu: exists and {refusal}: {WAYS}"] if expected is Claim.FOREIGN else [])
    assert is_ours(ORIGIN, live) is (claimed is Claim.OURS)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (OURS, ()),
        ({}, (Reason("aml.project", None, "demo"), Reason("aml.target", None, "local"))),
        (OURS | {"aml.target": "prod"}, (Reason("aml.target", "prod", "local"),)),
    ],
)
def test_what_an_adoption_says(tags: dict[str, str], expected: tuple[Reason, ...]) -> None:
    assert taken_over(_planning(Asked(adopt=True)), LiveResource(spec={}, tags=tags)) == expected


@pytest.mark.parametrize(
    ("rule", "tagged", "expected"),
    [(None, False, False), (None, True, True), (True, False, True), (False, True, False), (False, False, False)],
)
def test_a_rule_decides_and_else_the_tag(rule: bool | None, tagged: bool, expected: bool) -> None:
    assert is_protected(Settings(prevent_destroy=rule), tagged=tagged) is expected
