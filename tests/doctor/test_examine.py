"""From files and an endpoint to findings: real git, real HTTP, and a service that answers as Azure may."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from runner.doctor import examine as module
from runner.doctor.examine import examine
from runner.errors import ConfigError
from runner.model.findings import Finding, Level
from tests.loopback import Answer, Asked, Service
from tests.repositories import Repo

REGION = "/subscriptions/s/providers/Microsoft.MachineLearningServices/locations/westeurope"
ACCOUNT = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/acct"
PERMISSIONS = "providers/Microsoft.Authorization/permissions"
DENIED = Answer({"error": {"code": "AuthorizationFailed", "message": "No."}}, 403)
PROJECT = """\
version: 1
project: demo
default_target: prod
targets:
  prod: {subscription_id: s, resource_group: r, workspace_name: w}
"""


@pytest.fixture
def azure(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A workspace where everything is well: each test spoils one thing."""
    monkeypatch.setattr(module, "connect", lambda *_: service.workspace)
    service.on(
        "/token", Answer({"access_token": jwt(upn="ada@example.com"), "expires_on": str(int(time.time()) + 3600)})
    )
    service.on("", Answer({"location": "westeurope", "properties": {"storageAccount": ACCOUNT}}))
    for collection in ("computes", "environments", "data", "models", "components", "jobs", "schedules"):
        service.on(collection, Answer({"value": []}))
    service.on("datastores", Answer({"value": [datastore(service)]}))
    service.on(PERMISSIONS, Answer({"value": [{"actions": ["*"], "notActions": []}]}))
    service.on(ACCOUNT, Answer({"properties": {}}))
    service.on(f"{ACCOUNT}/{PERMISSIONS}", Answer({"value": []}))
    service.on("/acct.blob.x/box", Answer(b"<EnumerationResults/>"))
    service.on(f"{REGION}/vmSizes", Answer({"value": [SIZE]}))
    service.on(f"{REGION}/usages", Answer({"value": [USAGE]}))
    return service


SIZE = {
    "name": "Standard_DS3_v2",
    "family": "standardDSv2Family",
    "vCPUs": 4,
    "estimatedVMPrices": {
        "values": [
            {"retailPrice": 0.5, "osType": "Windows", "vmTier": "Standard"},
            {"retailPrice": 0.25, "osType": "Linux", "vmTier": "Standard"},
        ]
    },
}
USAGE = {"name": {"value": "standardDSv2Family"}, "currentValue": 0, "limit": 100}


def datastore(service: Service) -> dict[str, object]:
    account = f"{service.url.removeprefix('https://')}/acct"
    properties = {"accountName": account, "containerName": "box", "endpoint": "x"}
    return {
        "name": "workspaceblobstore",
        "properties": {**properties, "credentials": {"credentialsType": "AccountKey"}},
    }


