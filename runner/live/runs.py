"""The runs of a project, and why the failed ones failed where that decides something."""

from collections.abc import Iterable
from dataclasses import replace

from runner.azureml.rest import Rest
from runner.azureml.runs import details
from runner.live import translate
from runner.model.digest import attempt_of
from runner.model.keys import Kind
from runner.model.live import LiveRun
from runner.model.resource import DesiredState
from runner.model.runs import Cause, Phase, cause, phase


def runs(rest: Rest, project: str) -> tuple[LiveRun, ...]:
    """Every run of the project, archived ones too, oldest first."""
    listed = rest.list("jobs", listViewType="All", properties=f"aml.project={project}")
    return in_order(translate.run(found) for found in listed if _is_of(found, project))


def everybodys(rest: Rest) -> tuple[LiveRun, ...]:
    """Every run of the workspace that is not archived, whoever made it, oldest first."""
    return in_order(translate.run(found) for found in rest.list("jobs", listViewType="ActiveOnly"))


def in_use(rest: Rest) -> frozenset[str]:
    """The versions that runs which are not over use, as "environment/plain:3"; whoever made them, archived or not."""
    listed = rest.list("jobs", listViewType="All")
    active = (found for found in listed if phase(str(found["properties"].get("status"))) is Phase.ACTIVE)
    return frozenset(name for found in active for name in translate.versions_in(found))


def in_order(found: Iterable[LiveRun]) -> tuple[LiveRun, ...]:
    """Oldest first; among equals by name."""
    return tuple(sorted(found, key=lambda run: (run.created_at, run.name)))


def with_causes(rest: Rest, found: tuple[LiveRun, ...], desired: DesiredState) -> tuple[LiveRun, ...]:
    """The runs; those that failed for what is desired now with the cause, which takes a request each."""
    names = {str(each.key): desired.live_name(each) for each in desired.resources if each.key.kind is Kind.JOB}
    attempts = [run for run in found if run.key in names and attempt_of(names[run.key], run.name)]
    completed = {run.key for run in attempts if phase(run.status) is Phase.COMPLETED}
    asked = {
        run.name
        for run in attempts
        if run.key not in completed and phase(run.status) is Phase.FAILED and not run.superseded
    }
    return tuple(replace(run, cause=_cause(rest, run.name)) if run.name in asked else run for run in found)


def _cause(rest: Rest, name: str) -> Cause:
    found = details(rest, name)
    return cause(found.error_code, found.error) if found else Cause.OTHER


def _is_of(found: dict[str, object], project: str) -> bool:
    # The filter saves pages; that it filters is not relied on.
    properties = found.get("properties")
    own = properties.get("properties") if isinstance(properties, dict) else None
    return bool(own and own.get("aml.project") == project)
