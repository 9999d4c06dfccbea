"""`aml promote`: carries models from one workspace to another, or to a registry, line by line of project.yml.

No part of a plan: that knows one workspace, and a line is about two.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from runner import engine
from runner.azureml.rest import Rest
from runner.azureml.workspace import Workspace
from runner.desired import project, targets
from runner.desired.promotions import promotions
from runner.desired.templates.context import EMPTY
from runner.engine import Session
from runner.errors import AmlError, ServiceError
from runner.git import ancestry
from runner.git.repository import Repository
from runner.live import models
from runner.model.events import Listener, Working
from runner.model.identity import PROMOTED_COMMIT, PROMOTED_FROM, PROMOTED_REF
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Result
from runner.model.promotion import Model, Promotion, Standing, Step
from runner.plan.promotions import step


@dataclass(frozen=True, slots=True)
class Line:
    """One line of project.yml: what becomes of it, the session that carries it out, and where the model comes from."""

    step: Step
    session: Session
    source: Rest


@dataclass(slots=True)
class _Desk:
    """The sessions and workspaces that the lines are about, each opened once."""

    found: project.Project
    listener: Listener
    variables: Mapping[str, Any]
    environment: Mapping[str, str]
    sessions: dict[str, Session] = field(default_factory=dict)
    sources: dict[str, Rest] = field(default_factory=dict)

    def session(self, target: str) -> Session:
        if target not in self.sessions:
            root = self.found.root
            opened = engine.open_session(root, target, self.listener, self.variables, self.environment)
            self.sessions[target] = opened
        return self.sessions[target]

    def source(self, target: str) -> Rest:
        if target in self.sessions:
            return self.sessions[target].rest
        if target not in self.sources:
            self.sources[target] = Rest(engine.reach(self.found, target, self.environment))
        return self.sources[target]


def look(
    start: Path,
    target: str | None,
    listener: Listener,
    variables: Mapping[str, Any] = EMPTY,
    environment: Mapping[str, str] = os.environ,
) -> tuple[Line, ...]:
    """Every line, or those that a target carries out, and what becomes of each. Only reads.

    Raises ConfigError when there is no such target or a workspace is not named, and ServiceError for a failed read.
    """
    found = project.find(start)
    only = None if target is None else targets.named(found, target)[0]  # an empty name is that of the default target
    desk = _Desk(found, listener, variables, environment)
    return tuple(_looked(desk, each) for each in promotions(found.config) if only in {None, each.target})


def _looked(desk: _Desk, promotion: Promotion) -> Line:
    session, source = desk.session(promotion.target), desk.source(promotion.source)
    desk.listener(Working(f"looking for {promotion.live_name} in {promotion.source} and {promotion.where}"))
    if promotion.to and _same(session.workspace, source.workspace):
        why = f"{promotion.source} and {promotion.to} are one workspace"
        return Line(Step(promotion, Standing.REFUSED, why), session, source)
    return Line(_step(session, source, promotion), session, source)


def _step(session: Session, source: Rest, promotion: Promotion) -> Step:
    model = models.version(source, promotion.model, promotion.version)
    there = _there(session, promotion)
    branch = session.settings.branch or ""
    repository = Repository(session.project.repository)
    elsewhere = bool(branch) and not ancestry.on_branch(repository, branch)
    return step(promotion, model, _origin(source, promotion), there, branch if elsewhere else "")


def _there(session: Session, promotion: Promotion) -> Model | None:
    """What has the name and version of the line where it goes."""
    if promotion.to:
        return models.version(session.rest, promotion.model, promotion.version)
    with session.writer.open():
        tags = session.writer.shared(promotion.registry, promotion.model, promotion.version)
    return None if tags is None else Model(tags=tags)


def _same(one: Workspace, other: Workspace) -> bool:
    # All embedded workspaces have the same coordinates, and each an authority of its own.
    return (one.path.lower(), one.ca_file) == (other.path.lower(), other.ca_file)


def _origin(source: Rest, promotion: Promotion) -> str:
    return f"{source.workspace.path}/models/{promotion.model}/versions/{promotion.version}"


def check(lines: tuple[Line, ...]) -> None:
    """Raises ConfigError when something to copy is asked for by no commit, and its target wants one."""
    for line in lines:
        if line.step.standing is Standing.COPY:
            engine.check_committed(line.session)


def promote(lines: tuple[Line, ...], listener: Listener, stop: Event) -> Iterator[Result]:
    """Copies what is to be copied, one after the other; once `stop` is set, no more is begun."""
    for line in lines:
        if line.step.standing is Standing.COPY:
            yield _skipped(line.step) if stop.is_set() else _promoted(line, listener)


def _promoted(line: Line, listener: Listener) -> Result:
    promotion = line.step.promotion
    listener(Working(f"copying {promotion.live_name} from {promotion.source} to {promotion.where}"))
    try:
        _copy(line) if promotion.to else _share(line)
    except ServiceError as error:
        return _settled(line, error)
    except AmlError as error:
        return _result(line.step, "failed", error=str(error))
    return _result(line.step, "done")


def _copy(line: Line) -> None:
    session, model, promotion = line.session, line.step.model, line.step.promotion
    with tempfile.TemporaryDirectory(prefix="aml-") as folder:
        path = models.fetch(line.source, model, Path(folder), session.project.limits)
        spec = {
            "name": promotion.model,
            "version": promotion.version,
            "type": model.type,
            "path": path.name,
            "description": model.description,
            "flavors": dict(model.flavors),
            "tags": {**model.tags, **_tags(line)},
        }
        with session.writer.open():
            session.writer.put(Kind.MODEL, {name: value for name, value in spec.items() if value}, Path(folder))


def _tags(line: Line) -> dict[str, str]:
    """Where it comes from and who asked for it. Whose it is here says this project; what trained it, its own tags."""
    origin = line.session.desired.origin
    told = {
        "aml.project": origin.project,
        "aml.target": origin.target,
        PROMOTED_FROM: _origin(line.source, line.step.promotion),
        PROMOTED_COMMIT: origin.recorded,
        PROMOTED_REF: origin.ref,
    }
    return {name: value for name, value in told.items() if value}


def _share(line: Line) -> None:
    promotion = line.step.promotion
    with line.session.writer.open():
        line.session.writer.share(promotion.registry, promotion.model, promotion.version)


def _settled(line: Line, error: ServiceError) -> Result:
    """After an error: what is there decides, as the answer may be what was lost."""
    try:
        now = _step(line.session, line.source, line.step.promotion)
    except ServiceError as unread:
        return _result(line.step, "unknown", error=f"{error}; whether it arrived could not be read: {unread}")
    return _result(line.step, "done") if now.standing is Standing.THERE else _result(line.step, "failed", str(error))


def _skipped(done: Step) -> Result:
    return _result(done, "skipped", because="it was interrupted")


def _result(done: Step, status: str, error: str = "", because: str = "") -> Result:
    name = done.promotion.live_name
    return Result(Key(Kind.MODEL, done.promotion.model), Action.CREATE, name, status, error=error, because=because)
