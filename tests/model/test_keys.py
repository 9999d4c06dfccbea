"""Names as the service wants them, and patterns as people write them."""

import pytest

from runner.errors import ConfigError
from runner.model.keys import LONGEST_JOB_NAME, Key, Kind, name_problem, select
from tests.builders import key

ASSET = "it must be 1-255 letters, digits, '-' and '_', beginning with a letter or digit"
COMPONENT = "it must be 1-255 lower-case letters, digits and '_', beginning with a letter"
COMPUTE = "it must be 3-24 letters, digits and '-', beginning with a letter and not ending in '-' and digits"

ASSETS = (Kind.JOB, Kind.ENVIRONMENT, Kind.DATA, Kind.DATASTORE, Kind.MODEL)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((kind, name) for kind in ASSETS for name in ("a", "1", "a-b_C", "a" * 200)),
        *((Kind.COMPONENT, name) for name in ("a", "score_2", "a" * 255)),
        *((Kind.COMPUTE, name) for name in ("cpu", "cpu-cluster", "A1b", "gpu2", "cpu-1a", "a" * 24)),
    ],
)
def test_names_the_service_takes(kind: Kind, name: str) -> None:
    assert name_problem(Key(kind, name)) is None


@pytest.mark.parametrize(
    ("kind", "name", "rule"),
    [
        *(
            (kind, name, ASSET)
            for kind in ASSETS
            for name in ("", "-a", "_a", "a.b", "a b", "a/b", "ä", "a\n", "a" * 256)
        ),
        *((Kind.COMPONENT, name, COMPONENT) for name in ("", "1a", "_a", "a-b", "Score", "ü", "a\n", "a" * 256)),
        *(
            (Kind.COMPUTE, name, COMPUTE)
            for name in ("", "ab", "1cpu", "-cpu", "a_b", "cpu-1", "cpu-cluster-42", "cpü", "a" * 25, "cpu\n")
        ),
    ],
)
def test_names_the_service_refuses(kind: Kind, name: str, rule: str) -> None:
    assert name_problem(Key(kind, name)) == f"the service refuses the {kind} name {name!r}: {rule}"


def test_a_job_name_leaves_room_for_the_suffix_of_its_runs() -> None:
    assert name_problem(Key(Kind.JOB, "a" * LONGEST_JOB_NAME)) is None
    assert name_problem(Key(Kind.JOB, "a" * (LONGEST_JOB_NAME + 1))) == (
        "this job name has 231 characters; 230 leave room for the run's suffix"
    )


KEYS = [key("job/iris-train"), key("job/iris-eval"), key("data/iris"), key("compute/cpu-cluster")]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([], []),
        (["job/iris-train"], ["job/iris-train"]),
        (["iris-train"], ["job/iris-train"]),
        (["job/*"], ["job/iris-eval", "job/iris-train"]),
        (["iris*"], ["data/iris", "job/iris-eval", "job/iris-train"]),
        (["*"], ["compute/cpu-cluster", "data/iris", "job/iris-eval", "job/iris-train"]),
        (["data/*", "cpu-*"], ["compute/cpu-cluster", "data/iris"]),
    ],
)
def test_patterns(patterns: list[str], expected: list[str]) -> None:
    assert sorted(map(str, select(KEYS, patterns))) == expected


@pytest.mark.parametrize("pattern", ["job/nope", "Iris", "jobs/*", "", "iris-train/"])
def test_a_pattern_that_matches_nothing_is_a_mistake(pattern: str) -> None:
    with pytest.raises(ConfigError) as caught:
        select(KEYS, ["*", pattern])
    assert str(caught.value) == (
        f"nothing matches {pattern!r}; there is: compute/cpu-cluster, data/iris, job/iris-eval, job/iris-train"
    )


def test_nothing_to_match() -> None:
    with pytest.raises(ConfigError, match=r"nothing matches 'x'; there is: -$"):
        select([], ["x"])


@pytest.mark.parametrize(
    ("kind", "folder", "versioned", "numbered"),
    [
        (Kind.COMPUTE, "compute", False, False),
        (Kind.DATASTORE, "datastores", False, False),
        (Kind.ENVIRONMENT, "environments", True, False),
        (Kind.DATA, "data", True, False),
        (Kind.MODEL, "models", True, True),
        (Kind.COMPONENT, "components", True, False),
        (Kind.JOB, "jobs", False, False),
    ],
)
def test_kinds(kind: Kind, folder: str, *, versioned: bool, numbered: bool) -> None:
    assert (kind.folder, kind.versioned, kind.numbered) == (folder, versioned, numbered)
