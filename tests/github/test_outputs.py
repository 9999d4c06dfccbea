"""The outputs of the steps are those that the docs name."""

import re

from runner.github import drift, publish
from runner.model.review import Review, Stage
from tests.docs.markdown import ROOT, codes, rows, section

COMMANDS = ROOT / "docs" / "commands.md"


def test_every_output_stands_in_the_docs() -> None:
    documented = [set(codes(row[1])) for row in rows(section(COMMANDS, "aml ci"))]
    review = publish.outputs(Review("local", Stage.PLANNED, "c"))
    assert documented == [set(review), set(drift._outputs(differs=True, drift=1, changes=2))]


def test_every_stage_stands_in_the_docs() -> None:
    told = re.search(r"`stage`: ([^;]*);", "\n".join(section(COMMANDS, "aml ci")))
    assert told
    assert set(re.split(r", | or ", told[1])) == set(Stage)
