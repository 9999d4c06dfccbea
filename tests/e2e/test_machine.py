"""Two projects and everybody else in one real workspace, in any order; applies that die, and applies side by side.

What must hold is read from raw payloads: what is another's stays as it is, byte for byte; what is protected stays.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from runner import engine, upkeep
from runner.model.keys import Key, Kind
from runner.model.options import DEFAULT, Options
from runner.model.plan import Action, Plan
from tests.crash.gate import MOMENTS, Fate
from tests.e2e.conftest import Repo
from tests.e2e.edits import Desk, desk, quiet
from tests.e2e.shared import Held, Side, accepted, held, is_container, only_reads, owner, put, touch

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore")]  # the SDK's, which runs in our process

SIDES = st.integers(0, 1)
WORDS = st.sampled_from(["red", "blue"])
DESCRIBED = {"description": WORDS, "tags": st.dictionaries(st.sampled_from(["team", "cost"]), WORDS, max_size=2)}
CLUSTER = st.fixed_dictionaries(
    {"type": st.just("amlcompute"), "size": st.sampled_from(["Standard_DS3_v2"] * 3 + ["Standard_DS11_v2"])},
    optional={**DESCRIBED, "max_instances": st.integers(2, 4)},
)
STORE = st.fixed_dictionaries(
    {"type": st.just("azure_blob"), "account_name": WORDS, "container_name": st.just("c")}, optional=DESCRIBED
)
IMAGES = st.fixed_dictionaries({"image": st.sampled_from(["acme/red", "acme/blue"])}, optional=DESCRIBED)
ROWS = st.fixed_dictionaries(
    {"type": st.just("uri_file"), "path": st.sampled_from(["https://example.com/1", "https://example.com/2"])},
    optional=DESCRIBED,
)
NET = st.fixed_dictionaries({"path": st.sampled_from(["https://example.com/n/1", "https://example.com/n/2"])})
JOBS = st.fixed_dictionaries({"command": st.sampled_from(["echo red", "echo blue"])}, optional=DESCRIBED)
# The file of each spec, and what its name ends in: computes and datastores have one owner, versions are shared.
SPECS: Mapping[str, tuple[str, st.SearchStrategy[dict[str, Any]]]] = {
    "compute/cpu": ("cpu-{own}", CLUSTER),
    "compute/shared": ("shared", CLUSTER),
    "datastores/cold": ("cold_{own}", STORE),
    "environments/plain": ("plain", IMAGES),
    "data/rows": ("rows", ROWS),
    "models/net": ("net", NET),
    "jobs/train": ("train", JOBS),
}
FILES = st.sampled_from([*SPECS, "compute/cpu", "compute/cpu", "datastores/cold"])
RARELY = st.sampled_from([False, False, True])
OPTIONS = st.builds(Options, adopt=RARELY, prune=st.booleans(), allow_rollback=RARELY)
MUTABLE = {"computes": Kind.COMPUTE, "datastores": Kind.DATASTORE}
PLACES = tuple(MUTABLE)


class Shared(RuleBasedStateMachine):
    """A rule is something that somebody does. The first project's target is fenced."""

    numbers: ClassVar[Iterator[int]] = count()

    def __init__(self, at: Desk, variables: dict[str, str], folder: Path) -> None:
        super().__init__()
        self.at, self.variables = at, variables
        self.prefix = f"m{next(self.numbers)}x"
        roots = [folder / f"{self.prefix}-{own}" for own in "ab"]
        self.sides = [Side(Repo(root, variables), root.name, fenced=root.name.endswith("a")) for root in roots]
        for side in self.sides:
            side.begin()

    # What a project does.

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        for number, side in enumerate(self.sides):
            for file in SPECS:
                if file != "compute/shared":
                    self._write(number, file, data.draw(SPECS[file][1]))
            self._apply(side, DEFAULT)

    @rule(side=SIDES, file=FILES, data=st.data(), options=OPTIONS)
    def edit_and_apply(self, side: int, file: str, data: st.DataObject, options: Options) -> None:
        self._write(side, file, data.draw(SPECS[file][1]))
        self._apply(self.sides[side], options)

    @rule(side=SIDES, file=FILES, options=OPTIONS)
    def remove_and_apply(self, side: int, file: str, options: Options) -> None:
        if file == "environments/plain":  # which the job cannot do without
            self.sides[side].remove("jobs/train")
        self.sides[side].remove(file)
        self._apply(self.sides[side], options)

    @rule(side=SIDES, protects=st.sampled_from([None, True, False]), ignores=st.sampled_from([(), ("max_instances",)]))
    def settle_rules(self, side: int, protects: bool | None, ignores: tuple[str, ...]) -> None:
        self.sides[side].rule(protects, ignores)

    @rule(side=SIDES, options=OPTIONS)
    def apply(self, side: int, options: Options) -> None:
        self._apply(self.sides[side], options)

    @rule(ref=st.sampled_from(["main", "feature"]))
    def switch(self, ref: str) -> None:
        self.sides[0].repo.git("checkout", "-q", *(() if self._has(ref) else ("-b",)), ref)

    @rule()
    def take_the_last_commit_back(self) -> None:
        if self.sides[0].repo.git("rev-list", "--count", "HEAD").strip() != "1":
            self.sides[0].repo.git("reset", "-q", "--hard", "HEAD~1")

    @rule(side=SIDES, file=FILES, data=st.data(), number=st.integers(2, 25), moment=st.sampled_from(MOMENTS))
    def edit_and_die(self, side: int, file: str, data: st.DataObject, number: int, moment: str) -> None:
        self._write(side, file, data.draw(SPECS[file][1]))
        self._compared(side, lambda: self.sides[side].start_apply("--prune", fate=Fate(number, moment)).end())

    @rule(side=SIDES, file=FILES, data=st.data())
    def edit_and_apply_twice_at_once(self, side: int, file: str, data: st.DataObject) -> None:
        self._write(side, file, data.draw(SPECS[file][1]))

        def both() -> None:
            processes = [self.sides[side].start_apply("--prune") for _ in range(2)]
            assert {process.end() for process in processes} <= {0, 1}

        self._compared(side, both)

    @rule(data=st.data())
    def want_the_same_at_once(self, data: st.DataObject) -> None:
        for side in range(2):
            self._write(side, "compute/shared", data.draw(CLUSTER))
        plans = [(side, *side.plan(self.at, DEFAULT)) for side in self.sides]
        for side, session, made in plans:
            if accepted(session, made):
                before = held(self.at, self.prefix)
                engine.apply(session, made, quiet, parallelism=4, stop=Event())
                self._check(side, before, held(self.at, self.prefix), made)

    # What others do.

    @precondition(lambda self: self._places())
    @rule(data=st.data(), field=st.sampled_from(["max_instances", "description", "tags.team", "tags.mine"]))
    def touch(self, data: st.DataObject, field: str) -> None:
        key = data.draw(st.sampled_from(self._places()))
        if field != "max_instances":
            touch(self.at, key, field, data.draw(WORDS))
        elif key.kind is Kind.COMPUTE:
            touch(self.at, key, field, data.draw(st.integers(2, 5)))

    @precondition(lambda self: self._places())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self._places()))
        with self.at.writer.open():
            self.at.writer.delete(key.kind, key.name)

    @precondition(lambda self: f"computes/{self.prefix}-shared" not in held(self.at, self.prefix))
    @rule(data=st.data())
    def squat(self, data: st.DataObject) -> None:
        put(self.at, Kind.COMPUTE, {"name": f"{self.prefix}-shared", **data.draw(CLUSTER)})

    @precondition(lambda self: self._versions())
    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        name, _, version = data.draw(st.sampled_from(self._versions())).rpartition(":")
        with self.at.writer.open():
            self.at.writer.archive(Kind.ENVIRONMENT, name, version)

    def _places(self) -> list[Key]:
        parts = [path.split("/") for path in held(self.at, self.prefix)]
        return sorted(Key(MUTABLE[collection], name) for collection, name in parts if collection in MUTABLE)

    def _versions(self) -> list[str]:
        paths = sorted(held(self.at, self.prefix))
        return [path.partition("/")[2] for path in paths if path.startswith("environments/") and ":" in path]

    # How it is done, and what must hold.

    def _write(self, side: int, file: str, spec: dict[str, Any]) -> None:
        name = f"{self.prefix}-{SPECS[file][0].format(own='ab'[side])}"
        if file == "jobs/train":
            spec = {**spec, "compute": "azureml:parked", "environment": f"azureml:{self.prefix}-plain@latest"}
            self.sides[side].write("environments/plain", {"name": f"{self.prefix}-plain", "image": "acme/red"})
        self.sides[side].write(file, {"name": name, **spec})

    def _has(self, ref: str) -> bool:
        return bool(self.sides[0].repo.git("for-each-ref", f"refs/heads/{ref}"))

    def _apply(self, side: Side, options: Options) -> None:
        before = held(self.at, self.prefix)
        with only_reads(self.variables):
            session, made = side.plan(self.at, options)
        if not accepted(session, made):
            assert held(self.at, self.prefix) == before
            return
        results = engine.apply(session, made, quiet, parallelism=4, stop=Event())
        assert {result.status for result in results} <= {"done"}, [result.error for result in results]
        self._check(side, before, held(self.at, self.prefix), made)
        again = Options(prune=options.prune, adopt=bool(made.withheld))
        _, left = side.plan(self.at, again)
        assert (left.pending, left.applyable) == ((), True), left

    def _compared(self, number: int, deed: Any) -> None:
        before = held(self.at, self.prefix)
        deed()
        self._check(self.sides[number], before, held(self.at, self.prefix), None)

    def _check(self, side: Side, before: Held, after: Held, made: Plan | None) -> None:
        adopted = {change.key.name for change in (made.pending if made else ()) if change.action is Action.ADOPT}
        for path, payload in before.items():
            if owner(payload) != side.project and path.partition("/")[2].partition(":")[0] not in adopted:
                assert after.get(path) == payload or is_container(path), path
            if path.startswith("computes/") and side.is_protected(payload):
                assert made_at(after[path]) == made_at(payload), path

    def teardown(self) -> None:
        """Each project takes away what it owns, and nothing else."""
        for number, side in enumerate(self.sides):
            side.rule(False, ())
            self._compared(number, partial(self._destroy, side))
        owners = {owner(payload) for path, payload in held(self.at, self.prefix).items() if path.startswith(PLACES)}
        assert not owners & {side.project for side in self.sides}

    def _destroy(self, side: Side) -> None:
        session = self.at.open(side.repo)
        made = upkeep.destroy(session, quiet, allow_rollback=True)
        results = engine.apply(session, made, quiet, parallelism=4, stop=Event())
        assert {result.status for result in results} <= {"done"}, [result.error for result in results]


def made_at(payload: Mapping[str, Any]) -> str:
    """When something was made: another moment is another thing."""
    return str(payload["properties"]["createdOn"])


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


def test_whatever_happens(at: Desk, state: dict[str, str], tmp_path: Path) -> None:
    few = settings(max_examples=2, stateful_step_count=6)
    run_state_machine_as_test(lambda: Shared(at, state, tmp_path), settings=few)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_whatever_happens_for_long(at: Desk, state: dict[str, str], tmp_path: Path) -> None:
    many = settings(max_examples=15, stateful_step_count=20)
    run_state_machine_as_test(lambda: Shared(at, state, tmp_path), settings=many)
