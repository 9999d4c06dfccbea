"""Templates among the specs of a project: what they define, whose files are whose, and what findings say."""

import pytest

from runner.desired import load, targets
from runner.desired.templates.context import Context
from runner.errors import ConfigError
from runner.model.variables import variable
from tests.desired.conftest import Specs
from tests.repositories import Repo

JOB = "command: echo\nenvironment: azureml:AzureML-x@latest\n"
PROJECT = """\
version: 1
project: demo
targets:
  local: {values: {rates: [0.1, 0.5], nodes: two, words: "a: b"}}
  prod: {values: {rates: [0.9], nodes: 2, words: x}}
"""
RENDERED = 'rendered: resources: {instance_count: "two"}'
MATRIX = f"""\
{{% for rate in values.rates %}}
---
name: train-{{{{ loop.index }}}}
{JOB}inputs: {{rate: {{{{ rate }}}}}}
{{% endfor %}}
"""


@pytest.fixture
def project(specs: Specs) -> Specs:
    return specs.write({"specs/project.yml": PROJECT})


def loaded(specs: Specs, target: str | None = None, **variables: object) -> dict[str, object]:
    found = specs.found()
    context = targets.context(found, target, {}, variables)
    return {str(spec.key): spec.value for spec in load.load_project(found, context)}


def problems(specs: Specs, target: str | None = None, **variables: object) -> list[str]:
    with pytest.raises(load.InvalidSpecsError) as caught:
        loaded(specs, target, **variables)
    return [str(each) for each in caught.value.diagnostics]


def test_a_loop_is_a_matrix_of_runs(project: Specs) -> None:
    project.write({"specs/jobs/many.yml.j2": MATRIX, "specs/jobs/one.yaml.j2": JOB})
    assert sorted(loaded(project)) == ["job/one", "job/train-1", "job/train-2"]
    assert sorted(loaded(project, "prod")) == ["job/one", "job/train-1"]


def test_a_value_counts_as_if_it_were_written(project: Specs) -> None:
    project.write({"specs/jobs/a.yml.j2": f"{JOB}inputs: {{rate: {{{{ vars.rate }}}}}}\n"})
    by_template = loaded(project, rate=0.5)["job/a"]
    project.write({"specs/jobs/a.yml.j2": "", "specs/jobs/b.yml": f"{JOB}inputs: {{rate: 0.5}}\n"})
    assert loaded(project) == {"job/b": by_template}


def test_findings_lead_to_the_templates_line(project: Specs) -> None:
    project.write({"templates/size.j2": "# so many\nresources: {instance_count: {{ values.nodes }}}\n"})
    more = "comput: x\n{% include 'size.j2' %}\ntags: {{ values.words }}\n"
    project.write({"specs/jobs/a.yml.j2": JOB + more})
    assert problems(project) == [
        "specs/jobs/a.yml.j2:3:1: error: unknown field 'comput', did you mean 'compute'?",
        "specs/jobs/a.yml.j2:5:1: error: tags: expected a mapping, not 'a: b'; rendered: tags: \"a: b\"",
        f"templates/size.j2:2:1: error: instance_count: expected a whole number, not 'two'; {RENDERED}",
    ]


VARIABLE = f"{JOB}environment_variables: {{A_TOKEN: '{{{{ values.words }}}}'}}"
# template -> how a finding begins, after the file
WRONG = {
    "a: {{ values.words }}: c\n": "1:1: error: not YAML: mapping values are not allowed in this context; rendered: ",
    "a: x{{ values.rates }}\n": "1:1: error: a list cannot stand inside a text: let it stand alone, or as text: ",
    "{{ values.rates }}: 1\n": "1:1: error: a list cannot stand inside a text",
    "{{ values.words }}: 1\n{{ values.words }}: 2\n": "2:1: error: duplicate key 'a: b'; the first is at",
    "a: [\n{{ values.words }}\n": "3:1: error: not YAML: did not find expected ',' or ']'",
    "{{ values.words }}\n": "1:1: error: not a spec: no mapping",
    f"{JOB}description: {{{{ 2 ** 65 }}}}\n": "3:1: error: a number of more than 64 bits",
    f"{VARIABLE}\n": "3:1: error: environment_variables.A_TOKEN: looks like a secret (name)",
    f"{VARIABLE} # aml: not a secret\nx: 1\n": "4:1: error: unknown field 'x'",
    f"{JOB}environment_variables: {{A: 'x {{{{ env.AML_SECRET_A }}}}'}}": "3:1: error: environment_variables.A: only ",
}


