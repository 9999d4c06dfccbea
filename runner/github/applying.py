"""`aml ci apply`: carries a plan out and tells, while it goes, how it goes.

What will run is told before anything is submitted. Should the runner die after that, `aml ci report` knows what to look
for. Nothing here is needed for the runs to be found again: their names are made of their content.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

from runner import engine, recording, registering, review
from runner.engine import Session
from runner.errors import AmlError
from runner.github import opening, planning
from runner.github.client import GitHubError
from runner.github.context import Context
from runner.github.going import Going, waiting
from runner.github.opening import Call
from runner.github.publish import Publisher
from runner.model.diagnostics import Diagnostic, InvalidSpecsError, Severity, in_order
from runner.model.events import Event as Happening
from runner.model.events import Listener, RunMoved
from runner.model.keys import Kind
from runner.model.options import DEFAULT, Options
from runner.model.plan import Action, Plan, Result
from runner.model.review import Review, Stage, Trial
from runner.model.runs import TERMINAL

CANCELED = "nothing: its workflow was canceled"  # what took the place of a run, as its tag tells


def apply(
    call: Call,
    context: Context,
    listener: Listener,
    stop: Event,
    *,
    detach: bool,
    push_ledger: bool,
    options: Options = DEFAULT,
) -> int:
    """Plans, applies, waits unless detached, judges, and publishes all of it; the exit code."""
    if context.pull_request and context.pull_request.fork:
        return planning.plan(call, context, listener, options)
    try:
        session = opening.open_session(call, context, listener)
    except InvalidSpecsError:
        return planning.plan(call, context, listener, options)
    made = engine.plan(session, listener, options)
    going = _prepared(session, call, context, made, push_ledger=push_ledger)
    if not call.dry_run and made.applyable:
        results = _carry_out(going, made, listener, stop, detach=detach)
        going.told = _judged(going, results, stop, detach=detach, context=context)
    going.publish(going.told)
    told = [*planning.diagnostics(going.told), *_failures(session, going.told), *in_order(going.warnings)]
    going.publisher.finish(going.told, told)
    return 0 if going.told.well else 1


def _prepared(session: Session, call: Call, context: Context, made: Plan, *, push_ledger: bool) -> Going:
    publisher = Publisher(context, dry=call.dry_run)
    if context.event == "push" and publisher.posts:  # the pull request that it came from hears of it
        publisher.numbers = publisher.client.pull_requests_of(context.commit)
    known, note = opening.base_digests(session, context, call)
    heads = opening.concerned(session, made, known)
    bases = review.base_runs(session, known) if heads else {}
    told = planning.planned(session, context, made)
    told = replace(told, trials=waiting(made, heads, bases), note=told.note or note)
    gates = {each.key: each.settings.gates for each in session.desired.resources if each.key in heads}
    approved_by, unread = _approvers(publisher)
    occasion = opening.occasion(context, publisher.numbers, push=push_ledger, approved_by=approved_by)
    return Going(publisher, session, told, gates, occasion, [*unread])


def _approvers(publisher: Publisher) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """Who approved the pull request that the ledger names; what went wrong with finding out, as a warning."""
    if not publisher.posts or not publisher.numbers:
        return (), ()
    try:
        return publisher.client.approvers(publisher.numbers[0]), ()
    except GitHubError as error:
        return (), (Diagnostic(f"who approved is not in the ledger: {error}", severity=Severity.WARNING),)


def _carry_out(going: Going, made: Plan, listener: Listener, stop: Event, *, detach: bool) -> list[Result]:
    session = going.session
    with _refusals_told(going):
        if made.pending or not session.proposal:  # what a pull request leaves to its branch is no reason to refuse it
            engine.check_applyable(session, made)
    going.publish(replace(going.told, stage=Stage.RUNNING))

    def hear(event: Happening) -> None:
        listener(event)
        if isinstance(event, RunMoved):
            going.moved(event)

    with _refusals_told(going):
        results = engine.apply(session, made, listener, parallelism=4, stop=stop)
    # Before the runs are waited for: the runner may die while it waits.
    going.warnings += recording.applied(session, made, results, going.occasion)
    if not detach and not stop.is_set():
        results = engine.await_runs(session, made, results, hear, stop)
        over = {result.live_name for result in results if result.run.get("status") in TERMINAL}
        going.warnings += recording.finished(session, going.occasion, over)
    if stop.is_set():  # first of all: the runner of a canceled workflow has little time left
        _give_up(session, results)
    return results


@contextmanager
def _refusals_told(going: Going) -> Iterator[None]:
    """Tells of an error after which nothing was sent, and lets it through: else the last word would be that it may."""
    try:
        yield
    except AmlError as error:
        found = tuple(getattr(error, "diagnostics", ())) or (Diagnostic(str(error)),)
        going.publish(replace(going.told, stage=Stage.INVALID, trials=(), diagnostics=found))
        raise


def _give_up(session: Session, results: Iterable[Result]) -> None:
    """The workflow is canceled. Paid runs go on, but for those whose rule says otherwise; they may start anew."""
    settings = {each.key: each.settings for each in session.desired.resources}
    for result in results:
        submitted = result.key.kind is Kind.JOB and result.status == "done" and result.action is Action.RUN
        if submitted and settings[result.key].cancel_on_abort:
            with session.writer.open():
                session.writer.supersede(result.live_name, CANCELED)


def _judged(going: Going, results: list[Result], stop: Event, *, detach: bool, context: Context) -> Review:
    """How everything went, by what the workspace knows of it now."""
    bad = tuple(result for result in results if result.status != "done")
    failed = {result.key for result in bad}
    trials = _looked(going, (trial for trial in going.told.trials if trial.key not in failed))
    found = replace(going.told, trials=trials, results=bad)
    if stop.is_set():
        return replace(found, stage=Stage.ABORTED)
    if detach and any(trial.head.status not in TERMINAL for trial in trials):
        return found
    if context.event == "push":
        numbers = going.publisher.numbers
        done = tuple(registering.registered(going.session, trial, numbers) for trial in trials)
        found = replace(found, trials=done)
        if any(trial.registered for trial in done):
            going.warnings += recording.registered(going.session, done, going.occasion)
    return replace(found, stage=Stage.FINISHED)


def _looked(going: Going, trials: Iterable[Trial]) -> tuple[Trial, ...]:
    before = list(trials)
    asked = [
        review.Asked(
            trial.key, trial.head.live_name, trial.base.live_name if trial.base else "", going.gates[trial.key]
        )
        for trial in before
    ]
    found = review.trials(going.session, asked, opening.now())
    return tuple(replace(now, reused=then.reused) for now, then in zip(found, before, strict=True))


def _failures(session: Session, found: Review) -> Iterable[Diagnostic]:
    """What is to be annotated at the spec of each job that did not do well."""
    places = {each.key: each.position for each in session.desired.resources}
    for trial in found.trials:
        if trial.head.error:
            yield Diagnostic(f"{trial.head.live_name} {trial.head.status}: {trial.head.error}", places.get(trial.key))
        if trial.unregistered:
            yield Diagnostic(trial.unregistered, places.get(trial.key))
        for verdict in trial.gates:
            if not verdict.passed:
                yield Diagnostic(f"gate failed: {verdict.gate}: {verdict.why}", places.get(trial.key))
    for result in found.results:
        yield Diagnostic(f"{result.key}: {result.error or result.because}", places.get(result.key))
