"""What an update of something that changes in place has to repeat."""

from runner.live.mutable import mutable
from runner.model.keys import Kind
from tests.live.test_translate import CLUSTER, DATASTORE


def test_what_is_compared_is_not_kept_twice() -> None:
    for kind, found in ((Kind.COMPUTE, CLUSTER), (Kind.DATASTORE, DATASTORE)):
        live = mutable(kind, found)
        assert not live.beside.keys() & live.spec.keys()
        assert "tags" not in live.beside


def test_a_clusters_identity_and_network_stand_beside_what_is_compared() -> None:
    subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/s"
    outer = CLUSTER["properties"]
    inner = {**outer["properties"], "subnet": {"id": subnet}}
    found = {**CLUSTER, "identity": {"type": "SystemAssigned"}, "properties": {**outer, "properties": inner}}
    live = mutable(Kind.COMPUTE, found)
    assert live.beside["identity"] == {"type": "system_assigned"}
    assert live.beside["network_settings"] == {"subnet": subnet}


def test_a_type_that_no_spec_writes_out_has_nothing_beside() -> None:
    found = {**CLUSTER, "properties": {**CLUSTER["properties"], "computeType": "Databricks"}}
    assert mutable(Kind.COMPUTE, found).beside == {}
