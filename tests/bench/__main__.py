"""`make bench`."""

from pathlib import Path

from tests.bench import submission
from tests.bench.measure import ratio

REPOSITORY = Path(__file__).parents[2]

print(ratio("aml --help", ["--help"], REPOSITORY, goal=6))
print(ratio("aml validate", ["validate"], REPOSITORY, goal=12))
print(submission.figure())
