"""Bad specs: every problem at once, where it is, exit 1, and nothing sent."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Repo

pytestmark = pytest.mark.e2e

BAD = {
    "specs/compute/wrong-type.yml": "name: gpu\ntype: amlcompute\nmax_instances: many\n",
    "specs/data/duplicate.yml": "name: a\nname: b\npath: .\n",
    "specs/data/missing.yml": "name: gone\ntype: uri_file\npath: gone.csv\n",
    "specs/data/not-yaml.yml": "name: [\n",
    "specs/jobs/empty.yml": "",
    "specs/jobs/unknown.yml": "command: echo\nenvironmnt: azureml:e@latest\n",
    "specs/jobs/undefined.yml": "command: echo\nenvironment: azureml:nothing@latest\n",
}
EXPECTED = """\
specs/compute/wrong-type.yml:3:16: error: max_instances: expected a whole number, not 'many'
specs/data/duplicate.yml:2:1: error: duplicate key 'name'; the first is at specs/data/duplicate.yml:1:1
specs/data/missing.yml:3:7: error: path: 'gone.csv' does not exist
specs/data/not-yaml.yml:2:1: error: not YAML: did not find expected node content
specs/jobs/empty.yml:1:1: error: is empty: no resource in it
specs/jobs/undefined.yml:2:14: error: environment: no spec defines environment/nothing; define it, \
or list it under external: in specs/project.yml if others own it
specs/jobs/unknown.yml:1:1: error: missing field 'environment'
specs/jobs/unknown.yml:2:1: error: unknown field 'environmnt', did you mean 'environment'?
error: 8 errors in the specs; nothing was sent
"""


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--auto-approve"), ("status",)])
def test_every_problem_at_once(repo: Repo, command: tuple[str, ...]) -> None:
    for name, text in BAD.items():
        repo.write(name, text)
    done = repo.aml(*command, code=1)
    assert done.out == ""
    assert done.err == EXPECTED


def test_nothing_is_started_for_bad_specs(repo: Repo, tmp_path: Path) -> None:
    repo.write("specs/jobs/empty.yml", "")
    repo.variables = repo.variables | {"AML_STATE_DIR": str(tmp_path / "untouched")}
    repo.aml("apply", "--auto-approve", code=1)
    assert not (tmp_path / "untouched").exists()
