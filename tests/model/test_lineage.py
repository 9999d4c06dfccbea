"""Where something live comes from, as the ledger tells it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import ConfigError
from runner.model.ledger import FINISH, REGISTER, Entry, Ledger
from runner.model.lineage import Lineage, likely, lineage
from runner.model.outcome import Outcome
from tests.model.test_ledger import RUN


def at(day: int, **facts: object) -> Entry:
    """A line of that day of a month."""
    made = replace(RUN, at=f"2026-03-{day:02}T00:00:00+00:00", id=f"{day} {facts.get('live_name')}", **facts)
    return replace(made, commit=str(day % 10) * 40) if "commit" not in facts else made


DATA = at(1, address="data/iris", action="create", live_name="iris:c1")
ENVIRONMENT = at(2, address="environment/plain", action="create", live_name="plain:c2", uses={"image": "python:3.11"})
CPU = at(1, address="compute/cpu", action="create", live_name="cpu")
BIGGER = at(3, address="compute/cpu", action="update", live_name="cpu")
USES = {"environment": "environment/plain:c2", "inputs.iris.path": "data/iris:c1", "compute": "compute/cpu"}
TRAINED = at(4, live_name="train-1", digest="d" * 64, uses=USES)
OVER = replace(TRAINED, id="over", action=FINISH, status="Completed", run=Outcome("Completed"))
MODEL = at(5, address="model/iris", action=REGISTER, live_name="iris:3", from_run="train-1")
DESCRIBED = at(6, address="environment/plain", action="update", live_name="plain:c2")
LATER = at(7, address="compute/cpu", action="update", live_name="cpu")
MERGED = at(8, action="no-op", live_name="train-1", digest="d" * 64)
LEDGER = Ledger((CPU, DATA, ENVIRONMENT, BIGGER, TRAINED, OVER, MODEL, DESCRIBED, LATER, MERGED))


def found(name: str, ledger: Ledger = LEDGER, target: str | None = None) -> Lineage:
    traced = lineage(ledger, name, target)
    assert traced
    return traced


def upstream(traced: Lineage) -> dict[str, str]:
    """Place -> the line that made what is referred to there."""
    return {use.place: use.made.entry.id for use in traced.uses if use.made}


def test_a_run_is_made_of_what_was_there_when_it_began() -> None:
    run = found("train-1")
    assert upstream(run) == {"compute": BIGGER.id, "environment": ENVIRONMENT.id, "inputs.iris.path": DATA.id}
    assert run.entry == replace(TRAINED, run=OVER.run)
    assert [entry.id for entry in run.again] == [MERGED.id]
    assert run.became == ("iris:3",)


def test_a_model_comes_of_a_run() -> None:
    model = found("model/iris:3")
    assert (model.name, model.entry) == ("model/iris:3", MODEL)
    assert model.origin == found("train-1")
    assert {each.entry.id for each in model.everything()} >= {MODEL.id, TRAINED.id, DATA.id, ENVIRONMENT.id}


NAMES = {
    "train-1": TRAINED,
    "job/train-1": TRAINED,
    "job/train": TRAINED,
    "train": TRAINED,
    "plain:c2": ENVIRONMENT,  # and not what described it later
    "environment/plain": ENVIRONMENT,
    "compute/cpu": LATER,
    "data/iris": DATA,
    "iris:c1": DATA,
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    assert found(name).entry.id == NAMES[name].id


def test_what_is_not_known() -> None:
    assert lineage(LEDGER, "train-2") is None
    assert lineage(LEDGER, "train-1", "staging") is None
    assert likely(LEDGER, "trian-1")[0] == "train-1"


def test_a_name_of_several_kinds_is_not_guessed() -> None:
    both = Ledger((*LEDGER.entries, at(9, address="data/iris", action="create", live_name="iris:3")))
    with pytest.raises(ConfigError, match="say which one: data/iris:3, model/iris:3"):
        lineage(both, "iris:3")
    assert found("data/iris:3", both).entry.id == "9 iris:3"


def test_who_uses_it_and_what_ended_it() -> None:
    gone = at(9, address="data/iris", action="delete", live_name="", removed=("iris:c0", "iris:c1"))
    data = found("data/iris:c1", Ledger((*LEDGER.entries, gone)))
    assert data.used_by == ("train-1",)
    assert data.removed == gone
    assert found("data/iris:c1").removed is None
    other = replace(gone, removed=("iris:c0",))
    assert found("data/iris:c1", Ledger((*LEDGER.entries, other))).removed is None


def test_what_a_run_put_out_leads_to_the_run() -> None:
    uri = "azureml://subscriptions/s/resourcegroups/r/workspaces/w/jobs/train-1/outputs/artifacts/model"
    for path in (uri, "runs:/train-1/model", "azureml:/jobs/train-1/outputs/model"):
        by_hand = at(9, address="model/own", action="create", live_name="own:1", uses={"path": path})
        origin = found("own:1", Ledger((*LEDGER.entries, by_hand))).origin
        assert origin
        assert origin.entry.id == TRAINED.id


def test_another_target_is_told_beside_it_and_asked_for_by_its_name() -> None:
    elsewhere = at(9, live_name="train-1", digest="d" * 64, target="staging", workspace="/other")
    ledger = Ledger((*LEDGER.entries, elsewhere))
    assert found("train-1", ledger, "staging").entry == elsewhere
    assert TRAINED.id in {entry.id for entry in found("train-1", ledger, "staging").again}
    assert found("train-1", ledger, "prod").entry.id == TRAINED.id


def test_times_of_other_zones_are_no_texts_to_compare() -> None:
    """An environment made hours before its use, written down where it is later."""
    made = replace(ENVIRONMENT, at="2026-03-04T11:00:00+14:00")
    use = replace(TRAINED, at="2026-03-04T00:00:00+00:00")
    ledger = Ledger(()).joined([use, made])
    assert upstream(found("train-1", ledger)) == {"environment": ENVIRONMENT.id}


def test_in_a_workspace_made_anew_the_newest_counts() -> None:
    anew = replace(at(9, live_name="train-1", digest="d" * 64), uses=USES)
    assert found("train-1", Ledger((*LEDGER.entries, anew))).entry.id == anew.id


def test_a_circle_comes_to_an_end() -> None:
    first = at(1, address="component/a", action="create", live_name="a:1", uses={"x": "component/b:1"})
    second = at(1, address="component/b", action="create", live_name="b:1", uses={"x": "component/a:1"})
    assert len(list(found("a:1", Ledger((first, second))).everything())) < 50


@given(st.sets(st.sampled_from(range(len(LEDGER.entries)))), st.sampled_from([*NAMES, "iris:3"]))
def test_whatever_is_missing_of_a_ledger_the_rest_is_told(numbers: set[int], name: str) -> None:
    kept = [LEDGER.entries[number] for number in sorted(numbers)]
    traced = lineage(Ledger(tuple(kept)), name)
    if traced:
        assert {each.entry.id for each in traced.everything()} <= {entry.id for entry in kept}


def test_a_model_is_of_the_run_in_its_own_workspace() -> None:
    """The same content ran in another one, and once more after that one was made anew: under the same name."""
    elsewhere = replace(TRAINED, id="elsewhere", at="2026-03-04T12:00:00+00:00", target="dev", workspace="/dev")
    anew = replace(TRAINED, id="anew", at="2026-03-09T00:00:00+00:00")
    ledger = Ledger((*LEDGER.entries, elsewhere, anew))
    origin = found("iris:3", ledger).origin
    assert origin
    assert origin.entry.id == TRAINED.id
    assert found("train-1", ledger, "dev").became == ()
    assert found("train-1", ledger, "prod").entry.id == anew.id
    assert found("train-1", ledger, "prod").became == ()
