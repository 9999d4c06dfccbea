"""A run's output becomes a model, once the change that trained it is merged and its gates have passed."""

from collections.abc import Iterable
from dataclasses import replace

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import Rest
from runner.engine import Session
from runner.errors import AmlError, ServiceError
from runner.model.identity import PROMOTED_FROM, PULL_REQUEST, RUN
from runner.model.keys import Kind
from runner.model.review import Trial
from runner.model.rules import Register
from runner.model.runs import COMPLETED


def registered(session: Session, trial: Trial, pull_requests: Iterable[int] = ()) -> Trial:
    """The trial with the model that its run became, or why it became none.

    Of a run that is registered already nothing is made twice. `pull_requests` are those that the change came from.
    """
    resource = next((each for each in session.desired.resources if each.key == trial.key), None)
    rule = resource.settings.register if resource else None
    if not resource or not rule or trial.head.status != COMPLETED or not trial.passed:
        return trial
    came_from = ",".join(map(str, pull_requests))
    lineage = {**session.desired.origin.tags(resource), RUN: trial.head.live_name}
    lineage |= {PULL_REQUEST: came_from} if came_from else {}
    try:
        number = _known(session.rest, rule.model, trial.head.live_name) or _register(session, rule, lineage)
    except AmlError as error:  # what the other runs became is told all the same
        return replace(trial, unregistered=f"not registered as {rule.model}: {error}")
    return replace(trial, registered=f"{rule.model}:{number}")


def _known(rest: Rest, model: str, run: str) -> int:
    """The version that the run's output already is; 0 when there is none.

    Of several, which a list that lags behind can bring about, it is the first for everybody. What was promoted from
    another workspace is the output of another run, of the same name if it had the same content.
    """
    return min((number for number, tags in _versions(rest, model) if _is_of(tags, run)), default=0)


def _is_of(tags: dict[str, str], run: str) -> bool:
    return tags.get(RUN) == run and PROMOTED_FROM not in tags


def _versions(rest: Rest, model: str) -> list[tuple[int, dict[str, str]]]:
    """Every version with its tags, archived ones too: they keep their numbers. Those of others may be no numbers."""
    listed = rest.list(f"{COLLECTION[Kind.MODEL]}/{model}/versions", listViewType="All")
    found = {str(each["name"]): each["properties"].get("tags") or {} for each in listed}
    return [(int(name), tags) for name, tags in found.items() if name.isdecimal()]


def _register(session: Session, rule: Register, lineage: dict[str, str]) -> int:
    """Takes the next number; the one after it when somebody else took that meanwhile.

    The number is ours and not the service's to choose: two applies that race for one run choose the same, and a second
    write of the same content changes nothing.
    """
    while True:
        number = _free(session.rest, rule.model)
        try:
            _put(session, rule, number, lineage)
        except ServiceError:
            # The answer may have been lost, and another apply may have been first: what is there decides.
            if known := _known(session.rest, rule.model, lineage[RUN]):
                return known
            if _free(session.rest, rule.model) == number:
                raise
        else:
            return _known(session.rest, rule.model, lineage[RUN]) or number


def _free(rest: Rest, model: str) -> int:
    return 1 + max((number for number, _ in _versions(rest, model)), default=0)


def _put(session: Session, rule: Register, number: int, lineage: dict[str, str]) -> None:
    spec = {
        "name": rule.model,
        "version": str(number),
        "type": rule.type,
        "path": f"azureml://jobs/{lineage[RUN]}/outputs/artifacts/paths/{rule.path.strip('/')}/",
        "tags": lineage,
    }
    with session.writer.open():
        session.writer.put(Kind.MODEL, spec, session.project.root)
