"""Whether what is live is what a spec asks for: the question that adoption asks."""

from collections.abc import Mapping
from typing import Any

from runner.azureml.rest import Rest
from runner.azureml.storage import Storage
from runner.desired.written import differences
from runner.live import importing, trees
from runner.live.inventory import Inventory
from runner.live.written.plain import plain
from runner.live.written.spec import written
from runner.model.content import deciding
from runner.model.digest import tree_digest
from runner.model.keys import Key, Kind
from runner.model.plan import Reason
from runner.model.resource import FieldPath, Resource


class Live:
    """A workspace, read back as specs."""

    def __init__(self, rest: Rest) -> None:
        self._around, self._storage, self._inventory = importing.around(rest), Storage(rest), Inventory(rest)

    def differs(self, resource: Resource, live_name: str) -> list[Reason]:
        """Where the live resource of this name is not what the spec asks for, in what decides and in every tree."""
        key = Key(resource.key.kind, live_name)
        found = self._inventory.find(key)
        assert found, key
        back = written(key, found, self._around)
        live: Mapping[str, Any] = back.spec
        wanted: Mapping[str, Any] = plain(key.kind, resource.spec)
        for place, url in back.trees.items():
            live = _with(live, place, tree_digest(trees.blobs(self._storage, url)))
        for place, tree in resource.trees.items():
            if place in back.trees:
                wanted = _with(wanted, place, tree_digest(tree.files))
            else:  # data and models come back by their URI
                assert str(live.get("path")).startswith("azureml://datastores/workspaceblobstore/paths/LocalUpload/")
                live, wanted = _with(live, place, ""), _with(wanted, place, "")
        if key.kind is Kind.COMPUTE:  # the service answers in capitals whatever was sent
            live, wanted = ({**spec, "size": spec["size"].lower()} for spec in (live, wanted))
        return list(differences(str(key), deciding(key.kind, wanted), deciding(key.kind, live)))


def _with(value: Any, path: FieldPath, replacement: Any) -> Any:
    if not path:
        return replacement
    return {**value, path[0]: _with(value[path[0]], path[1:], replacement)}
