"""A workspace as a team leaves it that never wrote a spec: everything made by a script of the public SDK.

It uses the public SDK alone. What is made runs on an instance that is stopped, so that nothing ever starts.
"""

import os
import sys
from pathlib import Path

from azure.ai.ml import Input, MLClient, Output, command, dsl, load_component
from azure.ai.ml.entities import (
    AmlCompute,
    AzureBlobDatastore,
    BuildContext,
    ComputeInstance,
    Data,
    Environment,
    Model,
)
from azure.ai.ml.sweep import Choice, Uniform
from azure.identity import DefaultAzureCredential

CONDA = {"name": "x", "channels": ["conda-forge"], "dependencies": ["python=3.11", {"pip": ["mlflow-skinny"]}]}


def main(folder: Path) -> None:
    ml = MLClient(
        credential=DefaultAzureCredential(),
        subscription_id=os.environ["SUBSCRIPTION"],
        resource_group_name=os.environ["RESOURCE_GROUP"],
        workspace_name=os.environ["WS_NAME"],
    )
    (folder / "train").mkdir()
    (folder / "train" / "main.py").write_text("print('training')\n")
    (folder / "train" / "lib").mkdir()
    (folder / "train" / "lib" / "util.py").write_text("RATE = 0.1\n")
    (folder / "context").mkdir()
    (folder / "context" / "Dockerfile").write_text("FROM python:3.11\n")
    (folder / "iris.csv").write_text("1,2\n")
    computes(ml)
    assets(ml, folder)
    jobs(ml, folder)


def computes(ml: MLClient) -> None:
    ml.compute.begin_create_or_update(
        AmlCompute(name="cpu-cluster", size="Standard_DS11_v2", max_instances=2, tags={"team": "flowers"})
    ).result()
    ml.compute.begin_create_or_update(
        ComputeInstance(name="ada-box", size="Standard_DS11_v2", idle_time_before_shutdown_minutes=30)
    ).result()
    ml.compute.begin_stop("ada-box").result()


def assets(ml: MLClient, folder: Path) -> None:
    ml.create_or_update(
        AzureBlobDatastore(name="lake", account_name="flowers", container_name="raw", description="What came in.")
    )
    for version, image in (("1", "python:3.10"), ("2", "python:3.11")):
        ml.environments.create_or_update(
            Environment(name="train-env", version=version, image=image, conda_file=CONDA, description="To train in.")
        )
    ml.environments.create_or_update(Environment(name="plain", version="1", image="python:3.11"))
    ml.environments.create_or_update(
        Environment(name="built", version="1", build=BuildContext(path=str(folder / "context")))
    )
    ml.data.create_or_update(Data(name="iris", version="1", type="uri_file", path=str(folder / "iris.csv")))
    ml.data.create_or_update(
        Data(name="far", version="2026-01", type="uri_folder", path="https://example.com/far/", tags={"k": "v"})
    )
    ml.models.create_or_update(
        Model(name="weights", version="1", path=str(folder / "iris.csv"), description="Weights.")
    )
    component = folder / "adder.yml"
    component.write_text(
        """\
name: adder
version: "1"
type: command
inputs:
  a: {type: number, default: 1}
outputs:
  sum: {type: uri_folder}
code: ./train
command: python main.py ${{inputs.a}} ${{outputs.sum}}
environment: azureml:plain:1
"""
    )
    ml.components.create_or_update(load_component(component))


def jobs(ml: MLClient, folder: Path) -> None:
    code = str(folder / "train")
    for name, environment in (("first", "train-env:1"), ("second", "train-env@latest")):
        job = command(
            name=name,
            code=code,
            command="python main.py --rate ${{inputs.rate}} --iris ${{inputs.iris}}",
            inputs={"rate": 0.1, "iris": Input(type="uri_file", path="azureml:iris:1")},
            environment=environment,
            environment_variables={"SEED": "42"},
            compute="ada-box",
            display_name=f"{name} try",
            experiment_name="iris",
            description="Trains.",
        )
        job.set_limits(timeout=3600)
        ml.jobs.create_or_update(job)
    trial = command(
        command="python main.py --rate ${{inputs.rate}} --kind ${{inputs.kind}}",
        code=code,
        inputs={"rate": 0.1, "kind": "a"},
        environment=Environment(image="python:3.11", conda_file=CONDA),
        compute="ada-box",
    )
    sweep = trial(rate=Uniform(0.01, 0.5), kind=Choice(["a", "b"])).sweep(
        sampling_algorithm="random", primary_metric="loss", goal="Minimize", compute="ada-box"
    )
    sweep.name = "search"
    sweep.experiment_name = "iris"
    sweep.set_limits(max_total_trials=4, max_concurrent_trials=2, timeout=7200)
    ml.jobs.create_or_update(sweep)
    ml.jobs.create_or_update(pipeline(ml, code), experiment_name="iris")


def pipeline(ml: MLClient, code: str) -> object:
    adder = ml.components.get("adder", "1")
    show = command(
        command="cat ${{inputs.sum}}/sum.txt",
        code=code,
        inputs={"sum": Input(type="uri_folder")},
        outputs={"seen": Output(type="uri_folder")},
        environment="plain:1",
    )

    @dsl.pipeline(default_compute="ada-box", description="Adds, then shows.")
    def add_and_show(a: float) -> dict[str, object]:
        added = adder(a=a)
        shown = show(sum=added.outputs.sum)
        return {"seen": shown.outputs.seen}

    made = add_and_show(a=4.0)
    made.name = "flow"
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]))
