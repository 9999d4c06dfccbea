"""What teams write: specs of every kind, with few values, so that they often come back to what was there before."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from runner.model.keys import Key, Kind
from runner.model.options import Options
from runner.model.rules import Settings
from tests.builders import key

Edit = tuple[int, Key, dict[str, Any] | None, Settings]

TEAMS = st.integers(0, 2)
WORDS = st.sampled_from(["red", "blue"])
_RARELY, _MOSTLY = st.sampled_from([False, False, True]), st.sampled_from([True, True, True, True, False])
_DESCRIBED = {
    "description": WORDS,
    "tags": st.dictionaries(st.sampled_from(["team", "cost"]), WORDS, max_size=2),
}
SPECS: Mapping[Kind, st.SearchStrategy[dict[str, Any]]] = {
    Kind.COMPUTE: st.fixed_dictionaries(
        {"type": st.just("amlcompute"), "size": st.sampled_from(["Big", "Big", "big", "Small"])},
        optional={
            **_DESCRIBED,
            "min_instances": st.sampled_from([0, 1]),
            "max_instances": st.sampled_from([2, 3]),
            "identity": st.just({"type": "system_assigned"}),
        },
    ),
    Kind.DATASTORE: st.fixed_dictionaries(
        {"type": st.just("azure_blob"), "account_name": WORDS, "container_name": st.just("c")}, optional=_DESCRIBED
    ),
    Kind.ENVIRONMENT: st.fixed_dictionaries(
        {"image": WORDS}, optional={**_DESCRIBED, "version": st.sampled_from(["1", "2"])}
    ),
    Kind.DATA: st.fixed_dictionaries({"type": st.just("uri_file"), "path": WORDS}, optional=_DESCRIBED),
    Kind.MODEL: st.fixed_dictionaries({"type": st.just("custom_model"), "path": WORDS}, optional=_DESCRIBED),
    Kind.COMPONENT: st.fixed_dictionaries({"type": st.just("command"), "command": WORDS}, optional=_DESCRIBED),
    Kind.JOB: st.fixed_dictionaries({"command": WORDS}, optional=_DESCRIBED),
}
# Mostly a team has names of its own: a plan that meets what is foreign is refused as a whole.
_OWN = ["compute/cpu{}", "compute/cpu{}", "compute/cpu{}", "compute/CPU{}", "datastore/cold{}", "datastore/cold{}"]
_SHARED = ["environment/plain", "data/rows", "model/net", "component/step", "job/train", "job/train", "compute/shared"]
KEYS = [[key(name.format("abc"[team])) for name in [*_OWN, *_SHARED]] for team in range(3)]
_SETTINGS = st.builds(
    Settings,
    rerun=st.sampled_from([1, 1, 2]),
    prevent_destroy=st.sampled_from([None, True, False]),
    ignore_changes=st.sampled_from([(), (), ("max_instances",), ("tags",), ("tags.team",), ("description",)]),
    cancel_superseded=st.booleans(),
    cancel_removed=st.booleans(),
)
OPTIONS = st.builds(Options, adopt=_RARELY, prune=st.booleans(), allow_rollback=_RARELY)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """A team, the spec that it writes (None: removes), and what its rules say of it."""
    team = draw(TEAMS)
    own = draw(st.sampled_from(KEYS[team]))
    spec = draw(SPECS[own.kind]) if draw(_MOSTLY) else None
    return team, own, spec, draw(_SETTINGS) if draw(_RARELY) else Settings()
