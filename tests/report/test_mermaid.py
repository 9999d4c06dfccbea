"""The dependency graph as a flowchart."""

from runner.model.plan import Action
from runner.report import mermaid
from tests.builders import change, key, plan

CPU = change("compute/cpu-cluster", Action.NO_OP)
OLD = change("environment/old", Action.NO_OP)
IRIS = change("data/iris", Action.CREATE)
TRAIN = change("job/iris-train", Action.RUN, depends_on=(CPU.key, IRIS.key))


def test_what_is_needed_points_to_what_needs_it() -> None:
    assert mermaid.graph(plan(CPU, OLD, IRIS, TRAIN)) == (
        """\
flowchart LR
  n0["compute/cpu-cluster"]:::noop
  n1["environment/old"]:::noop
  n2["#43; data/iris"]:::create
  n3["#62; job/iris-train"]:::run
  n0 --> n3
  n2 --> n3
  classDef create fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef noop fill:#f6f8fa,stroke:#8c959f,color:#59636e
  classDef run fill:#ddf4ff,stroke:#0969da,color:#1f2328
"""
    )


def test_only_what_changes_and_what_that_needs() -> None:
    found = mermaid.graph(plan(CPU, OLD, IRIS, TRAIN), changing=True)
    assert "environment/old" not in found
    assert mermaid.size(found) == 3


def test_what_is_alike_is_one_node() -> None:
    matrix = [change(f"job/iris-{number}", Action.RUN, depends_on=(CPU.key,)) for number in range(300)]
    other = change("job/other", Action.RUN, depends_on=(IRIS.key,))
    found = mermaid.graph(plan(CPU, IRIS, *matrix, other))
    assert '["#62; 300 of job#58; iris-0, ..."]:::run' in found
    assert mermaid.size(found) == 4
    assert found.count("-->") == 2


def test_what_is_not_in_the_plan_has_no_arrow() -> None:
    alone = change("job/iris-train", Action.RUN, depends_on=(key("compute/elsewhere"),))
    assert "-->" not in mermaid.graph(plan(alone))


def test_nothing_at_all() -> None:
    assert mermaid.graph(plan()) == "flowchart LR\n"
