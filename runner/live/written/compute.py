"""Clusters and instances as specs."""

import re
from typing import Any

from runner.live.translate import seconds, snake
from runner.live.written import words
from runner.live.written.around import Around, Payload

_SUBNET = re.compile(r"(?P<group>/subscriptions/.+?)/providers/Microsoft\.Network/virtualNetworks/([^/]+)/subnets/(.+)")
_ACCESS = {"Enabled": True, "Disabled": False}


def compute(found: Payload, around: Around) -> dict[str, Any]:
    """A compute. Raises UnwritableError for types other than AmlCompute and ComputeInstance."""
    outer = found["properties"]
    kind = words.known("compute", outer.get("computeType"), ("AmlCompute", "ComputeInstance"))
    inner = outer.get("properties") or {}
    location = str(found.get("location") or outer.get("computeLocation") or "")
    common = {
        "name": found["name"],
        "type": kind.lower(),
        "description": outer.get("description"),
        "tags": words.by_people(found.get("tags")),
        "size": inner.get("vmSize"),
        "location": location if location.lower() != around.location.lower() else None,
    }
    own = _cluster(inner) if kind == "AmlCompute" else _instance(inner)
    access = {
        "identity": _identity(found.get("identity") or {}),
        "network_settings": _network(inner.get("subnet") or {}, around),
        "enable_node_public_ip": inner.get("enableNodePublicIp"),
    }
    return words.stated({**common, **own, **access})


def _cluster(inner: Payload) -> dict[str, Any]:
    scale = inner.get("scaleSettings") or {}
    account = inner.get("userAccountCredentials") or {}
    return {
        "tier": snake(inner.get("vmPriority") or ""),
        "min_instances": scale.get("minNodeCount"),
        "max_instances": scale.get("maxNodeCount"),
        "idle_time_before_scale_down": seconds(scale.get("nodeIdleTimeBeforeScaleDown")),
        "ssh_public_access_enabled": _ACCESS.get(inner.get("remoteLoginPortPublicAccess", "")),
        "ssh_settings": words.stated(
            {"admin_username": account.get("adminUserName"), "ssh_key_value": account.get("adminUserSshPublicKey")}
        ),
    }


def _instance(inner: Payload) -> dict[str, Any]:
    ssh = inner.get("sshSettings") or {}
    user = (inner.get("personalComputeInstanceSettings") or {}).get("assignedUser") or {}
    idle = seconds(inner.get("idleTimeBeforeShutdown"))
    scripts = ((inner.get("setupScripts") or {}).get("scripts") or {}).items()
    return {
        "idle_time_before_shutdown_minutes": idle // 60 if idle else None,
        "create_on_behalf_of": words.stated(
            {"user_tenant_id": user.get("tenantId"), "user_object_id": user.get("objectId")}
        ),
        "ssh_public_access_enabled": _ACCESS.get(ssh.get("sshPublicAccess", "")),
        "ssh_settings": words.stated({"ssh_key_value": ssh.get("adminPublicKey")}),
        "schedules": words.stated({"compute_start_stop": _schedules(inner.get("schedules") or {})}),
        "setup_scripts": {snake(name): _script(script) for name, script in scripts if script},
        "custom_applications": [_application(service) for service in inner.get("customServices") or () if service],
        "enable_sso": inner.get("enableSSO"),
        "enable_root_access": inner.get("enableRootAccess"),
        "release_quota_on_stop": inner.get("releaseQuotaOnStop"),
        "enable_os_patching": inner.get("enableOSPatching"),
    }


def _identity(identity: Payload) -> dict[str, Any]:
    kind = ",".join(snake(part.strip()) for part in str(identity.get("type") or "").split(","))
    users = [{"resource_id": name} for name in identity.get("userAssignedIdentities") or {}]
    return words.stated({"type": kind if kind != "none" else None, "user_assigned_identities": users})


def _network(subnet: Payload, around: Around) -> dict[str, Any]:
    """A network of the workspace's own group by its names, as they are written; another one by the subnet's id."""
    found = _SUBNET.fullmatch(str(subnet.get("id") or ""))
    if found is None:
        return {}
    group = around.path.partition("/providers/")[0]
    if found["group"].lower() != group.lower():
        return {"subnet": found[0]}
    return {"vnet_name": found[2], "subnet": found[3]}


def _schedules(schedules: Payload) -> list[dict[str, Any]]:
    return [
        words.stated(
            {
                "action": str(each.get("action") or "").lower(),
                "state": str(each.get("status") or "").lower(),
                "trigger": _trigger(each),
            }
        )
        for each in schedules.get("computeStartStop") or ()
        if each
    ]


def _trigger(schedule: Payload) -> dict[str, Any]:
    kind = str(schedule.get("triggerType") or "").lower()
    timing = words.snaked(schedule.get(kind))
    if timing.get("schedule"):
        timing["schedule"] = words.stated(words.snaked(timing["schedule"]))
    return words.stated({**timing, "type": kind, "trigger_type": None})


def _script(script: Payload) -> dict[str, Any]:
    minutes = re.match(r"\d+", str(script.get("timeout") or ""))
    return words.stated(
        {
            "path": script.get("scriptData"),
            "command": script.get("scriptArguments"),
            "timeout_minutes": int(minutes[0]) if minutes else None,
        }
    )


def _application(service: Payload) -> dict[str, Any]:
    return words.stated(
        {
            "name": service.get("name"),
            "image": words.stated({"reference": (service.get("image") or {}).get("reference")}),
            "endpoints": [
                {"target": each.get("target"), "published": each.get("published")}
                for each in service.get("endpoints") or ()
            ],
            "environment_variables": {
                name: item.get("value") for name, item in (service.get("environmentVariables") or {}).items()
            },
            "bind_mounts": [
                {"source": each.get("source"), "target": each.get("target")} for each in service.get("volumes") or ()
            ],
        }
    )
