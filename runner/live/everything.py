"""Every version of every asset that a workspace lists, whoever made it: what prune, destroy and status go through."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import AT_ONCE, Rest
from runner.live import translate
from runner.model.builtin import CURATED
from runner.model.keys import Key, Kind
from runner.model.live import Asset, LiveResource


def assets(rest: Rest) -> dict[Asset, LiveResource]:
    """The active versions, less what the service itself publishes: one request for each name. Raises ServiceError."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        kinds = [kind for kind in Kind if kind.versioned]
        names = [key for found in pool.map(lambda kind: _names(rest, kind), kinds) for key in found]
        versions = pool.map(lambda key: _versions(rest, key), names)
        return {asset: found for each in versions for asset, found in each.items()}


def _names(rest: Rest, kind: Kind) -> list[Key]:
    listed = [str(found["name"]) for found in rest.list(COLLECTION[kind], listViewType="ActiveOnly")]
    return [Key(kind, name) for name in listed if not name.lower().startswith(CURATED)]


def _versions(rest: Rest, key: Key) -> dict[Asset, LiveResource]:
    listed = rest.list(f"{COLLECTION[key.kind]}/{key.name}/versions", listViewType="ActiveOnly")
    return {(key, str(found["name"])): _asset(key.kind, found) for found in listed}


def _asset(kind: Kind, found: Mapping[str, Any]) -> LiveResource:
    live = translate.asset(found)
    return replace(live, uses=translate.versions_in(found["properties"])) if kind is Kind.COMPONENT else live