def jwt(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


@pytest.fixture
def project(repo: Repo) -> Repo:
    repo.write("specs/project.yml", PROJECT)
    repo.write("specs/compute/cpu.yml", "name: cpu\ntype: amlcompute\nsize: Standard_DS3_v2\nmax_instances: 2\n")
    repo.commit()
    return repo


def found(repo: Repo, target: str | None = None) -> dict[str, list[Finding]]:
    findings: dict[str, list[Finding]] = {}
    for each in examine(repo.root, target, lambda _: None).findings:
        findings.setdefault(f"{each.group}.{each.check}", []).append(each)
    return findings


def test_all_is_well(project: Repo, azure: Service) -> None:
    checkup = examine(project.root, None, lambda _: None)
    assert [str(each) for each in checkup.findings if each.level is not Level.OK] == []
    assert (checkup.target, checkup.well) == ("prod", True)
    messages = {each.check: each.message for each in checkup.findings}
    assert messages["identity"] == "user ada@example.com"
    assert messages["compute/cpu"].endswith("8 cores, at most 0.50 USD an hour; 100 of 100 are free")
    assert {asked.method for asked in azure.asked} == {"GET"}
    look = next(asked for asked in azure.asked if asked.path == "/acct.blob.x/box")
    assert look.query == {"restype": "container", "comp": "list", "maxresults": "1"}


def test_no_token(project: Repo, azure: Service) -> None:
    azure.on("/token", Answer(b"no", 403))
    last = examine(project.root, None, lambda _: None).findings[-1]
    assert (last.group, last.check, last.level) == ("credential", "token", Level.ERROR)
    assert "sign in" in last.message


def test_a_token_that_is_no_jwt(project: Repo, azure: Service) -> None:
    for token in ("opaque", "a.b.c", "e30.WzFd.c2ln"):
        azure.on("/token", Answer({"access_token": token, "expires_on": str(int(time.time()) + 60)}))
        findings = found(project)
        assert findings["credential.identity"][0].message == "the token does not say who"
        assert findings["credential.token"][0].level is Level.WARNING


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer({"error": {"code": "AuthenticationFailed", "message": "Expired."}}, 401), "401"),
        (DENIED, "403 AuthorizationFailed"),
        (Answer({"error": {"code": "ResourceNotFound", "message": "None."}}, 404), "there is no workspace 'w'"),
        (Answer({"error": {"code": "NoRegisteredProviderFound", "message": "Old."}}, 400), "Old."),
    ],
)
def test_no_workspace(project: Repo, azure: Service, answer: Answer, words: str) -> None:
    azure.on("", answer)
    last = examine(project.root, None, lambda _: None).findings[-1]
    assert (last.check, last.level) == ("workspace", Level.ERROR)
    assert words in last.message


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.OK), (-170, Level.WARNING), (200, Level.WARNING), (-3600, Level.ERROR)]
)
def test_the_clock(project: Repo, azure: Service, seconds: int, level: Level) -> None:
    whole = azure.routes[""]
    assert isinstance(whole, Answer)

    def skewed(_: Asked) -> Answer:
        return Answer(whole.body, headers={"Date": format_datetime(datetime.now(UTC) + timedelta(seconds=seconds))})

    azure.on("", skewed)
    assert found(project)["workspace.clock"][0].level is level


def test_a_service_that_does_not_say_the_time(project: Repo, azure: Service) -> None:
    whole = azure.routes[""]
    assert isinstance(whole, Answer)
    azure.on("", Answer(whole.body, headers={"Date": "later"}))
    assert found(project)["workspace.clock"][0].level is Level.UNKNOWN


def test_reads_that_are_denied(project: Repo, azure: Service) -> None:
    azure.on("jobs", DENIED)
    azure.on("schedules", Answer({"error": {"code": "NotEmbedded", "message": "None."}}, 501))
    levels = [each.level for each in found(project)["roles.plan"]]
    assert levels == [Level.OK, Level.ERROR, Level.UNKNOWN]
    assert not examine(project.root, None, lambda _: None).well


def test_a_reader_may_plan_and_not_apply(project: Repo, azure: Service) -> None:
    azure.on(PERMISSIONS, Answer({"value": [{"actions": ["*/read"], "notActions": None}]}))
    (apply,) = found(project)["roles.apply"]
    assert (apply.level, apply.advice) == (Level.WARNING, "the role AzureML Compute Operator allows it")
    assert examine(project.root, None, lambda _: None).well


def test_rights_that_may_not_be_asked(project: Repo, azure: Service) -> None:
    azure.on(PERMISSIONS, DENIED)
    assert found(project)["roles.apply"][0].level is Level.UNKNOWN


