"""Why a run runs, where its spec is a template: told from what the template gave at the commit of the last run."""

from collections.abc import Mapping

import pytest

from runner.desired import load, resolve, targets
from runner.desired.blame import blame
from runner.model.plan import Action, Reason
from tests.builders import change, plan
from tests.desired.conftest import Specs

PROJECT = "version: 1\nproject: demo\ntargets: {{local: {{values: {{mode: {}}}}}, prod: {{values: {{mode: prod}}}}}}\n"
TEMPLATE = """\
name: train
command: echo
environment: azureml:AzureML-x@latest
{% include "more.j2" %}
"""
MORE = "environment_variables: {MODE: {{ values.mode }}, KEY: {{ env.AML_SECRET_KEY }}}\n"
FILES = {
    "specs/project.yml": PROJECT.format("fast"),
    "specs/jobs/train.yml.j2": TEMPLATE,
    "templates/more.j2": MORE,
}
UNTOLD = Reason("environment_variables.MODE")


def told(specs: Specs, since: str, target: str = "local") -> tuple[Reason, ...]:
    """What is said of a difference of which only the field is known."""
    found = specs.found()
    context = targets.context(found, None, {}, {"x": 1})
    state = resolve.resolve(found, load.load_project(found, context), "local")
    made = plan(change("job/train", Action.RUN, UNTOLD, since=since, since_target=target))
    return blame(made, state, found, context).changes[0].reasons


@pytest.mark.parametrize(
    ("edit", "target", "before"),
    [
        ({"specs/project.yml": PROJECT.format("slow")}, "local", "fast"),
        ({"specs/project.yml": PROJECT.format("slow")}, "prod", "prod"),
        ({"templates/more.j2": MORE.replace("{{ values.mode }}", "slow")}, "local", "fast"),
    ],
)
def test_values_then_and_now(specs: Specs, edit: Mapping[str, str], target: str, before: str) -> None:
    since = specs.write(FILES).repo.commit()
    commit = specs.write(edit).repo.commit()
    assert told(specs, since, target) == (Reason(UNTOLD.field, before, "slow", commit=commit),)


@pytest.mark.parametrize(
    ("edit", "target"),
    [
        ({}, "gone"),
        ({"specs/project.yml": "version: 1\n"}, "local"),
        ({"templates/more.j2": MORE.replace("values.mode", "vars.x | default('y')")}, "local"),
        ({"templates/more.j2": "{{ nope }}"}, "local"),
    ],
)
def test_nothing_is_said_where_it_cannot_be_known(specs: Specs, edit: Mapping[str, str], target: str) -> None:
    since = specs.write({**FILES, **edit}).repo.commit()
    specs.write({**FILES, "specs/project.yml": PROJECT.format("slow")}).repo.commit()
    (reason,) = told(specs, since, target)
    assert (reason.before, reason.after) == (None, None)
