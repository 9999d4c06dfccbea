"""Pipelines, sweeps, components and models resolved: files written out, references pinned, trees found."""

from collections.abc import Callable

import pytest

from runner.model.digest import blob_id
from runner.model.keys import Kind
from tests.desired.conftest import Specs

PIPELINE = "job/pipeline"
DIGESTS = ("job/pipeline", "job/uses", "component/step", "component/pipeline_component")


def edit(name: str, old: str, new: str) -> Callable[[Specs], object]:
    def change(specs: Specs) -> None:
        path = specs.root / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


def digests(specs: Specs) -> dict[str, str]:
    return {str(each.key): each.digest for each in specs.desired().resources if str(each.key) in DIGESTS}


def test_a_component_file_is_written_out(accepted: Specs) -> None:
    job = accepted.resource("job/uses")
    inner = job.spec["component"]["jobs"]["inner"]
    environment = accepted.resource("environment/env")
    assert inner["component"]["command"] == "python main.py ${{inputs.data}} ${{inputs.rate}} ${{outputs.model}}"
    assert inner["component"]["environment"] == f"azureml:env:{environment.version}"
    code = ("component", "jobs", "inner", "component", "code")
    assert list(job.trees) == [code]
    assert job.trees[code].files["main.py"] == blob_id(b"")
    assert job.files == ("specs/jobs/uses.yml", "specs/parts/flow.yml", "specs/parts/step.yml")
    assert [str(each) for each in job.depends_on] == ["datastore/blob", "environment/env"]


def test_every_node_of_a_pipeline(accepted: Specs) -> None:
    job, step = accepted.resource(PIPELINE), accepted.resource("component/step")
    assert job.spec["jobs"]["by_name"]["component"] == f"azureml:step:{step.version}"
    assert job.spec["jobs"]["of_others"]["component"] == "azureml://registries/azureml/components/x/versions/1"
    assert job.spec["jobs"]["by_file"]["component"] == job.spec["jobs"]["with_prefix"]["component"]
    assert job.spec["jobs"]["in_place"]["component"]["environment"]["conda_file"] == {"dependencies": ["python"]}
    assert sorted(".".join(map(str, place)) for place in job.trees) == [
        "jobs.by_file.component.code",
        "jobs.in_place.component.code",
        "jobs.nested.component.jobs.inner.component.code",
        "jobs.swept.trial.code",
        "jobs.with_prefix.component.code",
        "jobs.written_out.code",
    ]
    assert job.files[0] == "specs/jobs/pipeline.yml"
    assert set(job.files[1:]) == {"specs/parts/step.yml", "specs/parts/flow.yml", "src/conda.yml"}
    assert {str(each) for each in job.depends_on} == {
        "compute/cpu",
        "datastore/blob",
        "environment/env",
        "component/step",
    }
    # What was written stays as it was: only what is sent is another.
    assert next(each for each in accepted.load() if str(each.key) == PIPELINE).value["jobs"]["by_file"][
        "component"
    ] == ("../parts/step.yml")


UNCHANGED: dict[str, Callable[[Specs], object]] = {
    "a comment in a component file": edit("specs/parts/step.yml", "type: command", "# words\ntype: command"),
    "what a component file is called": edit("specs/parts/step.yml", "type: command", "name: other\ntype: command"),
    "its description": edit("specs/parts/step.yml", "type: command", "type: command\ndescription: x\ntags: {a: b}"),
    "the path of a component file": edit(
        "specs/jobs/pipeline.yml", " ../parts/step.yml", " ../../specs/parts/step.yml"
    ),
    "the form of a compute in a node": edit("specs/jobs/pipeline.yml", "compute: azureml:cpu", "compute: cpu"),
    "a datastore's account": edit("specs/datastores/blob.yml", "account_name: acct", "account_name: other"),
}


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED)
def test_what_does_not_decide(accepted: Specs, change: Callable[[Specs], object]) -> None:
    if change is UNCHANGED["the form of a compute in a node"]:
        edit("specs/jobs/pipeline.yml", "default_compute: azureml:cpu", "default_compute: serverless")(accepted)
    before = digests(accepted)
    change(accepted)
    assert digests(accepted) == before


CHANGED: dict[str, tuple[Callable[[Specs], object], set[str]]] = {
    "a component file": (
        edit("specs/parts/step.yml", "python main.py", "python -u main.py"),
        set(DIGESTS) - {DIGESTS[2]},
    ),
    "a component": (
        edit("specs/components/step.yml", "python main.py", "python -u main.py"),
        {*DIGESTS[:1], DIGESTS[2]},
    ),
    "the code of them all": (edit("src/main.py", "", "print()"), set(DIGESTS)),
    "their environment": (edit("specs/environments/env.yml", "image: x", "image: y"), set(DIGESTS)),
    "a conda file in a node": (edit("src/conda.yml", "[python]", "[python=3.11]"), set(DIGESTS)),  # it is code, too
    "an input of a node": (edit("specs/jobs/pipeline.yml", "rate: 0.5", "rate: 0.6"), {PIPELINE}),
    "a limit of a node": (edit("specs/jobs/pipeline.yml", "timeout: 60", "timeout: 61"), {PIPELINE}),
    "the default compute": (
        edit("specs/jobs/pipeline.yml", "default_compute: azureml:cpu", "default_compute: serverless"),
        {PIPELINE},
    ),
}


