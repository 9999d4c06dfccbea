"""What goes out for each change, and what becomes of it when the service does not say."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.apply.secrets import Secrets
from runner.apply.send import Look, Sender
from runner.apply.staging import Staging, staging
from runner.azureml.filling import NONE
from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.git import tree
from runner.git.repository import Repository
from runner.model import identity
from runner.model.diagnostics import Position
from runner.model.keys import Key, Kind
from runner.model.live import LiveState
from runner.model.plan import Action, Plan, Result
from runner.model.resource import FieldPath, Resource
from runner.model.rules import Settings
from runner.model.runs import SUPERSEDED
from runner.model.secrets import Need
from runner.plan.planner import make_plan
from tests.apply.recorder import Recorder
from tests.builders import ORIGIN, desired, present, resource, run_of
from tests.loopback import Answer, Service
from tests.repositories import Repo

CPU = resource("compute/cpu", {"type": "amlcompute"})
KEY = {"account_key": "{{ env.AML_SECRET_KEY }}"}
NEEDS: dict[FieldPath, Need] = {("credentials", "account_key"): Need("AML_SECRET_KEY", Position("x"))}
LAKE = resource("datastore/lake", {"type": "azure_blob", "credentials": KEY}, needs=NEEDS)
DATA = resource("data/iris", {"path": "https://example.com", "tags": {"own": "tag"}})
FIXED = resource("environment/fixed", {"image": "x:1", "version": 3})
MODEL = resource("model/iris", {"path": "https://example.com/m"})
JOB = resource()


class Sending:
    """A plan and what it takes to send it."""

    def __init__(
        self, rest: Rest, folder: Path, *resources: Resource, found: LiveState | None = None, left: Iterable[Key] = ()
    ) -> None:
        self.state = desired(*resources)
        self.plan: Plan = make_plan(self.state, found or LiveState(), left=dict.fromkeys(left, Settings()))
        self.writer = Recorder()
        self.look: Look = lambda _: ()
        self.faster = ""
        self.rest, self.staging = rest, Staging(folder, folder)

    def send(self) -> list[Result]:
        secrets, faster = Secrets({"AML_SECRET_KEY": "s3cret"}), self.faster
        send = Sender(self.plan, self.state, self.writer, self.rest, self.staging, secrets, self.look, lambda _: faster)
        return [send(change) for change in self.plan.pending]


def test_everything_carries_its_name_its_version_and_where_it_comes_from(rest: Rest, tmp_path: Path) -> None:
    sending = Sending(rest, tmp_path, CPU, LAKE, DATA, FIXED, MODEL, JOB)
    assert [each.status for each in sending.send()] == ["done"] * 6
    cpu, lake, data, fixed, model, job = sending.writer.written
    assert (cpu["name"], cpu["tags"]) == ("cpu", identity.tags(ORIGIN, CPU))
    assert (lake["name"], lake["credentials"]) == ("lake", KEY)
    assert lake["secrets"] == {("credentials", "account_key"): "s3cret"}
    assert (data["name"], data["version"]) == ("iris", DATA.version)
    assert data["tags"] == {"own": "tag", **identity.tags(ORIGIN, DATA)}
    assert (fixed["name"], fixed["version"]) == ("fixed", "3")
    assert (model["name"], model["version"], model["tags"]) == ("iris", "1", identity.tags(ORIGIN, MODEL))
    assert (job["name"], job["display_name"], job["experiment_name"]) == (run_of(JOB).name, "train", "train")
    assert job["properties"] == run_of(JOB).properties
    assert job["tags"] == ORIGIN.tags(JOB)
    assert all("properties" not in each for each in (cpu, lake, data, fixed, model))


def test_an_error_that_echoes_a_secret_does_not_show_it(rest: Rest, tmp_path: Path) -> None:
    class Echo(Recorder):
        def put(
            self, kind: Kind, spec: Mapping[str, Any], folder: Path, secrets: Mapping[FieldPath, str] = NONE
        ) -> None:
            super().put(kind, spec, folder, secrets)
            raise ServiceError(f"key {secrets['credentials', 'account_key']} (czNjcmV0) is no key")

    sending = Sending(rest, tmp_path, LAKE)
    sending.writer = Echo()
    assert [each.error for each in sending.send()] == ["key *** (***) is no key"]


def test_a_jobs_own_names_and_properties_stay(rest: Rest, tmp_path: Path) -> None:
    named = {"display_name": "My run", "experiment_name": "", "properties": {"own": "x"}, "name": "train"}
    job = resource(spec={**JOB.spec, **named})
    sending = Sending(rest, tmp_path, job)
    sending.send()
    sent = sending.writer.written[0]
    assert (sent["display_name"], sent["experiment_name"], sent["name"]) == ("My run", "train", run_of(job).name)
    assert sent["properties"] == {"own": "x", **run_of(job).properties}


def test_a_model_is_referred_to_by_the_number_it_gets(rest: Rest, tmp_path: Path) -> None:
    by_content = f"azureml:iris:{MODEL.version}"
    inputs = {"model": {"type": "custom_model", "path": by_content}, "text": "untouched"}
    steps = {"a": {"inputs": {"deep": {"path": by_content}}, "list": [by_content, 1]}}
    job = resource("job/score", {"command": "x", "inputs": inputs, "jobs": steps}, depends_on=["model/iris"])
    other = resource(MODEL.key.kind + "/iris", {"path": "https://example.com/other"})
    for found, number in ((LiveState(), "1"), (LiveState(assets={(MODEL.key, "4"): present(other)}), "5")):
        sending = Sending(rest, tmp_path, MODEL, job, found=found)
        sending.send()
        sent = sending.writer.written[1]
        assert sent["inputs"] == {
            "model": {"type": "custom_model", "path": f"azureml:iris:{number}"},
            "text": "untouched",
        }
        assert sent["jobs"] == {
            "a": {"inputs": {"deep": {"path": f"azureml:iris:{number}"}}, "list": [f"azureml:iris:{number}", 1]}
        }
        assert sent["properties"]["aml.digest"] == job.digest  # by content: the same under every number


def test_a_model_that_needs_nothing_is_referred_to_by_its_number(rest: Rest, tmp_path: Path) -> None:
    job = resource("job/score", {"command": "x", "inputs": {"m": {"path": f"azureml:iris:{MODEL.version}"}}})
    sending = Sending(rest, tmp_path, MODEL, job, found=LiveState(assets={(MODEL.key, "7"): present(MODEL)}))
    sending.send()
    assert [each["inputs"]["m"]["path"] for each in sending.writer.written] == ["azureml:iris:7"]


def test_a_model_that_left_the_repository_is_archived(rest: Rest, tmp_path: Path) -> None:
    found = LiveState(assets={(MODEL.key, "7"): present(MODEL)})
    sending = Sending(rest, tmp_path, CPU, found=found, left=[MODEL.key])
    assert [each.status for each in sending.send()] == ["done", "done"]
    assert sending.writer.calls == ["put compute cpu", "archive model iris:7"]


def test_an_archived_version_is_restored_and_nothing_is_uploaded(rest: Rest, tmp_path: Path) -> None:
    found = LiveState(assets={(FIXED.key, "3"): present(FIXED, archived=True)})
    sending = Sending(rest, tmp_path, FIXED, found=found)
    assert [each.status for each in sending.send()] == ["done"]
    assert sending.writer.calls == ["describe environment fixed:3"]


def test_what_is_left_to_others_is_sent_as_they_left_it(rest: Rest, tmp_path: Path) -> None:
    spec = {"type": "amlcompute", "description": "Ours.", "max_instances": 4}
    wanted = resource("compute/cpu", spec, settings=Settings(ignore_changes=("description",)))
    found = LiveState(computes={"cpu": present(wanted, description="", max_instances=2, location="here")})
    sending = Sending(rest, tmp_path, wanted, found=found)
    sending.send()
    sent = sending.writer.written[0]
    assert {field: sent.get(field) for field in ("description", "max_instances", "location")} == {
        "description": None,
        "max_instances": 4,
        "location": "here",
    }


@pytest.mark.parametrize("theirs", ["Theirs.", ""])
def test_a_versions_description_that_is_left_to_others_is_repeated(rest: Rest, tmp_path: Path, theirs: str) -> None:
    spec = {**DATA.spec, "description": "Ours.", "tags": {"own": "new"}}
    wanted = resource("data/iris", spec, settings=Settings(ignore_changes=("description",)))
    there = present(wanted, description=theirs, tags={"own": "tag"})
    sending = Sending(rest, tmp_path, wanted, found=LiveState(assets={(wanted.key, wanted.version): there}))
    sending.send()
    assert [each["description"] for each in sending.writer.written] == [theirs]


def test_what_others_were_faster_with_is_left_to_them(rest: Rest, tmp_path: Path) -> None:
    sending = Sending(rest, tmp_path, CPU)
    sending.faster = "belongs to project 'wine'"
    result = sending.send()[0]
    assert (result.status, sending.writer.calls) == ("failed", [])
    assert result.error == ("compute/cpu has changed since the plan was made: it belongs to project 'wine'; plan again")


def test_what_gives_way_does_so_first(rest: Rest, tmp_path: Path) -> None:
    wanted = resource(settings=Settings(cancel_superseded=True))
    older = run_of(resource(spec={**JOB.spec, "compute": "gpu"}), "Running")
    sending = Sending(rest, tmp_path, wanted, found=LiveState(runs=(older,)))
    sending.send()
    new = run_of(wanted).name
    assert sending.writer.calls == [f"supersede {older.name} by {new}", f"put job {new}"]


def test_what_cannot_give_way_holds_back_the_new_run(rest: Rest, tmp_path: Path) -> None:
    wanted = resource(settings=Settings(cancel_superseded=True))
    older = run_of(resource(spec={**JOB.spec, "compute": "gpu"}), "Running")
    sending = Sending(rest, tmp_path, wanted, found=LiveState(runs=(older,)))
    sending.writer.refused = "supersede"
    result = sending.send()[0]
    assert (result.status, sending.writer.written) == ("failed", [])
    assert result.error.startswith("supersede train-")


def recorded(own: Resource, digest: str | None = None) -> dict[str, Any]:
    """What the service returns of a resource of ours."""
    tags = {**ORIGIN.tags(own), **({"aml.digest": digest} if digest else {})}
    if own.key.kind == "compute":
        return {"tags": tags, "properties": {"provisioningState": "Succeeded"}}
    return {"properties": {"properties" if own.key.kind == "job" else "tags": tags}}


DATA_PLACE = f"data/iris/versions/{DATA.version}"
PLACES = [
    (CPU, "computes/cpu"),
    (LAKE, "datastores/lake"),
    (DATA, DATA_PLACE),
    (FIXED, "environments/fixed/versions/3"),
    (MODEL, "models/iris/versions/1"),
    (resource("component/score", {"command": "x", "version": "2"}), "components/score/versions/2"),
    (JOB, f"jobs/{run_of(JOB).name}"),
]
REFUSED = Answer({"error": {"code": "Denied", "message": "No."}}, 403)


@pytest.mark.parametrize(("own", "place"), PLACES, ids=[place for _, place in PLACES])
@pytest.mark.parametrize(
    ("there", "status"),
    [("ours", "done"), ("other", "failed"), ("nothing", "failed"), ("unreadable", "unknown")],
)
def test_after_an_error_the_workspace_is_asked(
    service: Service, rest: Rest, tmp_path: Path, own: Resource, place: str, there: str, status: str
) -> None:
    answers = {"ours": Answer(recorded(own)), "other": Answer(recorded(own, "0" * 64)), "unreadable": REFUSED}
    if there in answers:
        service.on(place, answers[there])
    sending = Sending(rest, tmp_path, own)
    sending.writer.refused = "put"
    result = sending.send()[0]
    assert result.status == status
    assert service.paths() == [place]
    assert ("no quota" in result.error) == (status != "done")
    assert ("could not be read" in result.error) == (status == "unknown")


@pytest.mark.parametrize("state", ["Creating", "Failed", "Deleting"])
def test_a_compute_that_did_not_come_up_is_no_success(service: Service, rest: Rest, tmp_path: Path, state: str) -> None:
    service.on("computes/cpu", Answer({**recorded(CPU), "properties": {"provisioningState": state}}))
    sending = Sending(rest, tmp_path, CPU)
    sending.writer.refused = "put"
    assert sending.send()[0].status == "failed"


def test_an_update_that_failed_is_not_taken_for_done(service: Service, rest: Rest, tmp_path: Path) -> None:
    described = resource("data/iris", {**DATA.spec, "description": "New words."})
    there = present(described, description="Old words.")
    service.on(DATA_PLACE, Answer(recorded(described)))  # with the digest that it had before, too
    sending = Sending(rest, tmp_path, described, found=LiveState(assets={(described.key, described.version): there}))
    assert [change.action for change in sending.plan.pending] == [Action.UPDATE]
    sending.writer.refused = "describe"
    assert [each.status for each in sending.send()] == ["failed"]


def test_a_copy_that_somebody_changed_is_not_sent(rest: Rest, repo: Repo, tmp_path: Path) -> None:
    repo.write("src/main.py", "print()\n")
    code = tree.read(repo.root / "src", Repository(repo.root))
    job = resource(spec={**JOB.spec, "code": "src"}, trees={("code",): code})
    sending = Sending(rest, tmp_path, job)
    with staging([job], repo.root) as staged:
        Path(staged.spec(job)["code"], "main.py").write_text("other")
        sending.staging = staged
        result = sending.send()[0]
    assert (result.status, sending.writer.written) == ("failed", [])
    assert "was changed by somebody else" in result.error


def test_a_run_that_another_apply_was_faster_with_is_adopted(service: Service, rest: Rest, tmp_path: Path) -> None:
    wanted = resource(settings=Settings(retry_limit=1))
    service.on(f"jobs/{run_of(wanted).name}", Answer(recorded(wanted)))
    sending = Sending(rest, tmp_path, wanted)
    sending.writer.refused = "put"
    assert [(each.status, each.live_name) for each in sending.send()] == [("done", run_of(wanted).name)]


def test_the_next_attempt_is_sent_under_its_own_name(rest: Rest, tmp_path: Path) -> None:
    gone = run_of(JOB, "Canceled", tags={SUPERSEDED: "x"})
    sending = Sending(rest, tmp_path, JOB, found=LiveState(runs=(gone,)))
    sending.send()
    assert sending.writer.calls == [f"put job {run_of(JOB, attempt=2).name}"]
