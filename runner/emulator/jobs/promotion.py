"""A sweep's outputs are those of its best trial."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.emulator.execution.files import copy_file, copy_tree
from runner.emulator.jobs.crew import Crew


async def promote(crew: Crew, outputs: Mapping[str, Any], trial: str) -> None:
    """Copy what the trial wrote to where the sweep's outputs go."""
    written = crew.jobs.require(trial).body["outputs"]
    for name, output in outputs.items():
        source, target = crew.locator.source(written[name]["uri"]), crew.locator.source(output["uri"])
        if isinstance(source, Path) and isinstance(target, Path):
            await asyncio.to_thread(_copy, source, target)


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        copy_file(source, target)
    elif source.is_dir():
        copy_tree(source, target, lambda: False)
