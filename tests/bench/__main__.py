"""`make bench`."""

import sys
import sysconfig
from pathlib import Path

from tests.bench import history, plan, pull_request, submission, trees
from tests.bench.measure import ratio

REPOSITORY = Path(__file__).parents[2]
AML = str(Path(sysconfig.get_path("scripts"), "aml"))
# What the libraries cost that `aml validate` cannot do without: the least that it could ever take.
LIBRARIES = "import click, yaml, pydantic; type('M', (pydantic.BaseModel,), {'__annotations__': {'x': int}})(x=1)"

print(ratio("aml --help", [AML, "--help"], REPOSITORY, goal=6))
print(ratio("aml validate", [AML, "validate"], REPOSITORY, goal=12))
print(ratio("  of it the libraries alone", [sys.executable, "-c", LIBRARIES], REPOSITORY, goal=12))
print(submission.figure())
for figure in (*history.figures(), *trees.figures(), *plan.figures(), *pull_request.figures()):
    print(figure)
