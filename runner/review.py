"""What a reviewer asks beside a plan: what it can cost, whether the quota will do, and how the base's runs went."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from runner.asof import as_of
from runner.azureml.rest import AT_ONCE
from runner.doctor.facts import Capacity, Size, Unread
from runner.doctor.judge import capacity as judge
from runner.doctor.read.capacity import capacity
from runner.doctor.read.files import machines
from runner.engine import Session
from runner.live import read as live
from runner.live import runs as live_runs
from runner.live.trained import trained
from runner.model import gates
from runner.model.costs import Price, cost
from runner.model.findings import Level
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Plan
from runner.model.resource import Resource
from runner.model.review import Cost, Need, Trained, Trial
from runner.model.runs import COMPLETED


def reckon(session: Session, made: Plan) -> tuple[dict[Key, Cost], tuple[Need, ...]]:
    """What the runs of a plan can cost at most, and what the computes that they use need of the region's quota."""
    running = {change.key for change in made.pending if change.action is Action.RUN}
    jobs = [each for each in session.desired.resources if each.key in running]
    if not jobs:
        return {}, ()
    region = session.rest.location()
    found = capacity(session.rest, region)
    prices = _Prices(session, found)
    return {job.key: cost(job.spec, prices) for job in jobs}, tuple(_needs(session, found, jobs, region))


class _Prices:
    """The price of a node: as project.yml has it, else as the service tells it."""

    def __init__(self, session: Session, found: Capacity) -> None:
        self._computes = {str(each.spec["name"]): each.spec for each in live.computes(session.rest).values()}
        self._computes |= {each.key.name: each.spec for each in _computes(session)}
        self._stated = {name.lower(): usd for name, usd in session.project.config.prices.items()}
        self._sizes: dict[str, Size] = {}
        if not isinstance(found.sizes, Unread):
            self._sizes = {size.name.lower(): size for size in found.sizes}

    def __call__(self, compute: str, size: str) -> Price:
        spec = self._computes.get(compute, {})
        size = size or str(spec.get("size") or "")
        if not size:
            return Price(None, f"nothing says what size {compute or 'serverless'} has")
        if size.lower() in self._stated:
            return Price(self._stated[size.lower()], size)
        known = self._sizes.get(size.lower())
        tier = "LowPriority" if spec.get("tier") == "low_priority" else "Standard"
        usd = known.prices.get(tier) if known else None
        return Price(usd, size if usd is not None else f"there is no price for {size} (prices: in project.yml)")


def _computes(session: Session) -> Iterable[Resource]:
    return (each for each in session.desired.resources if each.key.kind is Kind.COMPUTE)


def _needs(session: Session, found: Capacity, jobs: list[Resource], region: str) -> Iterable[Need]:
    used = {key for job in jobs for key in job.depends_on if key.kind is Kind.COMPUTE}
    wanted = [machines(each.key, each.spec) for each in _computes(session) if each.key in used]
    by_name = {str(key): key for key in used}
    for finding in judge.capacity(found, wanted, region) if wanted else ():
        if finding.check in by_name:
            yield Need(by_name[finding.check], finding.message, short=finding.level is Level.WARNING)


def base_digests(session: Session, commit: str, environment: Mapping[str, str]) -> dict[Key, str]:
    """The digest that each job had at a commit, for the same target. Raises AmlError when it cannot be known."""
    with as_of(session.project, commit, session.target, environment, session.context.vars) as then:
        desired = then.desired
    return {each.key: each.digest for each in desired.resources if each.key.kind is Kind.JOB}


def own_runs(session: Session) -> dict[str, str]:
    """The runs of this project: live name -> the job that each is a run of, e.g. `job/iris-train`."""
    return {run.name: run.key for run in live_runs.runs(session.rest, session.desired.origin.project)}


def base_runs(session: Session, digests: Mapping[Key, str]) -> dict[Key, str]:
    """The runs that came of the base's content: of each job the newest one that got to its end, by its live name."""
    runs = live_runs.runs(session.rest, session.desired.origin.project)
    completed = {run.digest: run.name for run in runs if run.status == COMPLETED}
    return {key: completed[digest] for key, digest in digests.items() if digest in completed}


@dataclass(frozen=True, slots=True)
class Asked:
    """A run to be looked at, the run of the base to hold it against (or nothing), and what it has to pass."""

    key: Key
    head: str
    base: str
    gates: tuple[gates.Gate, ...]


def trials(session: Session, asked: Iterable[Asked], now: datetime) -> tuple[Trial, ...]:
    """The runs as they stand, in the order in which they are asked for."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(lambda each: _trial(session, each, now), asked))


def _trial(session: Session, asked: Asked, now: datetime) -> Trial:
    metrics = [gate.metric for gate in asked.gates]

    def look(run: str) -> Trained:
        return trained(session.rest, run, now, wanted=metrics, redacted=session.secrets.redacted)

    head = look(asked.head)
    base = head if asked.base == asked.head else look(asked.base) if asked.base else None
    verdicts = [gates.judge(gate, head.metrics, base.metrics if base else None) for gate in asked.gates]
    return Trial(asked.key, head, base, tuple(verdicts) if head.status == COMPLETED else ())
