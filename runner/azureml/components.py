"""Pipeline components in files: written in place of a node's `component`, the SDK's loader refuses them."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml


@contextmanager
def in_files(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The spec with every pipeline component, however deep, in a file of its own, which is gone after the block.

    Local paths in the spec must be absolute: files have another place than the spec.
    """
    with tempfile.TemporaryDirectory(prefix="aml-components-") as folder:
        yield _written(spec, Path(folder))


def _written(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_written(item, folder) for item in value]
    if not isinstance(value, Mapping):
        return value
    found = {name: _written(item, folder) for name, item in value.items()}
    component = found.get("component")
    if isinstance(component, Mapping) and "jobs" in component:
        path = folder / f"{len(list(folder.iterdir()))}.yml"
        path.write_text(as_yaml(component), "utf-8")
        found["component"] = str(path)
    return found


def as_yaml(spec: Mapping[str, Any]) -> str:
    """A spec as the text of a file."""
    text: str = yaml.safe_dump(dict(spec), sort_keys=False, allow_unicode=True)
    return text
