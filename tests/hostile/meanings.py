"""Specs that read well and mean something that cannot be."""

from collections.abc import Mapping

from tests.hostile.rows import JOB, C, D, E, J, Row, job, one

S = "specs/datastores/s.yml"
CPU, URL = "name: cpu\ntype: amlcompute\n", "path: https://example.com/x\n"
STEP = "type: pipeline\njobs:\n  step:\n    type: pipeline\n    component: "
SAS = "https://x.blob.core.windows.net/c/f?sv=2022-11-02&se=2040-01-01&sp=r&sig=c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlMDA%3D"
TRIGGER = "trigger: {type: recurrence, frequency: day, interval: 1}\ncreate_job: azureml:some-run\n"


def two(folder: str, first: str, second: str) -> Row:
    """Two files of one kind."""
    return Row({f"specs/{folder}/a.yml": first, f"specs/{folder}/b.yml": second})


def node(name: str, after: str) -> str:
    """A node of a pipeline that takes what another one makes."""
    return f"""\
  {name}:
    command: cat ${{{{inputs.from}}}}
    environment: azureml:AzureML-x@latest
    inputs: {{from: "${{{{parent.jobs.{after}.outputs.to}}}}"}}
    outputs: {{to: {{type: uri_folder}}}}
"""


ROWS: Mapping[str, Row] = {
    "names that collide by case": two("data", f"name: iris\n{URL}", f"name: IRIS\n{URL}"),
    "names that collide by Unicode form": two("data", f"name: caf\u00e9\n{URL}", f"name: cafe\u0301\n{URL}"),
    "two specs of one name": two("data", f"name: iris\n{URL}", f"# again\nname: iris\n{URL}"),
    "names too long": job(f"name: {'a' * 231}\n"),
    "names path-like": job("name: ../../etc/passwd\n"),
    "names with newline": job('name: "a\\nb"\n'),
    "names with newline at the end": job('name: "a\\n"\n'),
    "names with RTL override": job('name: "a\\u202eb"\n'),
    "fields with RTL override": job('"a\\u202eb": x\n'),
    "names the service refuses: compute": one(C, "name: my_cpu\ntype: amlcompute\n"),
    "names the service refuses: compute, a number at its end": one(C, "name: cpu-1\ntype: amlcompute\n"),
    "names the service refuses: datastore": one(S, "name: a.b\ntype: azure_blob\naccount_name: a\ncontainer_name: c\n"),
    "names the service refuses: connection": one(
        "specs/connections/c.yml", "name: ab\ntype: git\ntarget: https://example.com/x\n"
    ),
    "names the service refuses: environment": one(E, "name: a/b\nimage: x\n"),
    "names the service refuses: data": one(D, f"name: -d\n{URL}"),
    "names the service refuses: model": one("specs/models/m.yml", f"name: a b\n{URL}"),
    "names the service refuses: component": one("specs/components/c.yml", f"name: A-b\n{JOB}"),
    "names the service refuses: job": job("name: a.b\n"),
    "names the service refuses: schedule": one("specs/schedules/s.yml", f"name: n/n\n{TRIGGER}"),
    "dependency cycle": two("components", f"name: a\n{STEP}azureml:b@latest\n", f"name: b\n{STEP}azureml:a@latest\n"),
    "dependency cycle of files": Row(
        {J: f"{STEP}../parts/a.yml\n", "specs/parts/a.yml": f"{STEP}b.yml\n", "specs/parts/b.yml": f"{STEP}a.yml\n"}
    ),
    "dependency cycle of nodes": one(J, f"type: pipeline\njobs:\n{node('a', 'b')}{node('b', 'a')}"),
    "self-dependency": one("specs/components/c.yml", f"name: c\n{STEP}azureml:c@latest\n"),
    "missing reference": one(J, "command: echo\nenvironment: azureml:nothing@latest\n"),
    "negative node counts": one(C, f"{CPU}min_instances: -1\n"),
    "negative node counts of a job": job("resources: {instance_count: -1}\n"),
    "float node counts": one(C, f"{CPU}max_instances: 1.5\n"),
    "boolean node counts": one(C, f"{CPU}max_instances: true\n"),
    "min over max": one(C, f"{CPU}min_instances: 3\nmax_instances: 2\n"),
    "literal secret": job("environment_variables: {DB_PASSWORD: hunter2}\n", unsaid="hunter2"),
    "literal secret in a description": job("description: the key is AKIAIOSFODNN7EXAMPLQ\n", unsaid="AKIAIOSFODNN7"),
    "SAS URL": job(f"inputs: {{a: {{type: uri_file, path: '{SAS}'}}}}\n", unsaid="sig="),
    "SAS URL in a path that is wrong": job(f"code: '{SAS}'\n", unsaid="c2lnbmF0dXJl"),
}