def test_locked_storage(project: Repo, azure: Service) -> None:
    azure.on(ACCOUNT, Answer({"properties": {"allowSharedKeyAccess": False}}))
    azure.on("/acct.blob.x/box", Answer(b"", 403, {"x-ms-error-code": "AuthorizationPermissionMismatch"}))
    uploads, container = (found(project)[f"storage.{check}"][0] for check in ("uploads", "container"))
    assert (uploads.level, container.level) == (Level.WARNING, Level.UNKNOWN)
    assert "Storage Blob Data Contributor" in uploads.advice
    assert "(403 AuthorizationPermissionMismatch)" in container.message
    rights = {"dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"]}
    azure.on(f"{ACCOUNT}/{PERMISSIONS}", Answer({"value": [rights]}))
    assert found(project)["storage.uploads"][0].level is Level.OK


def test_a_storage_account_that_may_not_be_read(project: Repo, azure: Service) -> None:
    azure.on(ACCOUNT, DENIED)
    assert found(project)["storage.uploads"][0].level is Level.UNKNOWN
    azure.on("datastores", Answer({"value": []}))
    assert found(project)["storage.datastore"][0].message == "the workspace has no default datastore"


def test_a_token_goes_to_no_host_that_a_datastore_names(project: Repo, azure: Service) -> None:
    foreign = datastore(azure)
    foreign["properties"] = {"accountName": "127.0.0.1:9/acct", "containerName": "box", "endpoint": "x"}
    azure.on("datastores", Answer({"value": [foreign]}))
    assert found(project)["storage.container"][0].level is Level.UNKNOWN
    assert not [asked for asked in azure.asked if asked.path == "/acct.blob.x/box"]


def test_capacity_that_may_not_be_read(project: Repo, azure: Service) -> None:
    azure.on(f"{REGION}/usages", DENIED)
    assert found(project)["capacity.quota"][0].level is Level.UNKNOWN
    assert found(project)["capacity.compute/cpu"][0].message.endswith("quota unknown")
    azure.on(f"{REGION}/vmSizes", DENIED)
    assert found(project)["capacity.sizes"][0].level is Level.UNKNOWN


@pytest.mark.usefixtures("azure")
def test_a_broken_project_does_not_hide_the_workspace(project: Repo) -> None:
    project.write("specs/compute/cpu.yml", "name: cpu\ntype: amlcompute\nsize: [1]\n")
    findings = found(project)
    assert findings["project.specs"][0].level is Level.ERROR
    assert findings["workspace.workspace"][0].level is Level.OK
    assert len(findings["roles.apply"]) == 1
    project.write("specs/compute/cpu.yml", "name: cpu\ntype: amlcompute\n")
    project.write("specs/data/big.yml", "type: uri_file\npath: big.bin\n")
    project.write("specs/data/big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    project.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    assert found(project)["project.specs"][0].level is Level.ERROR


def test_no_target_no_workspace(project: Repo, azure: Service) -> None:
    checkup = examine(project.root, "nope", lambda _: None)
    assert (checkup.target, checkup.well) == ("", False)
    assert checkup.findings[-1].message == "was not asked: there is no target"
    assert azure.asked == []


def test_outside_of_everything(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("nowhere")
    levels = [(each.check, each.level) for each in examine(nowhere, None, lambda _: None).findings]
    assert levels == [("repository", Level.WARNING), ("project", Level.ERROR), ("workspace", Level.UNKNOWN)]


@pytest.mark.usefixtures("azure")
def test_without_a_commit_nothing_differs_from_it(folder: Repo) -> None:
    folder.write("specs/project.yml", PROJECT)
    assert "project.changes" not in found(folder)


@pytest.mark.usefixtures("azure")
def test_uncommitted_changes(project: Repo) -> None:
    assert found(project)["project.changes"][0].level is Level.OK
    project.write("specs/compute/cpu.yml", "name: cpu\ntype: amlcompute\nsize: Standard_DS3_v2\n")
    assert found(project)["project.changes"][0].level is Level.WARNING


def test_nobody_listens_there(project: Repo, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str) -> None:
        raise ConfigError("the embedded workspace is not installed")

    monkeypatch.setattr(module, "connect", refuse)
    last = examine(project.root, None, lambda _: None).findings[-1]
    assert (last.check, last.level) == ("workspace", Level.ERROR)
    assert service.asked == []
