"""Private copies of everything a plan sends, made and checked before the first request goes out."""

import copy
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.apply.stage import ChangedError, stage_tree, verify
from runner.model.digest import tree_digest
from runner.model.resource import FieldPath, Resource, Tree


class Staging:
    """The copies, each distinct tree once. Only `spec` is called from several threads."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self._folder = folder
        self._repository = repository
        self._copies: dict[tuple[str, str], Path] = {}

    def add(self, resource: Resource) -> None:
        """Copies what the resource sends. Raises ChangedError when a file is not what the plan was made from."""
        for tree in resource.trees.values():
            if _identity(tree) not in self._copies:
                # The folder keeps its name: the service shows it to people.
                root = self._folder / str(len(self._copies)) / Path(tree.root).name
                try:
                    stage_tree(tree, root, self._repository)
                except ChangedError as error:
                    raise ChangedError(f"{resource.key}: {error}") from error
                self._copies[_identity(tree)] = root

    def spec(self, resource: Resource) -> dict[str, Any]:
        """The resource's spec with every local path leading to its copy, each checked once more now."""
        spec = copy.deepcopy(dict(resource.spec))
        for field, tree in resource.trees.items():
            root = self._copies[_identity(tree)]
            verify(tree, root)
            _put(spec, field, str(root))
        return spec


@contextmanager
def staging(resources: Iterable[Resource], repository: Path) -> Iterator[Staging]:
    """Everything these resources send, staged; gone after the block. Raises ChangedError, and nothing was sent then."""
    with tempfile.TemporaryDirectory(prefix="aml-stage-") as folder:
        made = Staging(Path(folder), repository)
        for resource in resources:
            made.add(resource)
        yield made


def _identity(tree: Tree) -> tuple[str, str]:
    return tree.root, tree_digest(tree.files)


def _put(spec: dict[str, Any], field: FieldPath, value: str) -> None:
    *outer, last = field
    inner: Any = spec
    for step in outer:
        inner = inner[step]
    inner[last] = value
