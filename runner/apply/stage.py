"""What is hashed is what is sent: trees are copied to a private folder, hashed on the way, refused if they differ."""

import copy
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.errors import AmlError, GitError
from runner.git.tree import content
from runner.model.digest import blob_id
from runner.model.keys import Key
from runner.model.resource import FieldPath, Resource, Tree


class ChangedError(AmlError):
    """A file is not what the plan was made from."""


@contextmanager
def staged(resource: Resource, repository: Path) -> Iterator[dict[str, Any]]:
    """The resource's spec with every local path leading to a private copy, which is gone after the block.

    Raises ChangedError when a file changed since the plan was made; nothing was sent then.
    """
    spec = copy.deepcopy(dict(resource.spec))
    with tempfile.TemporaryDirectory(prefix="aml-stage-") as folder:
        for number, (field, tree) in enumerate(sorted(resource.trees.items(), key=lambda item: str(item[0]))):
            # The folder keeps its name: the service shows it to people.
            root = Path(folder, str(number), Path(tree.root).name)
            _copy(resource.key, tree, root, repository)
            _put(spec, field, str(root))
        yield spec


def _copy(key: Key, tree: Tree, root: Path, repository: Path) -> None:
    for name, expected in tree.files.items():
        source = Path(tree.root) if tree.is_file else Path(tree.root, name)
        target = root if tree.is_file else root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            data = content(source, repository)
        except (OSError, GitError) as error:
            raise ChangedError(f"{key}: {name} cannot be read any more ({error}); plan again") from error
        if blob_id(data) != expected:
            raise ChangedError(f"{key}: {name} changed since the plan was made; plan again")
        target.write_bytes(data)


def _put(spec: dict[str, Any], field: FieldPath, value: str) -> None:
    *outer, last = field
    inner: Any = spec
    for step in outer:
        inner = inner[step]
    inner[last] = value


def with_tags(spec: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """The spec with our tags beside its own."""
    return {**spec, "tags": {**(spec.get("tags") or {}), **tags}}
