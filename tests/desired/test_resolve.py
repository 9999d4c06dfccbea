"""Specs become resources: references pinned, trees read, digests that move when and only when they should."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.model.diagnostics import InvalidSpecsError
from runner.model.digest import blob_id
from runner.model.keys import Kind
from tests.builders import key
from tests.desired.conftest import Specs

FILES: dict[str, str | bytes] = {
    "specs/compute/cpu.yml": "name: cpu\ntype: amlcompute\nsize: Standard_DS11_v2\n",
    "specs/data/iris.yml": "name: iris\ntype: uri_file\npath: iris.csv\n",
    "specs/data/iris.csv": "a,b\n1,2\n",
    "specs/environments/env.yml": "name: env\nimage: mcr.microsoft.com/x:1\nconda_file: conda.yml\n",
    "specs/environments/conda.yml": "dependencies: [python=3.11, lightgbm]\n",
    "specs/jobs/train.yml": (
        "name: train\ncode: ../../src\ncommand: python main.py ${{inputs.iris}}\nenvironment: azureml:env@latest\n"
        "compute: azureml:cpu\ninputs:\n  iris: {type: uri_file, path: 'azureml:iris@latest'}\n  rate: 0.9\n"
    ),
    "src/main.py": "print()\n",
}


@pytest.fixture
def demo(specs: Specs) -> Specs:
    """A job with everything it needs, committed."""
    specs.write(FILES).repo.commit()
    return specs


def digests(specs: Specs) -> dict[str, str]:
    return {str(each.key): each.digest for each in specs.desired().resources}


def edit(name: str, old: str, new: str) -> Callable[[Specs], object]:
    def change(specs: Specs) -> None:
        path = specs.root / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


def test_dependency_order_and_pinned_references(demo: Specs) -> None:
    state = demo.desired()
    assert [str(each.key) for each in state.resources] == ["compute/cpu", "data/iris", "environment/env", "job/train"]
    found = {str(each.key): each for each in state.resources}
    job = found["job/train"]
    assert job.spec["environment"] == f"azureml:env:{found['environment/env'].version}"
    assert job.spec["inputs"]["iris"]["path"] == f"azureml:iris:{found['data/iris'].version}"
    assert job.spec["compute"] == "azureml:cpu"
    assert job.content["compute"] == "cpu"
    assert [str(own) for own in job.depends_on] == ["compute/cpu", "data/iris", "environment/env"]
    assert job.trees["code",].files == {"main.py": blob_id(b"print()\n")}
    assert found["environment/env"].spec["conda_file"] == {"dependencies": ["python=3.11", "lightgbm"]}
    assert state.externals == ()


UNCHANGED: dict[str, Callable[[Specs], object]] = {
    "a comment": edit("specs/jobs/train.yml", "name: train\n", "# more\nname: train  # words\n"),
    "key order": edit("specs/jobs/train.yml", "name: train\ncode: ../../src\n", "code: ../../src\nname: train\n"),
    "a description": edit("specs/jobs/train.yml", "name: train\n", "name: train\ndescription: x\ntags: {a: b}\n"),
    "a timeout": edit("specs/jobs/train.yml", "name: train\n", "name: train\nlimits: {timeout: 60}\n"),
    "the form of a compute": edit("specs/jobs/train.yml", "azureml:cpu", "cpu"),
    "the path of the code": edit("specs/jobs/train.yml", "../../src", "../../src/../src/"),
    "the layout of conda": edit(
        "specs/environments/conda.yml", "[python=3.11, lightgbm]", "\n  - python=3.11  # x\n  - lightgbm"
    ),
    "what git ignores": lambda specs: specs.write({".gitignore": "*.log\n", "src/x.log": "x"}),
    "the compute itself": edit("specs/compute/cpu.yml", "DS11", "NC6"),
}
CHANGED: dict[str, Callable[[Specs], object]] = {
    "a value": edit("specs/jobs/train.yml", "0.9", "0.5"),
    "the command": edit("specs/jobs/train.yml", "main.py", "-u main.py"),
    "a byte of the code": edit("src/main.py", "print()", "print(1)"),
    "a new file": lambda specs: specs.write({"src/new.py": ""}),
    "a file that moves": lambda specs: (specs.root / "src/main.py").rename(specs.root / "src/moved.py"),
    "the data": edit("specs/data/iris.csv", "1,2", "1,3"),
    "the environment": edit("specs/environments/conda.yml", "3.11", "3.12"),
    "the image": edit("specs/environments/env.yml", "x:1", "x:2"),
    "the compute's name": lambda specs: (
        edit("specs/jobs/train.yml", "azureml:cpu", "azureml:gpu")(specs),
        specs.write({"specs/compute/gpu.yml": "name: gpu\ntype: amlcompute\n"}),
    ),
}


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED)
def test_what_does_not_decide_runs_nothing(demo: Specs, change: Callable[[Specs], object]) -> None:
    before = digests(demo)
    change(demo)
    assert digests(demo)["job/train"] == before["job/train"]


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_what_decides_runs(demo: Specs, change: Callable[[Specs], object]) -> None:
    before = digests(demo)
    change(demo)
    assert digests(demo)["job/train"] != before["job/train"]


def test_the_place_on_disk_does_not_count(demo: Specs, tmp_path: Path) -> None:
    before = digests(demo)
    demo.root.rename(tmp_path / "moved")
    demo.repo.root = tmp_path / "moved"
    assert digests(demo) == before


def test_a_renamed_data_file_is_other_data(demo: Specs) -> None:
    before = demo.resource("data/iris").version
    (demo.root / "specs/data/iris.csv").rename(demo.root / "specs/data/flowers.csv")
    edit("specs/data/iris.yml", "iris.csv", "flowers.csv")(demo)
    assert demo.resource("data/iris").version != before


@pytest.mark.parametrize(
    ("stated", "reference", "pinned", "own"),
    [
        ("'3'", "azureml:iris@latest", "azureml:iris:3", True),
        ("'3'", "azureml:iris:3", "azureml:iris:3", True),
        ("3", "azureml:iris", "azureml:iris:3", True),
        ("'3'", "azureml:iris:2", "azureml:iris:2", False),  # an older version, which is there or is not
    ],
)
def test_explicit_versions(demo: Specs, stated: str, reference: str, pinned: str, *, own: bool) -> None:
    edit("specs/data/iris.yml", "name: iris\n", f"name: iris\nversion: {stated}\n")(demo)
    edit("specs/jobs/train.yml", "azureml:iris@latest", reference)(demo)
    state = demo.desired()
    job = state.resources[-1]
    assert job.spec["inputs"]["iris"]["path"] == pinned
    assert (key("data/iris") in job.depends_on) is own
    assert [str(external.reference) for external in state.externals] == ([] if own else ["data/iris:2"])


def test_what_others_own_is_kept_as_written(specs: Specs) -> None:
    environment = "azureml:AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu@latest"
    specs.write({"specs/jobs/a.yml": f"command: x\nenvironment: {environment}\n"})
    state = specs.desired()
    assert state.resources[0].spec["environment"] == environment
    assert [(str(e.reference), str(e.position)) for e in state.externals] == [
        ("environment/AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu@latest", "specs/jobs/a.yml:2:14")
    ]


def test_an_environment_written_out_in_a_job(specs: Specs) -> None:
    specs.write({"specs/jobs/a.yml": "command: x\nenvironment: {image: i, conda_file: conda.yml}\n"})
    specs.write({"specs/jobs/conda.yml": "dependencies: [python]\n"})
    before = specs.desired().resources[0]
    assert before.spec["environment"]["conda_file"] == {"dependencies": ["python"]}
    specs.write({"specs/jobs/conda.yml": "dependencies: [python, pip]\n"})
    assert specs.desired().resources[0].digest != before.digest


def test_a_build_context_is_a_tree(specs: Specs) -> None:
    specs.write({"specs/environments/e.yml": "name: e\nbuild: {path: ../../docker}\n", "docker/Dockerfile": "FROM x\n"})
    assert specs.resource("environment/e").trees["build", "path"].files == {"Dockerfile": blob_id(b"FROM x\n")}


def test_local_data_of_a_job_is_a_tree(specs: Specs) -> None:
    job = "command: x\nenvironment: {image: i}\ninputs:\n  d: {type: uri_folder, path: ../../d}\n"
    specs.write({"specs/jobs/a.yml": job, "d/x": "1"})
    assert specs.resource("job/a").trees["inputs", "d", "path"].files == {"x": blob_id(b"1")}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"specs/environments/conda.yml": "a: [\n"},
            "specs/environments/conda.yml:2:1: error: not YAML: did not find expected node content",
        ),
        (
            {"src/.amlignore": "*\n"},
            "specs/jobs/train.yml:2:7: error: code: {root}/src holds no file that would be sent: all are ignored",
        ),
    ],
)
def test_what_cannot_be_sent_is_said_where_it_is_asked_for(demo: Specs, files: dict[str, Any], message: str) -> None:
    demo.write(files)
    with pytest.raises(InvalidSpecsError) as caught:
        demo.desired()
    assert message.replace("{root}", str(demo.root)) in [str(item) for item in caught.value.diagnostics]


def test_who_and_where(demo: Specs) -> None:
    commit = demo.repo.commit()
    origin = demo.desired().origin
    assert (origin.project, origin.target, origin.commit, origin.ref) == ("demo", "local", commit, "refs/heads/main")


@pytest.mark.parametrize("kind", [Kind.ENVIRONMENT, Kind.DATA])
def test_versions_follow_from_the_content(demo: Specs, kind: Kind) -> None:
    for each in demo.desired().resources:
        if each.key.kind is kind:
            assert each.version == f"c{each.digest[:12]}"
