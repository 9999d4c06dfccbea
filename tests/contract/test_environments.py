"""Versions, labels, archives and lists, on environments: they are not built here, so they cost nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.place import Arm, error, is_refused

pytestmark = [pytest.mark.e2e, pytest.mark.contract]
IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest"


def put(arm: Arm, name: str, version: str = "1", **properties: Any) -> Any:
    return arm.put(f"environments/{name}/versions/{version}", **{"image": IMAGE, **properties})


def versions(arm: Arm, name: str, **query: str) -> list[str]:
    return [found["name"] for found in arm.all(f"environments/{name}/versions", **query)]


@pytest.fixture(scope="module")
def three(arm: Arm, fresh: Callable[[], str]) -> str:
    """Versions 10, 2 and c0ffee, created in that order."""
    name = fresh()
    with arm.place.entered():
        for version in ("10", "2", "c0ffee"):
            put(arm, name, version, tags={"v": version}).raise_for_status()
    return name


def test_is_created_then_updated(arm: Arm, name: str) -> None:
    """A new version answers 201, the same content again 200."""
    assert [put(arm, name).status_code for _ in range(2)] == [201, 200]


def test_content_is_immutable(arm: Arm, name: str) -> None:
    """Other content under an existing version is refused with 409."""
    put(arm, name).raise_for_status()
    assert error(put(arm, name, image=f"{IMAGE}-2"))[0] == 409


def test_description_and_tags_change(arm: Arm, name: str) -> None:
    """Description and tags of a version can be put again, and are replaced."""
    put(arm, name, description="a", tags={"a": "1"}).raise_for_status()
    found = put(arm, name, description="b", tags={"b": "2"}).raise_for_status().json()["properties"]
    assert (found["description"], found["tags"]) == ("b", {"b": "2"})


def test_dots_in_tag_names(arm: Arm, name: str) -> None:
    """A tag's name may hold dots, as in aml.digest."""
    found = put(arm, name, tags={"aml.digest": "d"}).raise_for_status().json()
    assert found["properties"]["tags"] == {"aml.digest": "d"}


def test_version_may_be_any_text(arm: Arm, three: str) -> None:
    """The version of an environment may be any text."""
    assert arm.get(f"environments/{three}/versions/c0ffee")["name"] == "c0ffee"


def test_latest_is_what_was_created_last(arm: Arm, three: str) -> None:
    """Ordered by creation, newest first, the first version is what `latest` means: no other order counts."""
    put(arm, three, "10", tags={"v": "touched later"}).raise_for_status()
    order = {"$orderBy": "createdtime desc", "$top": "1"}
    assert arm.get(f"environments/{three}/versions", **order)["value"][0]["name"] == "c0ffee"


def test_the_sdk_resolves_latest_so(sdk: Any, three: str) -> None:
    """The SDK's label `latest` is the version that was created last."""
    assert sdk.environments.get(three, label="latest").version == "c0ffee"


def test_archived_occupies(arm: Arm, name: str) -> None:
    """An archived version is hidden from lists, still read by name, and still occupies its version."""
    put(arm, name).raise_for_status()
    put(arm, name, isArchived=True).raise_for_status()
    assert versions(arm, name) == []
    assert versions(arm, name, listViewType="All") == versions(arm, name, listViewType="ArchivedOnly") == ["1"]
    assert arm.get(f"environments/{name}/versions/1")["properties"]["isArchived"] is True
    assert error(put(arm, name, image=f"{IMAGE}-2"))[0] == 409


def test_archived_container_hides(arm: Arm, name: str) -> None:
    """An archived container hides all its versions, also those that come later, and takes none away."""
    put(arm, name).raise_for_status()
    arm.put(f"environments/{name}", isArchived=True).raise_for_status()
    put(arm, name, "2").raise_for_status()
    assert versions(arm, name) == []
    assert arm.get(f"environments/{name}/versions/2")["name"] == "2"
    assert name not in {found["name"] for found in arm.all("environments")}


def test_without_a_version_the_next_number(sdk: Any, name: str) -> None:
    """Without a version the SDK takes the next number for other content, and keeps the version for the same."""
    from azure.ai.ml.entities import Environment

    made = [sdk.environments.create_or_update(Environment(name=name, image=image)) for image in (IMAGE, IMAGE)]
    made.append(sdk.environments.create_or_update(Environment(name=name, image=f"{IMAGE}-2")))
    assert [each.version for each in made] == ["1", "1", "2"]


def test_container_knows_its_versions(arm: Arm, three: str) -> None:
    """A container says latestVersion and nextVersion."""
    properties = arm.get(f"environments/{three}")["properties"]
    assert properties["latestVersion"]
    assert properties["nextVersion"]


def test_who_and_when(arm: Arm, name: str) -> None:
    """systemData says who created and last changed a version, and when."""
    found = put(arm, name).raise_for_status().json()["systemData"]
    assert {"createdAt", "createdBy", "createdByType", "lastModifiedAt"} <= set(found)


def test_id_is_its_path(arm: Arm, name: str) -> None:
    """The id of a version is its ARM path."""
    found = put(arm, name).raise_for_status().json()["id"]
    assert found.lower() == f"{arm.place.path}/environments/{name}/versions/1".lower()


def test_absence_is_404(arm: Arm, three: str, name: str) -> None:
    """What is not there answers 404, with an error in ARM's shape."""
    for path in (f"environments/{name}", f"environments/{name}/versions/1", f"environments/{three}/versions/404"):
        status, code = error(arm.call("GET", path))
        assert (status, bool(code)) == (404, True), path


def test_names_have_no_dots(arm: Arm, name: str) -> None:
    """A dot in an environment's name is refused."""
    assert is_refused(put(arm, f"{name}.b"))


def test_names_know_case(arm: Arm, three: str) -> None:
    """The case of an environment's name counts."""
    assert arm.call("GET", f"environments/{three.upper()}/versions/2").status_code == 404