@pytest.mark.parametrize(("change", "expected"), CHANGED.values(), ids=CHANGED)
def test_what_decides(accepted: Specs, change: Callable[[Specs], object], expected: set[str]) -> None:
    before = digests(accepted)
    change(accepted)
    after = digests(accepted)
    assert {name for name in DIGESTS if after[name] != before[name]} == expected


MODEL_JOB = "command: x\nenvironment: {image: x}\ninputs: {m: {type: mlflow_model, path: 'azureml:m@latest'}}\n"


@pytest.mark.parametrize(
    ("stated", "reference", "pinned"),
    [
        ("", "azureml:m@latest", None),
        ("version: 3\n", "azureml:m@latest", "azureml:m:3"),
        ("version: 3\n", "azureml:m:3", "azureml:m:3"),
    ],
)
def test_a_model_is_pinned_to_its_content_or_its_number(
    specs: Specs, stated: str, reference: str, pinned: str | None
) -> None:
    specs.write({"specs/models/m.yml": f"name: m\n{stated}path: w.bin\n", "specs/models/w.bin": "1"})
    specs.write({"specs/jobs/a.yml": MODEL_JOB.replace("azureml:m@latest", reference)})
    model, job = specs.resource("model/m"), specs.resource("job/a")
    assert job.spec["inputs"]["m"]["path"] == (pinned or f"azureml:m:c{model.digest[:12]}")
    assert job.depends_on == (model.key,)
    assert specs.desired().externals == ()


def test_who_refers_to_what_others_own_and_where(specs: Specs) -> None:
    specs.write({"specs/project.yml": "version: 1\nproject: demo\nexternal: ['*/theirs']\n"})
    flow = "type: pipeline\njobs: {x: {component: ./step.yml}}\n"
    step = "command: x\nenvironment: azureml:theirs:1\n"
    specs.write({"specs/jobs/a.yml": "type: pipeline\njobs: {n: {component: ../parts/flow.yml}}\n"})
    specs.write({"specs/parts/flow.yml": flow, "specs/parts/step.yml": step})
    (found,) = specs.desired().externals
    assert (str(found.reference), str(found.key), str(found.position)) == (
        "environment/theirs:1",
        "job/a",
        "specs/parts/step.yml:2:14",
    )
    assert found.field == ("jobs", "n", "component", "jobs", "x", "component", "environment")


def test_a_datastore_orders_and_is_never_asked_for(specs: Specs) -> None:
    specs.write({"specs/data/a.yml": "name: a\npath: azureml://datastores/blob/paths/x\n"})
    specs.write(
        {"specs/data/b.yml": "name: b\npath: azureml://datastores/workspaceblobstore/paths/x\ndatastore: other\n"}
    )
    assert specs.desired().externals == ()
    specs.write({"specs/datastores/blob.yml": "name: blob\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n"})
    assert [str(each.key) for each in specs.desired().resources] == ["data/b", "datastore/blob", "data/a"]
    assert [str(each) for each in specs.resource("data/a").depends_on] == ["datastore/blob"]


def test_secrets_are_in_no_digest(specs: Specs) -> None:
    blob = "name: blob\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n"
    found = set()
    for kind in ("", "account_key", "sas_token"):
        secret = f"credentials: {{{kind}: '{{{{ env.AML_SECRET_X }}}}'}}\n" if kind else ""
        specs.write({"specs/datastores/blob.yml": blob + secret})
        resource = specs.resource("datastore/blob")
        found.add(resource.digest)
        assert "credentials" not in resource.content
    assert len(found) == 1


def test_a_component_file_may_lie_anywhere_in_the_repository(specs: Specs) -> None:
    specs.write({"specs/jobs/a.yml": "type: pipeline\njobs: {n: {component: ../../lib/step.yml}}\n"})
    specs.write({"lib/step.yml": "command: x\nenvironment: {image: x, conda_file: env/c.yml}\ncode: src\n"})
    specs.write({"lib/src/main.py": "1", "lib/env/c.yml": "dependencies: []\n"})
    job = specs.resource("job/a")
    assert job.files == ("specs/jobs/a.yml", "lib/step.yml", "lib/env/c.yml")
    assert job.trees["jobs", "n", "component", "code"].root == str(specs.root / "lib" / "src")


def test_a_file_that_another_spec_reaches_is_no_resource(accepted: Specs) -> None:
    kinds = [each.key.name for each in accepted.load() if each.key.kind is Kind.COMPONENT]
    assert kinds == ["component", "pipeline_component", "spark_component", "step"]
    more = "type: pipeline\njobs: {n: {component: ../components/pipeline_component.yml, inputs: {d: x}}}\n"
    accepted.write({"specs/jobs/more.yml": more})
    assert [each.key.name for each in accepted.load() if each.key.kind is Kind.COMPONENT] == [kinds[0], *kinds[2:]]
