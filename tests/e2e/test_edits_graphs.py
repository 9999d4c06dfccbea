"""Edits of sweeps, pipelines and the components that they are made of."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.conftest import Repo
from tests.e2e.edits import (
    ENVIRONMENT,
    Change,
    Desk,
    Edit,
    append,
    check,
    committed,
    desk,
    git,
    remove,
    replace,
    several,
)

# Slow together with the other tables, which hold every kind of change too. The warnings are the SDK's own.
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SWEEP, PIPE = "specs/jobs/hunt.yml", "specs/jobs/pipe.yml"
ADDER, SHOW = "specs/components/adder.yml", "specs/jobs/steps/show.yml"
SWEEPS = {
    "specs/jobs/one.yml": "",
    SWEEP: """\
type: sweep
trial:
  command: python main.py --rate ${{search_space.rate}}
  code: ../../src
  environment: azureml:plain@latest
  environment_variables: {MODE: fast}
compute: azureml:parked
search_space:
  rate: {type: choice, values: [0.1, 0.2]}
sampling_algorithm: grid
objective: {primary_metric: score, goal: maximize}
limits: {max_total_trials: 4, max_concurrent_trials: 2, timeout: 600}
""",
}
PIPE_SPEC = """\
type: pipeline
settings:
  default_compute: azureml:parked
inputs:
  a: 4
jobs:
"""
# One node each: to submit a pipeline takes the SDK long enough.
INLINE = {
    "specs/jobs/one.yml": "",
    PIPE: PIPE_SPEC
    + """\
  end:
    command: python main.py --rate ${{inputs.rate}}
    code: ../../src
    environment: azureml:plain@latest
    inputs: {rate: "${{parent.inputs.a}}"}
    limits: {timeout: 60}
""",
}
BY_FILE = {
    "specs/jobs/one.yml": "",
    PIPE: PIPE_SPEC
    + """\
  show:
    component: steps/show.yml
    inputs: {a: "${{parent.inputs.a}}"}
""",
    SHOW: """\
name: show
version: 1
type: command
inputs:
  a: {type: number}
code: ../../../show
command: python show.py ${{inputs.a}}
environment: azureml:plain@latest
""",
    "show/show.py": "print('showing')\n",
}
BY_NAME = {
    "specs/jobs/one.yml": "",
    PIPE: PIPE_SPEC
    + """\
  add:
    component: azureml:adder@latest
    inputs: {a: "${{parent.inputs.a}}"}
""",
    ADDER: """\
name: adder
type: command
display_name: Adder
inputs:
  a: {type: number}
code: ../../add
command: python add.py ${{inputs.a}}
environment: azureml:plain@latest
""",
    "add/add.py": "print('{project}')\n",  # versions made from content are shared by projects
}
WRITTEN_OUT = """\
    component:
      type: command
      inputs:
        a: {type: number}
      code: ../../show
      command: python show.py ${{inputs.a}}
      environment: azureml:plain@latest
