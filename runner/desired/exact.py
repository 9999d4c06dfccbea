"""A spec as one YAML file that stands by itself: as it is sent, less what aml records with it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.desired import local
from runner.desired.spec import Spec
from runner.model.keys import Key
from runner.model.resource import Resource, with_value

NOT_PINNED: Mapping[Key, Resource] = {}


def exact(spec: Spec, folder: Path, resources: Mapping[Key, Resource] = NOT_PINNED) -> Mapping[str, Any]:
    """What the spec says, with the component and conda files that it names written out, and paths from `folder`.

    With the resources of the desired state, assets have their versions, and references name those. Only the workspace
    knows the numbers of models: references to them stay as written.
    """
    resource = resources.get(spec.key)
    sent = {"name": spec.key.name, **(resource.spec if resource else spec.value)}
    for link in spec.links:
        if link.target and not resource:
            sent = with_value(sent, link.path, link.target.value)
        elif link.wants and not link.target and link.folder != folder:
            sent = with_value(sent, link.path, os.path.relpath(local.resolve(link.text, link.folder), folder))
        elif link.reference and link.reference.key.kind.numbered:
            sent = with_value(sent, link.path, link.text)
    if resource and spec.key.kind.versioned and not spec.key.kind.numbered:
        sent["version"] = resource.version
    return sent
