"""The script every Azure ML user has written once: cluster, environments, a training job, its log, its results.

It uses the public SDK alone and knows nothing of the embedded workspace.
"""

import os
import sys
from pathlib import Path

from azure.ai.ml import Input, MLClient, command
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import AmlCompute
from azure.identity import DefaultAzureCredential

SPECS = Path(__file__).resolve().parents[2] / "specs"


def main(download_path: str) -> None:
    ml_client = MLClient(
        credential=DefaultAzureCredential(),
        subscription_id=os.environ["SUBSCRIPTION"],
        resource_group_name=os.environ["RESOURCE_GROUP"],
        workspace_name=os.environ["WS_NAME"],
    )

    ws = ml_client.workspaces.get(os.environ["WS_NAME"])
    print(ws.location, ":", ws.resource_group)

    cluster = AmlCompute(
        name="cpu-cluster",
        type="amlcompute",
        size="STANDARD_DS11_V2",
        min_instances=0,
        max_instances=4,
        idle_time_before_scale_down=120,
    )
    cluster = ml_client.compute.begin_create_or_update(cluster).result()
    print(f"AMLCompute with name {cluster.name} is created, the compute size is {cluster.size}")

    for env in ml_client.environments.list():
        print(env.name)

    job = command(
        code=str(SPECS / "jobs" / "src"),
        command=(
            "python main.py --iris-csv ${{inputs.iris_csv}} --learning-rate ${{inputs.learning_rate}} "
            "--boosting ${{inputs.boosting}}"
        ),
        inputs={
            "iris_csv": Input(type=AssetTypes.URI_FILE, path=str(SPECS / "data" / "iris.csv")),
            "learning_rate": 0.9,
            "boosting": "gbdt",
        },
        environment="AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu@latest",
        compute="cpu-cluster",
        display_name="lightgbm-iris-example",
        description="Trains a LightGBM classifier on the iris data.",
        experiment_name="lightgbm-iris",
    )
    returned_job = ml_client.jobs.create_or_update(job)
    print("submitted", returned_job.name)

    ml_client.jobs.stream(returned_job.name)
    print("status", ml_client.jobs.get(returned_job.name).status)
    ml_client.jobs.download(returned_job.name, download_path=download_path, all=True)


if __name__ == "__main__":
    main(sys.argv[1])
