"""What the project of the year holds: its files, and which of the things that people edit decide what."""

from collections.abc import Mapping
from dataclasses import dataclass

Content = tuple[int, ...]  # the decisive values of a resource: the same content has the same values


@dataclass(frozen=True, slots=True)
class Knobs:
    """All that people edit, as numbers. Of `nodes` and `explained` 0 is: there is no such thing (yet)."""

    rate: int = 10
    depth: int = 10
    shade: int = 10
    limit: int = 10
    trainer: int = 1
    scorer: int = 1
    packages: int = 1
    rows: int = 1
    nodes: int = 1
    words: int = 1  # a description: it decides nothing
    readme: int = 1
    explained: int = 0


# Resource -> the knobs that decide it. An environment decides for the jobs that run in it, and so on.
DECIDES: Mapping[str, tuple[str, ...]] = {
    "compute/cpu": ("nodes",),
    "environment/plain": ("packages",),
    "data/numbers": ("rows",),
    "job/train": ("rate", "trainer", "packages", "rows"),
    "job/tune": ("depth", "trainer", "packages"),
    "job/score": ("shade", "scorer", "packages", "rows"),
    "job/check": ("limit", "scorer", "packages"),
    "job/explain": ("explained", "trainer", "packages"),
}
# Job -> its own number, the folder of its code, whether it reads the data.
_JOBS = {
    "train": ("rate", "trainer", True),
    "tune": ("depth", "trainer", False),
    "score": ("shade", "scorer", True),
    "check": ("limit", "scorer", False),
    "explain": ("explained", "trainer", False),
}
_SCRIPT = """\
# revision {revision}
import json, os, ssl, sys, urllib.request

def log(what, key, value):
    body = {{"run_id": os.environ["MLFLOW_RUN_ID"], "key": key, "value": value, "timestamp": 1}}
    urllib.request.urlopen(urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-" + what,
        json.dumps(body).encode(),
        {{"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}},
    ), context=ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"]))

value = int(sys.argv[1])
log("parameter", "value", str(value))
log("metric", "loss", value + {revision} / 1000)
sys.exit(value % 4 == 3)
"""


def content(knobs: Knobs, address: str) -> Content | None:
    """What decides a resource; None when there is none."""
    found = tuple(getattr(knobs, name) for name in DECIDES[address])
    return found if found[0] else None


def wanted(knobs: Knobs) -> dict[str, Content]:
    """Every resource of the project, with what decides it."""
    return {address: found for address in DECIDES if (found := content(knobs, address))}


def fails(address: str, found: Content) -> bool:
    """Whether a run of this content fails: by its number."""
    return address.startswith("job/") and found[0] % 4 == 3


def loss(found: Content) -> float:
    """The metric that a run of this content logs."""
    return found[0] + found[1] / 1000


def uses(address: str) -> dict[str, str]:
    """What a resource refers to, place by place."""
    job = _JOBS.get(address.removeprefix("job/"))
    reads = {"inputs.numbers.path": "data/numbers"} if job and job[2] else {}
    return {"environment": "environment/plain", **reads} if job else {}


def sources(address: str) -> dict[str, str]:
    """The local files and folders that are sent of it, place by place."""
    job = _JOBS.get(address.removeprefix("job/"))
    return {"code": f"src/{job[1]}"} if job else {"path": "numbers.csv"} if address == "data/numbers" else {}


def spec(address: str) -> str:
    """The file that a resource is in."""
    kind, _, name = address.partition("/")
    return f"specs/{kind if kind in {'compute', 'data'} else f'{kind}s'}/{name}.yml"


def files(knobs: Knobs, project: str) -> dict[str, str]:
    """The whole repository."""
    found = {
        "README.md": f"# Iris\n\nEdition {knobs.readme}\n",
        "specs/project.yml": project,
        "specs/environments/plain.yml": "name: plain\nimage: python:3.11\nconda_file: plain.conda.yml\n",
        "specs/environments/plain.conda.yml": (
            f"name: plain\ndependencies: [python=3.11, {{pip: [idna>=2.{knobs.packages}]}}]\n"
        ),
        "specs/data/numbers.yml": "name: numbers\ntype: uri_file\npath: ../../numbers.csv\n",
        "numbers.csv": f"{knobs.rows}\n",
        "src/trainer/main.py": _SCRIPT.format(revision=knobs.trainer),
        "src/scorer/main.py": _SCRIPT.format(revision=knobs.scorer),
    }
    if knobs.nodes:
        found["specs/compute/cpu.yml"] = (
            f"name: cpu\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: {knobs.nodes}\n"
        )
    return found | {spec(f"job/{name}"): _job(knobs, name) for name in _JOBS if content(knobs, f"job/{name}")}


def _job(knobs: Knobs, name: str) -> str:
    value, code, reads = _JOBS[name]
    data = '  numbers: {type: uri_file, path: "azureml:numbers@latest"}\n' if reads else ""
    words = f"description: Edition {knobs.words}\n" if name == "train" else ""
    return (
        f"{words}command: python main.py ${{{{inputs.value}}}}\ncode: ../../src/{code}\n"
        f"environment: azureml:plain@latest\ninputs:\n  value: {getattr(knobs, value)}\n{data}"
    )
