"""A plan in a file, to be applied later: exactly what somebody looked at, or nothing.

The file is no procedure. `apply` makes the plan again from the specs and the workspace, and goes on only if that is the
plan in the file. So whoever changes the file changes nothing but whether it is accepted.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import __version__
from runner.errors import ConfigError
from runner.model.content import describing
from runner.model.digest import sha256
from runner.model.options import Options
from runner.model.plan import Action, Plan
from runner.model.resource import DesiredState, Origin
from runner.report.json import document as plan_document
from runner.report.json import dump, plain

_AGAIN = "plan again"
# Where a job stands may change in the meantime, and says nothing about what is done.
_PASSING = frozenset({"state", "spec"})


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved plan as read: what was asked for, and the document."""

    file: str
    options: Options
    content: Mapping[str, Any]

    @property
    def target(self) -> str:
        """The target that it was made for."""
        return str(self.content.get("target"))


def document(made: Plan, desired: DesiredState, options: Options, place: str, created_at: str) -> str:
    """The plan as the text of a file. `place` stands for the workspace."""
    own = {"workspace": place, "options": dataclasses.asdict(options), "described": _described(made, desired)}
    whole: dict[str, Any] = plain(plan_document(made, created_at) | own)
    return dump(whole | {"checksum": sha256(whole)}) + "\n"


def is_saved(path: Path) -> bool:
    """Whether a word on the command line is a saved plan, and not a pattern."""
    if path.suffix == ".json":  # also if it is not there, or holds something else: no key ends like this
        return True
    try:
        with path.open("rb") as file:
            return file.read(1) == b"{"
    except OSError:
        return False


def read(path: Path) -> Saved:
    """The saved plan in a file. Raises ConfigError when it is none, was changed, or is another version's."""
    try:
        content = json.loads(path.read_text("utf-8"))
        checksum = content.pop("checksum")
        options = _options(content["options"])
        _changes(content)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ConfigError(f"{path} holds no saved plan: aml plan --out makes one") from error
    if content.get("tool_version") != __version__:
        raise ConfigError(f"{path} was saved by version {content.get('tool_version')}, this is {__version__}: {_AGAIN}")
    if checksum != sha256(content):
        raise ConfigError(f"{path} was changed after it was saved: {_AGAIN}")
    return Saved(str(path), options, content)


def _options(told: Mapping[str, Any]) -> Options:
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Options(**read)


def check_place(saved: Saved, origin: Origin, place: str) -> None:
    """Raises ConfigError unless the plan was made for this project, target, workspace and commit."""
    now = {"project": origin.project, "target": origin.target, "commit": origin.commit or None, "workspace": place}
    for name, value in now.items():
        before = saved.content.get(name)
        if before == value:
            continue
        if name == "workspace":
            raise ConfigError(f"{saved.file} was made for another workspace: {_AGAIN}")
        shown = [str(each)[:12] if name == "commit" else repr(each) for each in (before, value)]
        raise ConfigError(f"{saved.file} was made for {name} {shown[0]}, this is {shown[1]}: {_AGAIN}")


def check_same(saved: Saved, made: Plan, desired: DesiredState) -> None:
    """Raises ConfigError, naming what differs, unless the plan is the saved one."""
    content = plain(plan_document(made, "") | {"described": _described(made, desired)})
    before, now = _changes(saved.content), _changes(content)
    differing = sorted(address for address in before.keys() | now.keys() if before.get(address) != now.get(address))
    if differing:
        words = ", ".join(f"{address} ({_word(before, address)} -> {_word(now, address)})" for address in differing[:5])
        more = f" and {len(differing) - 5} more" if len(differing) > 5 else ""
        raise ConfigError(f"{saved.file} is stale: since it was made, these differ: {words}{more}; {_AGAIN}")


def _described(made: Plan, desired: DesiredState) -> dict[str, str]:
    """A short hash of what is sent beside the content, which the digest does not see: a description, tags."""
    pending = {change.key for change in made.pending}
    sent = {each.key: describing(each.spec) for each in desired.resources if each.key in pending}
    return {str(key): sha256(fields)[:16] for key, fields in sent.items()}


def _changes(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    described = content["described"]
    return {
        change["address"]: {name: value for name, value in change.items() if name not in _PASSING}
        | {"described": described.get(change["address"])}
        for change in content["resource_changes"]
        if change["action"] != Action.NO_OP
    }


def _word(changes: Mapping[str, Mapping[str, Any]], address: str) -> str:
    return str(changes[address]["action"]) if address in changes else str(Action.NO_OP)
