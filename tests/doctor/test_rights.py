"""What may be read and done: the built-in roles as Microsoft documents them, and what each lacks."""

import pytest

from runner.doctor.facts import Permission, Unread
from runner.doctor.judge import rights
from runner.model.findings import Level
from runner.model.keys import Kind

ML = "Microsoft.MachineLearningServices/workspaces"
READER = Permission(("*/read",))
CONTRIBUTOR = Permission(("*",), ("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"))
SCIENTIST = Permission(
    (f"{ML}/*/read", f"{ML}/*/action", f"{ML}/*/delete", f"{ML}/*/write"),
    (f"{ML}/delete", f"{ML}/write", f"{ML}/computes/*/write", f"{ML}/computes/*/delete", f"{ML}/listKeys/action"),
)
OPERATOR = Permission((f"{ML}/computes/*", f"{ML}/notebooks/vm/*"))


@pytest.mark.parametrize(
    ("held", "action", "expected"),
    [
        ((), f"{ML}/jobs/write", False),
        ((READER,), f"{ML}/jobs/read", True),
        ((READER,), f"{ML}/jobs/write", False),
        ((CONTRIBUTOR,), f"{ML}/jobs/write", True),
        ((CONTRIBUTOR,), "microsoft.authorization/roleAssignments/write", False),
        ((SCIENTIST,), f"{ML}/jobs/cancel/action", True),
        ((SCIENTIST,), f"{ML.upper()}/JOBS/WRITE", True),
        ((SCIENTIST,), f"{ML}/write", False),
        ((SCIENTIST,), f"{ML}/computes/write", False),
        ((SCIENTIST,), f"{ML}/computes/start/action", True),
        ((SCIENTIST, OPERATOR), f"{ML}/computes/write", True),
        ((OPERATOR,), f"{ML}/computes/write", True),
        ((OPERATOR,), f"{ML}/jobs/write", False),
        ((Permission((ML,)),), f"{ML}/jobs", False),
        ((Permission(("a.b/*",)),), "aXb/c", False),
    ],
)
def test_allowed(held: tuple[Permission, ...], action: str, expected: bool) -> None:
    assert rights.allowed(held, action) is expected


def test_rights_on_data_are_others() -> None:
    held = (Permission(("*",), data_actions=("Storage/blobs/*",), not_data_actions=("Storage/blobs/delete",)),)
    assert rights.allowed(held, "Storage/blobs/write", on_data=True)
    assert not rights.allowed(held, "Storage/blobs/delete", on_data=True)
    assert not rights.allowed((Permission(("*",)),), "Storage/blobs/write", on_data=True)


@pytest.mark.parametrize(
    ("held", "kinds", "expected"),
    [
        (
            (CONTRIBUTOR,),
            Kind,
            ["may write compute, datastore, connection, environment, data, model, component, job, schedule"],
        ),
        ((SCIENTIST,), [Kind.DATA, Kind.JOB], ["may write data, job"]),
        ((SCIENTIST,), [Kind.COMPUTE, Kind.JOB], ["compute: may not computes/write, computes/delete"]),
        (
            (READER,),
            [Kind.ENVIRONMENT, Kind.JOB],
            [
                "environment: may not environments/versions/write, codes/versions/write",
                "job: may not jobs/write, jobs/cancel/action, codes/versions/write",
            ],
        ),
        ((READER,), [], ["may write nothing, and need not"]),
    ],
)
def test_what_apply_lacks(held: tuple[Permission, ...], kinds: list[Kind], expected: list[str]) -> None:
    assert [found.message for found in rights.actions(held, kinds)] == expected


def test_the_role_that_has_it_is_named() -> None:
    found = {finding.message.partition(":")[0]: finding for finding in rights.actions((READER,), Kind)}
    assert {finding.level for finding in found.values()} == {Level.WARNING}
    assert found["compute"].advice == "the role AzureML Compute Operator allows it"
    assert {found[name].advice for name in found if name != "compute"} == {"the role AzureML Data Scientist allows it"}


def test_every_kind_has_its_actions() -> None:
    assert set(rights.NEEDED) == set(Kind)


def test_rights_that_cannot_be_asked() -> None:
    (found,) = rights.actions(Unread("no", 403), Kind)
    assert found.level is Level.UNKNOWN


def test_reads() -> None:
    found = list(
        rights.reads({"computes": None, "jobs": Unread("No.", 403), "data": None, "schedules": Unread("", 501)})
    )
    assert [(finding.level, finding.message) for finding in found] == [
        (Level.OK, "may read computes, data"),
        (Level.ERROR, "jobs: No."),
        (Level.UNKNOWN, "schedules: this workspace has none of the kind"),
    ]
    assert found[1].advice == "the role Reader allows it"
    assert [finding.level for finding in rights.reads({"jobs": Unread("no route")})] == [Level.ERROR]
