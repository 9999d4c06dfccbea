"""What becomes of a line that promotes a model."""

from dataclasses import replace

import pytest

from runner.model.promotion import Model, Promotion, Standing
from runner.plan.promotions import step

LINE = Promotion("iris", "3", "staging", to="prod")
SHARED = Promotion("iris", "3", "staging", registry="models")
ORIGIN = "/subscriptions/s/workspaces/staging/models/iris/versions/3"
LINEAGE = {"aml.run": "train-1", "aml.digest": "d" * 64}
FOUND = Model("azureml://datastores/a/paths/b", "custom_model", tags={**LINEAGE, "aml.commit": "c" * 40, "team": "red"})
COPIED = Model(tags={**LINEAGE, "aml.promoted_from": ORIGIN.upper()})  # the service does not tell the cases apart
COPY, THERE, REFUSED, WITHHELD = Standing.COPY, Standing.THERE, Standing.REFUSED, Standing.WITHHELD


@pytest.mark.parametrize(
    ("line", "found", "there", "expected", "why"),
    [
        (LINE, FOUND, None, COPY, "run train-1, commit cccccccccc"),
        (LINE, Model(), None, COPY, ""),
        (LINE, None, None, REFUSED, "staging has no iris:3"),
        (LINE, None, COPIED, REFUSED, "staging has no iris:3"),
        (LINE, replace(FOUND, archived=True), None, REFUSED, "iris:3 is archived in staging"),
        (LINE, replace(FOUND, archived=True), COPIED, THERE, "there already"),
        (LINE, FOUND, COPIED, THERE, "there already"),
        (LINE, FOUND, replace(COPIED, archived=True), THERE, "archived there"),
        (LINE, FOUND, Model(tags={**COPIED.tags, "aml.run": "train-2"}), REFUSED, "prod has another iris:3"),
        (LINE, FOUND, Model(), REFUSED, "prod has another iris:3"),
        (LINE, FOUND, Model(tags=LINEAGE), REFUSED, "the iris:3 of prod does not come from staging"),
        (LINE, Model(), Model(), REFUSED, "the iris:3 of prod does not come from staging"),
        (SHARED, FOUND, None, COPY, "run train-1, commit cccccccccc"),
        (SHARED, FOUND, Model(), THERE, "there already"),
        (SHARED, FOUND, Model(tags=LINEAGE), THERE, "there already"),
        (SHARED, FOUND, Model(tags={"aml.digest": "e" * 64}), REFUSED, "registry models has another iris:3"),
    ],
)
def test_what_becomes_of_it(
    line: Promotion, found: Model | None, there: Model | None, expected: Standing, why: str
) -> None:
    made = step(line, found, ORIGIN, there)
    assert (made.standing, made.why) == (expected, why)
    assert made.standing not in {COPY, THERE} or made.model is found


def test_only_the_branch_promotes() -> None:
    assert step(LINE, FOUND, ORIGIN, None, "main").standing is WITHHELD
    assert step(LINE, FOUND, ORIGIN, COPIED, "main").standing is THERE
    assert step(LINE, None, ORIGIN, None, "main").standing is REFUSED, "a review should see that"
