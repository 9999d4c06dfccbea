"""Compute: clusters (`amlcompute`) and instances (`computeinstance`)."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from runner.desired.schema.base import (
    ComputeIdentity,
    Count,
    Description,
    IgnoreCase,
    NetworkSettings,
    Positive,
    SchemaUrl,
    Spec,
    Tags,
    Text,
    misfit,
)


class SshSettings(Spec):
    """Who may log in to the nodes of a cluster."""

    admin_username: Text = Field(description="who logs in")
    admin_password: str = Field("", description="a reference, `{{ env.AML_SECRET_NAME }}`; this or `ssh_key_value`")
    ssh_key_value: str = Field("", description="a public key")


class InstanceSshSettings(Spec):
    """Who may log in to an instance."""

    ssh_key_value: Text = Field(description="a public key")


class Compute(Spec):
    """The fields of every compute."""

    schema_: SchemaUrl = ""
    name: Text = Field(description="3 to 24 letters, digits and `-`")
    type: str = Field(description="what it is")
    description: Description = ""
    tags: Tags = Field({}, description="in no digest")
    location: str = Field("", description="a region; default: the workspace's")
    size: str = Field("", description="a VM size, e.g. `Standard_DS11_v2`")
    ssh_public_access_enabled: bool | None = Field(None, description="whether SSH is open to the internet")
    network_settings: NetworkSettings | None = Field(None, description="the network that it joins")
    identity: ComputeIdentity | None = Field(None, description="the identity that it runs under")
    enable_node_public_ip: bool | None = Field(None, description="whether nodes have public addresses")


class AmlCompute(Compute):
    """A cluster that scales between `min_instances` and `max_instances` nodes."""

    type: Annotated[Literal["amlcompute"], IgnoreCase] = Field(description="a cluster")
    tier: Annotated[Literal["dedicated", "low_priority", "lowpriority"], IgnoreCase] = Field(
        "dedicated", description="`low_priority` nodes are cheaper, and may be taken away"
    )
    min_instances: Count = Field(0, description="nodes that always run")
    max_instances: Count = Field(4, description="nodes at most")
    idle_time_before_scale_down: Positive = Field(120, description="seconds until an idle node goes down")
    ssh_settings: SshSettings | None = Field(None, description="who may log in to its nodes")

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.min_instances > self.max_instances:
            raise misfit(
                "min_instances", f"min_instances ({self.min_instances}) is over max_instances ({self.max_instances})"
            )
        return self


class ComputeInstance(Compute):
    """A machine for one person."""

    type: Annotated[Literal["computeinstance"], IgnoreCase] = Field(description="an instance")
    create_on_behalf_of: dict[str, str] | None = Field(
        None, description="`user_tenant_id` and `user_object_id` of its owner"
    )
    ssh_settings: InstanceSshSettings | None = Field(None, description="who may log in")
    schedules: dict[str, Any] | None = Field(None, description="as in Azure ML; passed on")
    idle_time_before_shutdown: str = Field("", description="an ISO 8601 duration, e.g. `PT30M`")
    idle_time_before_shutdown_minutes: Positive | None = Field(None, description="the same in minutes")
    custom_applications: list[dict[str, Any]] = Field([], description="as in Azure ML; passed on")
    setup_scripts: dict[str, Any] | None = Field(None, description="as in Azure ML; passed on")
    enable_sso: bool | None = Field(None, description="as in Azure ML; passed on")
    enable_root_access: bool | None = Field(None, description="whether its owner may become root")
    release_quota_on_stop: bool | None = Field(None, description="whether it gives its quota back when it stops")
    enable_os_patching: bool | None = Field(None, description="as in Azure ML; passed on")
