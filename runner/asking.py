"""The workspace as a witness of the past: asked for what git and the ledger do not know, and for nothing else."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from runner import engine
from runner.apply.secrets import Secrets
from runner.azureml.rest import Rest
from runner.desired import project
from runner.desired.project import Project
from runner.errors import AmlError, ConfigError
from runner.live.named import Named, named
from runner.live.outcome import outcome, utc
from runner.model.fence import bare
from runner.model.identity import DIGEST_SCHEME, RUN, recorded_parts, recorded_resolved
from runner.model.ledger import FINISH, REGISTER, Entry, Ledger
from runner.model.outcome import Outcome

_UNTOLD = "1970-01-01T00:00:00+00:00"


@dataclass
class Place:
    """Where the past is asked about: a project, its ledger, a target, and its workspace, if that may be asked."""

    project: Project
    recorded: Ledger
    target: str
    environment: Mapping[str, str]
    offline: bool = False
    problem: str = ""  # why the workspace is not asked, or not any more
    _visited: bool = field(default=False, init=False)
    _rest: Rest | None = field(default=None, init=False)

    @property
    def rest(self) -> Rest | None:
        """The workspace; None when nobody is to ask it, or it does not answer."""
        if self.offline:
            self.problem = "the workspace was not asked (--offline)"
        elif not self._visited:
            self._visited = True
            try:
                found = Rest(engine.visit(self.project, self.target, self.environment))
                found.facts()
            except AmlError as error:
                self.close(error)
            else:
                self._rest = found
        return self._rest

    def close(self, error: AmlError) -> None:
        """It is not asked any more."""
        self._rest, self.problem = None, f"the workspace could not be asked: {error}"

    def outcome(self, run: str) -> Outcome | None:
        """How a run ended, without secrets; None when it goes on, is not there, or nobody can say."""
        rest = self.rest
        return outcome(rest, run, Secrets(self.environment).redacted) if rest else None


@dataclass
class Witness:
    """Answers as lines that the ledger could hold. What it cannot say, and that it was asked, is in `notes`.

    An embedded workspace that is stopped stays so.
    """

    start: Path
    target: str | None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def _rest(self) -> Rest:
        return Rest(engine.visit(project.find(self.start), self.target))

    def named(self, name: str) -> list[Entry]:
        """What is called so; empty when there is no such thing, or nobody can say."""
        try:
            found = named(self._rest, name)
        except AmlError as error:
            self.notes.append(
                f"the ledger does not tell how {name} came to be, and the workspace cannot be asked: {error}"
            )
            return []
        where = "the workspace told of it" if found else "nor does the workspace"
        self.notes.append(f"the ledger does not tell how {name} came to be; {where}")
        return [_entry(each, self._rest.workspace.path) for each in found]

    def ended(self, entry: Entry) -> list[Entry]:
        """How the run ended that an entry is about; empty when it goes on, or nobody can say."""
        found: list[Entry] = []
        try:
            found += self._end(entry)
        except AmlError as error:
            words = f"the workspace cannot be asked: {error}"
        else:
            words = "the workspace told it" if found else "it still runs, or is not there any more"
        self.notes.append(f"how {entry.live_name} ended is not in the ledger; {words}")
        return found

    def _end(self, entry: Entry) -> Iterator[Entry]:
        if self._rest.workspace.path.lower() != entry.workspace.lower():
            raise ConfigError("its target is another workspace by now")
        found = outcome(self._rest, entry.live_name, Secrets(os.environ).redacted)
        if found:
            yield replace(entry, id=f"{entry.id} {FINISH}", action=FINISH, status=found.status, run=found)


def _entry(found: Named, path: str) -> Entry:
    recorded = found.recorded
    commit = recorded.get("aml.commit", "")
    run = recorded.get(RUN, "")
    return Entry(
        at=utc(found.created_at) or _UNTOLD,
        id=f"{found.key} {found.live_name}",
        project=recorded.get("aml.project", ""),
        target=recorded.get("aml.target", ""),
        workspace=path,
        commit=bare(commit),
        dirty=commit != bare(commit),
        ref=recorded.get("aml.ref", ""),
        address=str(found.key),
        action=REGISTER if run else "run" if found.key.kind == "job" else "create",
        status="done",
        live_name=found.live_name,
        digest=recorded.get("aml.digest", ""),
        digest_scheme=recorded.get(DIGEST_SCHEME, ""),
        parts=recorded_parts(recorded) if not run else {},
        resolved=recorded_resolved(recorded),
        from_run=run,
    )
