"""Every finding in specs of the newer kinds, with its exact words and its exact place: the table is `refused.yml`."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.desired.conftest import Specs

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "refused.yml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_findings(specs: Specs, case: dict[str, Any]) -> None:
    specs.write({f"specs/{name}": text for name, text in case["files"].items()})
    assert specs.problems() == case["findings"]
