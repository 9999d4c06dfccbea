"""One version of a model: what the workspace says of it, and its files."""

import re
from pathlib import Path
from urllib.parse import quote

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import Rest
from runner.azureml.storage import Storage
from runner.errors import ServiceError
from runner.live.trees import download
from runner.model.keys import Kind
from runner.model.limits import Limits
from runner.model.promotion import Model

_PLACE = re.compile(r"azureml://(?:subscriptions/.*/workspaces/[^/]+/)?datastores/(?P<store>[^/]+)/paths/(?P<path>.+)")


def version(rest: Rest, name: str, number: str) -> Model | None:
    """A version as it stands; None when there is none."""
    found = rest.get(f"{COLLECTION[Kind.MODEL]}/{name}/versions/{number}")
    if found is None:
        return None
    told = found["properties"]
    return Model(
        uri=str(told.get("modelUri") or ""),
        type=str(told.get("modelType") or "custom_model"),
        description=str(told.get("description") or ""),
        tags=told.get("tags") or {},
        flavors={flavor: each.get("data") or {} for flavor, each in (told.get("flavors") or {}).items()},
        archived=bool(told.get("isArchived")),
    )


def fetch(rest: Rest, model: Model, folder: Path, limits: Limits) -> Path:
    """Brings the files of a version into an empty folder: the file or folder there that is the model.

    Not through the SDK, which reads every file whole into memory and stops at no size. Raises ServiceError when they do
    not lie in the workspace's own storage account, or are more than the limits allow.
    """
    place = _PLACE.fullmatch(model.uri)
    if not place:
        raise ServiceError(f"the model lies at {model.uri!r}, which is no place in a datastore")
    storage, path = Storage(rest), place["path"].strip("/")
    parent, _, name = path.rpartition("/")
    url = storage.url(place["store"], quote(path))
    if storage.files(url):
        download(storage, url, folder / name, limits)
    else:
        download(storage, storage.url(place["store"], quote(parent)), folder, limits, only=name)
    return folder / name
