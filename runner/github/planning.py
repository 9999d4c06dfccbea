"""`aml ci plan`: what a pull request would do, said where it is asked for."""

from dataclasses import replace

from runner import engine, review
from runner.desired import load, project, targets
from runner.engine import Session
from runner.errors import AmlError
from runner.github import opening, story
from runner.github.context import Context
from runner.github.opening import Call
from runner.github.publish import Publisher
from runner.model.diagnostics import Diagnostic, InvalidSpecsError
from runner.model.events import Listener
from runner.model.options import DEFAULT, Options
from runner.model.plan import Plan
from runner.model.review import Review, Stage

_BEFORE = {Stage.INVALID, Stage.PLANNED}
_FALLBACK = "local"  # the default target of a project.yml that does not say, nor can be read
FORK = "This pull request comes from a fork: its specs were checked, and no workspace was asked."


def plan(call: Call, context: Context, listener: Listener, options: Options = DEFAULT) -> int:
    """Validates, plans, and publishes both; the exit code."""
    publisher = Publisher(context, dry=call.dry_run)
    found = reviewed(call, context, listener, options)
    if not _overtaken(publisher, found):
        publisher.review(found, {})
    publisher.finish(found, diagnostics(found))
    return 0 if found.well else 1


def _overtaken(publisher: Publisher, found: Review) -> bool:
    """Whether the comment tells of this commit's runs already: planning and training begin with the same event."""
    stories = (story.read(body) for _, body in publisher.told(found.target))
    return any(told and told.commit == found.commit and told.stage not in _BEFORE for told in stories)


def reviewed(call: Call, context: Context, listener: Listener, options: Options) -> Review:
    """The review of a change that is planned. Specs that are wrong are a review, too."""
    try:
        if context.pull_request and context.pull_request.fork:
            return _offline(call, context)
        session = opening.open_session(call, context, listener)
    except InvalidSpecsError as error:
        return Review(
            _target(call), Stage.INVALID, context.recorded, diagnostics=error.diagnostics, url=context.run_url
        )
    return planned(session, context, engine.plan(session, listener, options))


def _target(call: Call) -> str:
    """The target's name, by which its comment is known, as far as project.yml tells it."""
    try:
        return targets.named(project.find(call.directory), call.target)[0]
    except AmlError:
        return call.target or _FALLBACK


def planned(session: Session, context: Context, made: Plan) -> Review:
    """The review of a plan: with what it can cost, and what it needs."""
    found = Review(
        session.target, Stage.PLANNED, context.recorded or made.origin.commit, plan=made, url=context.run_url
    )
    try:
        costs, needs = review.reckon(session, made)
    except AmlError as error:  # a plan is worth telling without its price
        return replace(found, note=f"What it can cost is unknown: {error}")
    return replace(found, costs=costs, needs=needs)


def _offline(call: Call, context: Context) -> Review:
    files = project.find(call.directory)
    rendered = targets.context(files, call.target, call.environment, call.variables)
    load.load_project(files, rendered)
    name = call.target or files.config.default_target
    return Review(name, Stage.PLANNED, context.recorded, url=context.run_url, note=FORK)


def diagnostics(found: Review) -> tuple[Diagnostic, ...]:
    """All that a review has to annotate."""
    return (*found.diagnostics, *(found.plan.diagnostics if found.plan else ()))