"""

NODE = "{'component': {'type': 'command', 'inputs': {'a': {'type'..."  # as long as a line should be


def sweep(change: Change, *reasons: str) -> Edit:
    """An edit of a sweep, which runs again for these reasons."""
    return Edit(change, ("; ".join(["> job/hunt", *reasons]),) if reasons else (), SWEEPS)


def pipe(files: Mapping[str, str], change: Change, *reasons: str) -> Edit:
    """An edit of a pipeline, which runs again for these reasons."""
    return Edit(change, ("; ".join(["> job/pipe", *reasons]),) if reasons else (), files)


SWEEP_ROWS = {
    "search space": sweep(
        replace(SWEEP, "[0.1, 0.2]", "[0.1, 0.3]"), "search_space.rate.values: [0.1, 0.2] -> [0.1, 0.3]"
    ),
    "one more thing to search": sweep(
        replace(SWEEP, "sampling", "  depth: {type: choice, values: [1, 2]}\nsampling"),
        "search_space.depth.type: (none) -> choice; search_space.depth.values: (none) -> [1, 2]",
    ),
    "how values are drawn": sweep(replace(SWEEP, "grid", "random"), "sampling_algorithm: grid -> random"),
    "the goal": sweep(replace(SWEEP, "maximize", "minimize"), "objective.goal: maximize -> minimize"),
    "trials in total": sweep(
        replace(SWEEP, "max_total_trials: 4", "max_total_trials: 8"), "limits.max_total_trials: 4 -> 8"
    ),
    "trials at once": sweep(
        replace(SWEEP, "max_concurrent_trials: 2", "max_concurrent_trials: 1"), "limits.max_concurrent_trials: 2 -> 1"
    ),
    "the timeout of a sweep": sweep(replace(SWEEP, "timeout: 600", "timeout: 900"), "limits.timeout: 600 -> 900"),
    "early termination": sweep(
        append(SWEEP, "early_termination: {type: bandit, slack_factor: 0.2}\n"),
        "early_termination.slack_factor: (none) -> 0.2; early_termination.type: (none) -> bandit",
    ),
    "the command of trials": sweep(
        replace(SWEEP, "python main", "python -u main"),
        "trial.command: python main.py --rate ${{search_space.rate}}"
        " -> python -u main.py --rate ${{search_space.rate}}",
    ),
    "the code of trials": sweep(append("src/main.py", "#"), "trial: main.py changed"),
    "a variable of trials": sweep(
        replace(SWEEP, "MODE: fast", "MODE: slow"), "trial.environment_variables.MODE: fast -> slow"
    ),
    "description of a sweep": sweep(append(SWEEP, "description: Hunts\n")),
    "tags of a sweep": sweep(append(SWEEP, "tags: {team: red}\n")),
    "queue of a sweep": sweep(append(SWEEP, "queue_settings: {job_tier: standard}\n")),
    "the order of the search space": sweep(
        replace(SWEEP, "{type: choice, values: [0.1, 0.2]}", "{values: [0.1, 0.2], type: choice}")
    ),
}
PIPE_ROWS = {
    "an input of a pipeline": pipe(INLINE, replace(PIPE, "a: 4", "a: 5"), "inputs.a: 4 -> 5"),
    "an input of a node": pipe(
        INLINE, replace(PIPE, '"${{parent.inputs.a}}"', "7"), "jobs.end.inputs.rate: ${{parent.inputs.a}} -> 7"
    ),
    "the command of a node": pipe(
        INLINE,
        replace(PIPE, "python main", "python -u main"),
        "jobs.end.command: python main.py --rate ${{inputs.rate}} -> python -u main.py --rate ${{inputs.rate}}",
    ),
    "the code of a node": pipe(INLINE, append("src/main.py", "#"), "jobs.end: main.py changed"),
    "the timeout of a node": pipe(
        INLINE, replace(PIPE, "timeout: 60", "timeout: 90"), "jobs.end.limits.timeout: 60 -> 90"
    ),
    "the display name of a node": pipe(INLINE, append(PIPE, "    display_name: End\n")),
    "the description of a node": pipe(INLINE, append(PIPE, "    description: Ends\n")),
    "one more node": pipe(
        INLINE,
        append(PIPE, "  more:\n    command: echo\n    environment: azureml:plain@latest\n"),
        "jobs.more.command: (none) -> echo; jobs.more.environment: (none) -> azureml:plain@latest",
    ),
    "settings": pipe(
        INLINE,
        replace(PIPE, "settings:\n", "settings:\n  continue_on_step_failure: true\n"),
        "settings.continue_on_step_failure: (none) -> true",
    ),
    "description of a pipeline": pipe(INLINE, append(PIPE, "description: Adds\n")),
    "experiment of a pipeline": pipe(INLINE, append(PIPE, "experiment_name: sums\n")),
    "the name of a node": pipe(
        BY_FILE,
        replace(PIPE, "  show:", "  tell:"),
        f"jobs.show: {NODE} -> (none)",
        f"jobs.tell: (none) -> {NODE}",
    ),
    "the command of a component file": pipe(
        BY_FILE,
        replace(SHOW, "python show", "python -u show"),
        "jobs.show.component.command: python show.py ${{inputs.a}} -> python -u show.py ${{inputs.a}}",
    ),
    "the command of a component file, committed": pipe(
        BY_FILE,
        committed(replace(SHOW, "python show", "python -u show")),
        "jobs.show.component.command: python show.py ${{inputs.a}} -> python -u show.py ${{inputs.a}} (HEAD)",
    ),
    "the code of a component file": pipe(BY_FILE, append("show/show.py", "#"), "jobs.show: show.py changed"),
    "the version of a component file": pipe(BY_FILE, replace(SHOW, "version: 1", "version: 2")),
    "the name of a component file's component": pipe(BY_FILE, replace(SHOW, "name: show", "name: reveal")),
    "a comment in a component file": pipe(BY_FILE, append(SHOW, "# shows\n")),
    "another name of a component file": pipe(
        BY_FILE,
        several(git("mv", SHOW, "specs/jobs/steps/reveal.yml"), replace(PIPE, "steps/show", "steps/reveal")),
    ),
    "a component file that is written out": pipe(
        BY_FILE, several(remove(SHOW), replace(PIPE, "    component: steps/show.yml\n", WRITTEN_OUT))
    ),
    "the command of a component": Edit(
        replace(ADDER, "python add", "python -u add"),
        ("+ component/adder", f"> job/pipe; jobs.add.component: {ADDER} changed"),
        BY_NAME,
    ),
    "the code of a component, committed": Edit(
        committed(append("add/add.py", "#")),
        ("+ component/adder", "> job/pipe; jobs.add.component: add/add.py changed (HEAD)"),
        BY_NAME,
    ),
    "the display name of a component": Edit(replace(ADDER, "Adder", "Sums"), files=BY_NAME),
    "description of a component": Edit(
        append(ADDER, "description: Adds\n"), ("~ component/adder; description: (none) -> Adds",), BY_NAME
    ),
    "tags of a component": Edit(
        append(ADDER, "tags: {team: red}\n"), ("~ component/adder; tags.team: (none) -> red",), BY_NAME
    ),
    "the environment of a component": Edit(
        replace(ENVIRONMENT, ":3.11", ":3.12"),
        ("+ environment/plain", "+ component/adder", f"> job/pipe; jobs.add.component: {ENVIRONMENT} changed"),
        {**BY_NAME, ENVIRONMENT: "name: plain\nimage: acme/{project}:3.11\n"},
    ),
    "the environment of a node": Edit(
        replace(ENVIRONMENT, ":3.11", ":3.12"),
        ("+ environment/plain", f"> job/pipe; jobs.end.environment: {ENVIRONMENT} changed"),
        {**INLINE, ENVIRONMENT: "name: plain\nimage: acme/{project}:3.11\n"},
    ),
    "the environment of trials": Edit(
        replace(ENVIRONMENT, ":3.11", ":3.12"),
        ("+ environment/plain", f"> job/hunt; trial.environment: {ENVIRONMENT} changed"),
        {**SWEEPS, ENVIRONMENT: "name: plain\nimage: acme/{project}:3.11\n"},
    ),
}
TABLE = {**SWEEP_ROWS, **PIPE_ROWS}


@pytest.fixture(scope="module")
def at(state: dict[str, str]) -> Iterator[Desk]:
    with desk(state) as made:
        yield made


@pytest.mark.parametrize("name", TABLE)
def test_edit(name: str, tmp_path: Path, at: Desk, state: dict[str, str]) -> None:
    check(TABLE[name], Repo(tmp_path / "repo", state), at)
