"""Pipeline components and scheduled jobs in files: written in place, the SDK's loader refuses them."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml


@contextmanager
def in_files(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The spec with pipeline components, however deep, and scheduled jobs in files, which are gone after the block.

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
        found["component"] = _file(component, folder)
    job = found.get("create_job")
    if isinstance(job, Mapping):
        found["create_job"] = _scheduled(job, folder)
    return found


def _scheduled(job: Mapping[str, Any], folder: Path) -> Any:
    """A job in a file; of one with changes (`job` beside them) the job alone."""
    if "job" not in job:
        return _file(job, folder)
    changed = job["job"]
    return {**job, "job": _file(changed, folder)} if isinstance(changed, Mapping) else job


def _file(spec: Mapping[str, Any], folder: Path) -> str:
    path = folder / f"{len(list(folder.iterdir()))}.yml"
    path.write_text(as_yaml(spec), "utf-8")
    return str(path)


def as_yaml(spec: Mapping[str, Any]) -> str:
    """A spec as the text of a file."""
    text: str = yaml.safe_dump(dict(spec), sort_keys=False, allow_unicode=True)
    return text
