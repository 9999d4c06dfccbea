"""Targets, and what of the environment they may read."""

import pytest

from runner.desired import targets
from runner.desired.targets import READABLE
from runner.errors import ConfigError
from tests.desired.conftest import PROJECT, Specs

COORDINATES = ("subscription_id", "resource_group", "workspace_name")
VARIABLES = {"AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "r", "AZUREML_WORKSPACE_NAME": "w"}
FROM_ENVIRONMENT = [f"{{{{ env.{name} }}}}" for name in VARIABLES]
READABLE_ARE = ", ".join(f"env.{name}" for name in sorted(READABLE))


def with_target(specs: Specs, values: list[str]) -> Specs:
    fields = "".join(f"    {field}: '{value}'\n" for field, value in zip(COORDINATES, values, strict=True))
    return specs.write({"specs/project.yml": f"{PROJECT}targets:\n  local: {{}}\n  azure:\n{fields}"})


def refused(specs: Specs, environment: dict[str, str], name: str = "azure") -> str:
    with pytest.raises(ConfigError) as caught:
        targets.choose(specs.found(), name, environment)
    return str(caught.value)


def test_the_default_is_the_embedded_workspace(specs: Specs) -> None:
    name, target = targets.choose(specs.found(), None, {})
    assert (name, target.subscription_id, target.allow_dirty) == ("local", "", True)


def test_as_written(specs: Specs) -> None:
    with_target(specs, ["1", "rg", "ws"])
    name, target = targets.choose(specs.found(), "azure", {})
    assert (name, *(getattr(target, field) for field in COORDINATES)) == ("azure", "1", "rg", "ws")
    assert not target.allow_dirty


def test_from_the_environment(specs: Specs) -> None:
    with_target(specs, FROM_ENVIRONMENT)
    _, target = targets.choose(specs.found(), "azure", VARIABLES)
    assert [getattr(target, field) for field in COORDINATES] == ["s", "r", "w"]


def test_with_a_default(specs: Specs) -> None:
    with_target(specs, ['{{ env.SUBSCRIPTION | default("1") }}', "rg-{{ env.RESOURCE_GROUP }}", "w"])
    _, target = targets.choose(specs.found(), "azure", {"RESOURCE_GROUP": "ml"})
    assert (target.subscription_id, target.resource_group) == ("1", "rg-ml")
    assert refused(specs, {"RESOURCE_GROUP": "ml", "SUBSCRIPTION": "{{ 1 }}"}) == (
        "specs/project.yml: targets.azure.subscription_id: '{{ 1 }}' is not the name of anything on Azure"
    )


@pytest.mark.parametrize("value", ["../../x", "a/b", "..", "a?b", "a#b", "a%2fb", "a b", "a@b", "a\\b", "x" * 91])
def test_a_coordinate_is_one_name_of_a_path(specs: Specs, value: str) -> None:
    for place in range(3):
        coordinates = ["1", "rg", "ws"]
        coordinates[place] = value
        assert "is not the name of anything on Azure" in refused(with_target(specs, coordinates), {})


@pytest.mark.parametrize("value", ["rg-ml.prod_(1)", "Grün", "00000000-0000-0000-0000-000000000000"])
def test_names_that_azure_takes(specs: Specs, value: str) -> None:
    _, target = targets.choose(with_target(specs, [value] * 3).found(), "azure", {})
    assert target.resource_group == value


def test_no_such_target(specs: Specs) -> None:
    with_target(specs, ["1", "rg", "ws"])
    assert refused(specs, {}, "prod") == "no target 'prod' in specs/project.yml; there is: azure, local"


def test_an_unset_variable(specs: Specs) -> None:
    with_target(specs, FROM_ENVIRONMENT)
    assert refused(specs, {}) == (
        "specs/project.yml: targets.azure.subscription_id: '{{ env.AZURE_SUBSCRIPTION_ID }}' names what is not set or "
        f"must not be read; readable are {READABLE_ARE}"
    )


@pytest.mark.parametrize("name", ["AZURE_CLIENT_SECRET", "GITHUB_TOKEN", "HOME", "__class__"])
def test_a_secret_cannot_be_read(specs: Specs, name: str) -> None:
    with_target(specs, ["1", "rg", f"{{{{ env.{name} }}}}"])
    message = refused(specs, {name: "s3cret"})
    assert "must not be read" in message or "is no valid template" in message
    assert "s3cret" not in message


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_variable_does_not_lead_to_the_embedded_workspace(specs: Specs, empty: str) -> None:
    with_target(specs, FROM_ENVIRONMENT)
    assert refused(specs, dict.fromkeys(VARIABLES, empty)) == (
        "specs/project.yml: targets.azure: resource_group, subscription_id, workspace_name came out empty; "
        "is the variable empty?"
    )


@pytest.mark.parametrize(
    "template",
    [
        "{{ env.",
        "{{ 1 / 0 }}",
        "{{ nothing }}",
        "{{ [][1] }}",
        "{{ 1 + env }}",
        "{{ ().__class__.__bases__[0] }}",
        "{{ 9 ** 9 ** 9 }}",
        '{{ "x" * 10 ** 12 }}',
        "{{ env.SUBSCRIPTION }}{{ env.SUBSCRIPTION * 10 ** 12 }}",
        "{{ env.WS_NAME | upper }}",
    ],
)
def test_a_template_that_does_not_work(specs: Specs, template: str) -> None:
    with_target(specs, ["1", template, "w"])
    assert refused(specs, {"SUBSCRIPTION": "s"}).startswith(
        f"specs/project.yml: targets.azure.resource_group: {template!r} "
    )
