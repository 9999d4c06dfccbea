"""The comparison itself, over small folders of our own."""

from pathlib import Path

import pytest

from tests.corpus.__main__ import main
from tests.corpus.choosing import choose

pytestmark = pytest.mark.filterwarnings("ignore")  # the SDK's

SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest"
FOLDER = {
    "job.yml": f"{SCHEMA}/commandJob.schema.json\ncommand: echo\nenvironment: azureml:e@latest\n",
    "by_type.yaml": "type: uri_file\nname: d\npath: gone.csv\n",
    "broken.yml": f"{SCHEMA}/data.schema.json\nname: {{{{ x }}}}\n",
    "wrong.yml": f"{SCHEMA}/schedule.schema.json\nname: s\n",
    "endpoint.yml": f"{SCHEMA}/batchEndpoint.schema.json\nname: b\n",
    "conda.yml": "dependencies: [python]\n",
    "template.yml": "type: amlcompute\nname: <your-name>\n",
    ".github/workflow.yml": "type: command\n",
    "notes.txt": "type: command\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FOLDER.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_what_is_compared(folder: Path) -> None:
    found = {each.path.name: str(each.kind or each.why) for each in choose(folder)}
    assert found == {
        "broken.yml": "data",
        "by_type.yaml": "data",
        "conda.yml": "neither $schema nor type",
        "endpoint.yml": "$schema: batchEndpoint.schema.json",
        "job.yml": "job",
        "template.yml": "compute",
        "wrong.yml": "schedule",
    }


def test_both_refuse_and_accept_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(folder) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "5 of 5 agree: 100.00 %"


def test_a_difference_is_told_with_its_reason(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "main.py").write_text("")
    (folder / "file.yml").write_text(FOLDER["job.yml"] + "code: main.py\n", "utf-8")
    assert main(folder) == 1
    out = capsys.readouterr().out
    assert "1 x refused here: code: 'main.py' is no folder\n    file.yml\n" in out
    assert out.endswith("5 of 6 agree: 83.33 %\n")
