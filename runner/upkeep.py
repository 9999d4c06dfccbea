"""What keeps a workspace tidy beside plan and apply: old versions, an end to everything, and what nobody explains."""

from runner.desired import rules
from runner.engine import Session, fence, plan
from runner.live import read as live
from runner.live import runs as live_runs
from runner.model.events import Listener, Working
from runner.model.keys import Key
from runner.model.live import LiveState, Stray
from runner.model.plan import Plan
from runner.model.rules import Settings
from runner.plan.departures import owned
from runner.plan.planning import Asked
from runner.plan.removals import Retention, make_destroy, make_prune
from runner.plan.strays import strays


def prune(session: Session, listener: Listener, retention: Retention, *, allow_rollback: bool) -> Plan:
    """The plan that archives versions of this project that nothing uses. Only reads."""
    made = plan(session, listener)
    listener(Working("reading every version"))
    found = live.read(session.rest, session.desired, everything=True)
    asked = Asked(allow_rollback=allow_rollback, fence=fence(session, found))
    in_use = live_runs.in_use(session.rest)
    return make_prune(session.desired, found, asked, _settings(session, found), retention, in_use, made)


def destroy(session: Session, listener: Listener, *, allow_rollback: bool) -> Plan:
    """The plan that takes away everything that this project owns in this target, and nothing else. Only reads."""
    listener(Working("reading the workspace"))
    found = live.read(session.rest, session.desired, everything=True)
    asked = Asked(allow_rollback=allow_rollback, fence=fence(session, found))
    return make_destroy(session.desired, found, asked, _settings(session, found))


def _settings(session: Session, found: LiveState) -> dict[Key, Settings]:
    """What rules settle for everything that this project owns; a spec may settle more, as its type does."""
    settings = {key: rules.settings(session.project.config.rules, key) for key in owned(session.desired.origin, found)}
    return settings | {resource.key: resource.settings for resource in session.desired.resources}


def unexplained(session: Session, listener: Listener) -> tuple[Stray, ...]:
    """Everything live that no spec explains and that is nobody else's. Only reads."""
    listener(Working("reading everything in the workspace"))
    found = live.read(session.rest, session.desired, everything=True)
    runs = live_runs.everybodys(session.rest)
    return strays(session.desired, found, runs, session.project.config.external)
