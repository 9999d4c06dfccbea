"""Laying out a job's inputs as files of its own.

Inputs are copied, not linked: a job that writes to what it reads must not change what the workspace stores. With the
mount modes the copies are read-only, as they are on Azure ML.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from runner.emulator.execution.files import Stopped, copy_file, copy_tree
from runner.emulator.execution.problems import InputNotFoundError, JobCanceledError
from runner.emulator.execution.request import Input

LARGEST_DOWNLOAD = 20 << 30  # bytes
_TIMEOUT = httpx.Timeout(30.0)  # for connecting and between two chunks
_FOLDERS = ("uri_folder", "mltable")


async def materialise(item: Input, folder: Path, stop: asyncio.Event, on_detail: Callable[[str], None]) -> str:
    """What the command is given for an input: its value, its URI, or a path below `folder`."""
    if item.type == "literal":
        return str(item.source)
    if item.mode == "direct":
        return item.uri or str(item.source)
    on_detail(f"input {item.name}: {_shown(item)}")
    target = folder / item.name
    if isinstance(item.source, str) and "://" in item.source:
        return str(await _download(item, item.source, target, stop))
    return str(await asyncio.to_thread(_copy, item, Path(item.source), target, stop.is_set))


def _shown(item: Input) -> str:
    return item.uri or str(item.source)


def _copy(item: Input, source: Path, target: Path, stopped: Stopped) -> Path:
    read_only = not item.mode.endswith("download") and not item.mode.startswith("rw")
    if not source.exists():
        raise InputNotFoundError(f"input '{item.name}': {_shown(item)} does not exist")
    if item.type == "uri_file" and source.is_dir():
        raise InputNotFoundError(f"input '{item.name}' is a uri_file, but {_shown(item)} is a folder")
    if item.type in _FOLDERS and not source.is_dir():
        raise InputNotFoundError(f"input '{item.name}' is a {item.type}, but {_shown(item)} is a file")
    if source.is_dir():
        copy_tree(source, target, stopped, read_only=read_only)
        return target
    copy_file(source, target / source.name, read_only=read_only)
    return target / source.name


async def _download(item: Input, url: str, target: Path, stop: asyncio.Event) -> Path:
    address = urlsplit(url)
    if address.scheme != "https":
        raise InputNotFoundError(
            f"input '{item.name}': {address.scheme}:// cannot be read here, only https:// and assets"
        )
    if item.type in _FOLDERS:
        raise InputNotFoundError(
            f"input '{item.name}': a {item.type} cannot be downloaded from {_bare(url)}, only one file"
        )
    path = target / (Path(unquote(address.path)).name or item.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=True) as client:
            await _fetch(client, item, url, path, stop)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise InputNotFoundError(f"input '{item.name}': {_bare(url)} could not be downloaded: {reason}") from error
    return path


async def _fetch(client: httpx.AsyncClient, item: Input, url: str, path: Path, stop: asyncio.Event) -> None:
    size = 0
    async with client.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise InputNotFoundError(f"input '{item.name}': {_bare(url)} answered HTTP {response.status_code}")
        with path.open("wb") as file:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if stop.is_set():
                    raise JobCanceledError(f"canceled while input '{item.name}' was downloaded")
                if size > LARGEST_DOWNLOAD:
                    raise InputNotFoundError(
                        f"input '{item.name}': {_bare(url)} is larger than {LARGEST_DOWNLOAD >> 30} GiB"
                    )
                file.write(chunk)


def _bare(url: str) -> str:
    """An address without its query, which may be a signature."""
    address = urlsplit(url)
    return f"{address.scheme}://{address.hostname}{address.path}"
