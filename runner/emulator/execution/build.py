"""Building a job's environment with uv, or finding the one that was built before."""

import asyncio
import importlib.metadata
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from runner.emulator.execution import store
from runner.emulator.execution.conda import relaxed
from runner.emulator.execution.interpreter import Interpreter, choose
from runner.emulator.execution.journal import Journal
from runner.emulator.execution.openmp import provide_openmp, system_has_openmp
from runner.emulator.execution.problems import EnvironmentBuildError
from runner.emulator.execution.request import Environment
from runner.emulator.execution.resolve import Recipe, resolve
from runner.emulator.execution.uv import UvError, run_uv

_RESOLVED = re.compile(r"Resolved (\d+) packages? in")


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds for one job: where, with what log, and who is told how far it is."""

    environments_dir: Path
    journal: Journal  # system_logs/environment.txt
    on_detail: Callable[[str], None]
    stop: asyncio.Event

    async def build(self, environment: Environment) -> tuple[store.Built, tuple[str, ...]]:
        """The environment, ready for use, and what it substitutes for what was asked for.

        Raises EnvironmentBuildError or JobCanceledError.
        """
        recipe = resolve(environment)
        interpreter = await choose(recipe.python)
        path = self.environments_dir / store.key_of(recipe, interpreter)
        built = store.load(path)
        if built is None:
            self.on_detail(f"building environment {environment.name}")
            async with store.building(path, self.stop):
                built = store.load(path) or await self._install(environment.name, recipe, interpreter, path)
        else:
            self.journal.line(f"environment {environment.name} was built before, at {built.built_at}")
        known = [*recipe.replaced, interpreter.substitution, *differences(recipe.wanted, built.packages), built.note]
        substitutions = tuple(text for text in known if text)
        self._report(built, substitutions)
        return built, substitutions

    async def _install(self, name: str, recipe: Recipe, interpreter: Interpreter, path: Path) -> store.Built:
        begun = time.monotonic()
        self.journal.line(f"building environment {name} with python {interpreter.version} in {path.name}")
        try:
            await self._run(recipe, interpreter, path)
        except UvError as error:
            raise EnvironmentBuildError(
                f"environment {name} could not be built: {error}; the whole log is {self._log_name}"
            ) from error
        except OSError as error:
            raise EnvironmentBuildError(f"environment {name} could not be built in {path}: {error.strerror}") from error
        built = await asyncio.to_thread(_inspect, path, interpreter.version)
        built = replace(built, seconds=round(time.monotonic() - begun, 3))
        store.save(built)
        return built

    @property
    def _log_name(self) -> str:
        return f"{self.journal.path.parent.name}/{self.journal.path.name}"

    async def _run(self, recipe: Recipe, interpreter: Interpreter, path: Path) -> None:
        """Create and fill the environment."""
        await asyncio.to_thread(store.clear, path)
        await self._uv(path, "venv", "--no-project", "--allow-existing", "--python", interpreter.request, str(path))
        try:
            await self._fill(path, recipe.requirements)
        except UvError as error:
            loose = tuple(relaxed(requirement) for requirement in recipe.requirements)
            # What was pinned for another Python may never have been built for this one.
            if not interpreter.substitution or loose == recipe.requirements:
                raise
            self.journal.line(f"{error}; trying again with newer versions, as {interpreter.substitution}")
            await self._fill(path, loose)

    async def _fill(self, path: Path, requirements: tuple[str, ...]) -> None:
        file = path / "requirements.txt"
        file.write_text("\n".join([*requirements, "pip", ""]), encoding="utf-8")  # jobs may `pip install` on top
        await self._uv(path, "pip", "install", "--python", str(path / "bin" / "python"), "-r", str(file))

    async def _uv(self, path: Path, *arguments: str) -> None:
        await run_uv([*arguments], path, self.stop, self._on_line)

    def _on_line(self, line: str) -> None:
        self.journal.line(line)
        resolved = _RESOLVED.match(line)
        if resolved:
            self.on_detail(f"installing {resolved[1]} packages")

    def _report(self, built: store.Built, substitutions: tuple[str, ...]) -> None:
        self.journal.line(f"python {built.python}, {len(built.packages)} packages, built in {built.seconds:.1f} s")
        for text in substitutions:
            self.journal.line(f"substituted: {text}")


def _inspect(path: Path, python: str) -> store.Built:
    """What was really installed, with what it needs from this machine provided."""
    folder = store.site_packages(path, python)
    packages = {_normal(found.name): found.version for found in importlib.metadata.distributions(path=[str(folder)])}
    library_path, note = (None, "") if system_has_openmp() else provide_openmp(path, folder, frozenset(packages))
    return store.Built(
        path=path,
        python=python,
        packages=packages,
        library_path=str(library_path or ""),
        note=note,
        seconds=0.0,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def differences(wanted: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """One text for every package in another version than wanted, and one for all that are missing."""
    changed, missing = [], []
    for name, version in wanted.items():
        have = installed.get(_normal(name))
        if have is None:
            missing.append(f"{name} {version}")
        elif have != version and not have.startswith(version + "."):
            changed.append(f"{name} {version} -> {have}")
    return changed + ([f"left out: {', '.join(missing)}"] if missing else [])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
