"""The sample comments, one a stage. `python -m tests.samples` writes them anew: look at what changed."""

import pytest

from runner.report.comment import comment
from tests.samples.__main__ import GOLDEN
from tests.samples.reviews import STAGES


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_reads_as_it_did(stage: str) -> None:
    assert comment(STAGES[stage]()) == (GOLDEN / f"{stage}.md").read_text("utf-8")


def test_there_is_nothing_else() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(STAGES)