@pytest.mark.parametrize(("text", "finding"), WRONG.items())
def test_what_is_wrong(project: Specs, text: str, finding: str) -> None:
    project.write({"specs/jobs/a.yml.j2": text})
    assert any(each.startswith(f"specs/jobs/a.yml.j2:{finding}") for each in problems(project))


def test_no_secret_is_in_a_rendered_line(project: Specs) -> None:
    project.write({"specs/jobs/a.yml.j2": "A_PASSWORD: {{ vars.x }}: y\n"})
    (found,) = problems(project, x="hunter2")
    assert found.endswith("rendered: A_PASSWORD: ***")
    assert "hunter2" not in found


def test_claims(project: Specs) -> None:
    """A template that others reach is theirs, and what a template reaches is its own."""
    project.write({"specs/environments/e.yml.j2": "name: e\nimage: {{ values.words }}\nconda_file: conda.yml\n"})
    project.write({"specs/environments/conda.yml": "dependencies: [python]\n"})
    project.write({"specs/jobs/a.yml": f"{JOB}code: src\n", "specs/jobs/src/x.yml.j2": "{{ nope }}"})
    assert sorted(loaded(project)) == ["environment/e", "job/a"]


def test_dirty_and_digests(project: Specs) -> None:
    project.write({"specs/jobs/a.yml.j2": f"{JOB}{{% include 'more.j2' %}}\n", "templates/more.j2": "tags: {a: b}\n"})
    project.write({"templates/other.j2": "", "specs/jobs/none.yml.j2": "{# nothing #}\n"})
    project.repo.commit()
    first = project.desired()
    assert not first.origin.dirty
    assert first.resources[0].files == ("specs/jobs/a.yml.j2", "templates/more.j2")
    project.write({"templates/other.j2": "x"})
    assert not project.desired().origin.dirty
    project.write({"specs/jobs/none.yml.j2": ""})
    assert project.desired().origin.dirty
    project.repo.commit()
    project.write({"templates/more.j2": "inputs: {a: 1}\n"})
    changed = project.desired()
    assert changed.origin.dirty
    assert changed.resources[0].digest != first.resources[0].digest


def test_a_file_by_itself(folder: Repo) -> None:
    path = folder.write("jobs/a.yml.j2", f"{JOB}inputs: {{x: {{{{ vars.x }}}}, y: {{{{ target }}}}}}\n")
    (spec,) = load.load_files([path], folder.root, Context(vars={"x": 1})).specs
    assert spec.value["inputs"] == {"x": 1, "y": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=3", ("a", 3)),
        ("a=-0.5", ("a", -0.5)),
        ("a=true", ("a", True)),
        ("a=1.10", ("a", "1.10")),
        ("a=007", ("a", "007")),
        ("a=1e5", ("a", "1e5")),
        ("a=inf", ("a", "inf")),
        ("a=nan", ("a", "nan")),
        ("a=1_0", ("a", "1_0")),
        ("a=", ("a", "")),
        ("a=b=c", ("a", "b=c")),
        ("a=x\ny: 1", ("a", "x\ny: 1")),
        ("a=yes", ("a", "yes")),
        ("a=" + "9" * 5_000, ("a", "9" * 5_000)),
    ],
)
def test_variables(text: str, expected: tuple[str, object]) -> None:
    name, value = variable(text)
    assert (name, value, type(value)) == (*expected, type(expected[1]))


@pytest.mark.parametrize("text", ["a", "=1", "a-b=1", "1a=1", "a b=1", ""])
def test_what_is_no_variable(text: str) -> None:
    with pytest.raises(ConfigError, match="is no variable: write NAME=VALUE"):
        variable(text)


@pytest.mark.parametrize("number", ["7", "9" * 30])
def test_a_number_that_somebody_spelled_out_is_text(project: Specs, number: str) -> None:
    forged = f'"\\uE000{number}\\uE001"'
    project.write({"specs/jobs/forged.yml.j2": f"description: {forged}\ncommand: x\nenvironment: {{image: x}}\n"})
    (found,) = loaded(project).values()
    assert isinstance(found, dict)
    assert found["description"] == f"\ue000{number}\ue001"
