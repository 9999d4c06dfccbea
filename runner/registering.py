"""A run's output becomes a model, once the change that trained it is merged and its gates have passed."""

from dataclasses import replace

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import Rest
from runner.engine import Session
from runner.errors import AmlError
from runner.model.identity import RUN
from runner.model.keys import Kind
from runner.model.resource import Resource
from runner.model.review import Trial
from runner.model.rules import Register
from runner.model.runs import COMPLETED


def registered(session: Session, trial: Trial) -> Trial:
    """The trial with the model that its run became. Of a run that is registered already nothing is made twice."""
    resource = next((each for each in session.desired.resources if each.key == trial.key), None)
    rule = resource.settings.register if resource else None
    if not resource or not rule or trial.head.status != COMPLETED or not trial.passed:
        return trial
    number = _known(session.rest, rule.model, trial.head.live_name) or _register(session, trial, resource, rule)
    return replace(trial, registered=f"{rule.model}:{number}")


def _known(rest: Rest, model: str, run: str) -> str:
    """The version that the run's output already is; empty when there is none."""
    for found in rest.list(f"{COLLECTION[Kind.MODEL]}/{model}/versions", listViewType="All"):
        if (found["properties"].get("tags") or {}).get(RUN) == run:
            return str(found["name"])
    return ""


def _register(session: Session, trial: Trial, resource: Resource, rule: Register) -> str:
    origin = session.desired.origin
    lineage = {**origin.tags(resource), RUN: trial.head.live_name}
    spec = {
        "name": rule.model,
        "type": rule.type,
        "path": f"azureml://jobs/{trial.head.live_name}/outputs/artifacts/paths/{rule.path.strip('/')}/",
        "tags": lineage,
    }
    with session.writer.open():
        session.writer.put(Kind.MODEL, spec, session.project.root)
    number = _known(session.rest, rule.model, trial.head.live_name)
    if not number:
        raise AmlError(f"the model of {trial.head.live_name} was registered as {rule.model}, and is not there")
    return number
