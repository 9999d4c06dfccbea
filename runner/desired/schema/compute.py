"""Compute: clusters (`amlcompute`) and instances (`computeinstance`)."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from runner.desired.schema.base import (
    ComputeIdentity,
    Count,
    IgnoreCase,
    NetworkSettings,
    Positive,
    Spec,
    Tags,
    Text,
    misfit,
)


class SshSettings(Spec):
    """Who may log in to the nodes of a cluster."""

    admin_username: Text
    admin_password: str = ""
    ssh_key_value: str = ""


class InstanceSshSettings(Spec):
    """Who may log in to an instance."""

    ssh_key_value: Text


class Compute(Spec):
    """The fields of every compute."""

    schema_: str = Field("", alias="$schema")
    name: Text
    type: str
    description: str = ""
    tags: Tags = {}
    location: str = ""
    size: str = ""
    ssh_public_access_enabled: bool | None = None
    network_settings: NetworkSettings | None = None
    identity: ComputeIdentity | None = None
    enable_node_public_ip: bool | None = None


class AmlCompute(Compute):
    """A cluster that scales between `min_instances` and `max_instances` nodes."""

    type: Annotated[Literal["amlcompute"], IgnoreCase]
    tier: Annotated[Literal["dedicated", "low_priority", "lowpriority"], IgnoreCase] = "dedicated"
    min_instances: Count = 0
    max_instances: Count = 4
    idle_time_before_scale_down: Positive = Field(120, description="seconds")
    ssh_settings: SshSettings | None = None

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.min_instances > self.max_instances:
            raise misfit(
                "min_instances", f"min_instances ({self.min_instances}) is over max_instances ({self.max_instances})"
            )
        return self


class ComputeInstance(Compute):
    """A machine for one person."""

    type: Annotated[Literal["computeinstance"], IgnoreCase]
    create_on_behalf_of: dict[str, str] | None = None
    ssh_settings: InstanceSshSettings | None = None
    schedules: dict[str, Any] | None = None
    idle_time_before_shutdown: str = ""
    idle_time_before_shutdown_minutes: Positive | None = None
    custom_applications: list[dict[str, Any]] = []
    setup_scripts: dict[str, Any] | None = None
    enable_sso: bool | None = None
    enable_root_access: bool | None = None
    release_quota_on_stop: bool | None = None
    enable_os_patching: bool | None = None
