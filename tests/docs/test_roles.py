"""The roles of docs/azure.md: what they allow is what is used, and no more."""

import json
from typing import Any

import pytest

from runner.doctor.facts import Permission
from runner.doctor.judge.rights import NEEDED, allowed
from tests.docs.markdown import ROOT, blocks

AZURE = ROOT / "docs" / "azure.md"
WORKSPACES = "Microsoft.MachineLearningServices/workspaces/"
READS = {"Microsoft.Authorization/permissions/read", f"{WORKSPACES}read", f"{WORKSPACES}*/read"}
USED = {WORKSPACES + operation for _, operations in NEEDED.values() for operation in operations}
# Microsoft's table "Submitting any type of run", and the run's own tags.
SUBMITTING = {
    WORKSPACES + operation
    for operation in (
        "environments/build/action",
        "environments/readSecrets/action",
        "environments/write",
        "experiments/runs/write",
        "metadata/artifacts/write",
        "metadata/codes/*/write",
    )
}


def roles() -> dict[str, dict[str, Any]]:
    """By name, as `az role definition create` takes them."""
    found = [json.loads("\n".join(block.lines)) for block in blocks(AZURE) if block.language == "json"]
    return {role["Name"]: role for role in found}


@pytest.mark.parametrize(("name", "expected"), [("aml plan", READS), ("aml apply", READS | USED | SUBMITTING)])
def test_what_a_role_allows(name: str, expected: set[str]) -> None:
    role = roles()[name]
    assert set(role) == {"Name", "Description", "Actions", "AssignableScopes"}
    assert set(role["Actions"]) == expected
    assert len(role["Actions"]) == len(expected)


def test_whoever_plans_can_only_read() -> None:
    held = (Permission(tuple(roles()["aml plan"]["Actions"])),)
    assert all(action.endswith("/read") for action in held[0].actions)
    assert not [operation for operation in USED | SUBMITTING if allowed(held, operation)]
    assert allowed(held, f"{WORKSPACES}jobs/read")
    assert allowed(held, f"{WORKSPACES}environments/versions/read")


@pytest.mark.parametrize("operation", ["write", "delete", "listKeys/action", "computes/listKeys/action"])
def test_whoever_applies_cannot_touch_the_workspace(operation: str) -> None:
    assert not allowed((Permission(tuple(roles()["aml apply"]["Actions"])),), WORKSPACES + operation)
