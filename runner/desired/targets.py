"""Targets: the workspace that a name in project.yml stands for."""

import re
from collections.abc import Mapping
from typing import Any

from runner.desired.place import FILE
from runner.desired.project import Project
from runner.desired.schema.project import Target
from runner.desired.templates.context import EMPTY, Context
from runner.errors import ConfigError

# What project.yml and templates may read of the environment. They come from pull requests: a secret must not travel
# in a URL.
READABLE = frozenset(
    {
        "AZURE_SUBSCRIPTION_ID",
        "AZURE_RESOURCE_GROUP",
        "AZUREML_WORKSPACE_NAME",
        "SUBSCRIPTION",
        "RESOURCE_GROUP",
        "WS_NAME",
    }
)
_DEFAULT = r"""\| \s* default\( \s* (?: "(?P<double>[^"\\]*)" | '(?P<single>[^'\\]*)' ) \s* \)"""
# They stand in the path of every request that is signed with a token: a slash or dots would lead it elsewhere.
_NAME = re.compile(r"(?!\.+$)[\w.()-]{1,90}")
_VARIABLE = re.compile(rf"\{{\{{ \s* env\.(?P<name>\w+) \s* (?: {_DEFAULT} \s* )? \}}\}}", re.VERBOSE | re.ASCII)


def named(project: Project, name: str | None) -> tuple[str, Target]:
    """The target of this name (else the default one), as written. Raises ConfigError when there is no such target."""
    chosen = name or project.config.default_target
    if chosen not in project.config.targets:
        known = ", ".join(sorted(project.config.targets))
        raise ConfigError(f"no target {chosen!r} in specs/{FILE}; there is: {known}")
    return chosen, project.config.targets[chosen]


def context(
    project: Project, name: str | None, environment: Mapping[str, str], variables: Mapping[str, Any] = EMPTY
) -> Context:
    """What templates may use when they are rendered for a target. Raises ConfigError when there is no such target."""
    chosen, target = named(project, name)
    return Context(project.config.project, chosen, target.values, variables, _readable(environment))


def choose(project: Project, name: str | None, environment: Mapping[str, str]) -> tuple[str, Target]:
    """The target of this name (else the default one), its `{{ env.NAME }}` filled in.

    Raises ConfigError when there is no such target, when it needs a variable that is unset or not readable, or when
    what comes out is no name.
    """
    chosen, target = named(project, name)
    coordinates = target.model_dump(include={"subscription_id", "resource_group", "workspace_name"})
    readable = _readable(environment)
    filled = {field: _filled(text, readable, f"targets.{chosen}.{field}") for field, text in coordinates.items()}
    empty = sorted(field for field, text in coordinates.items() if text and not filled[field].strip())
    if empty:
        # Without coordinates it would be the embedded workspace, which is not what was asked for.
        raise ConfigError(f"specs/{FILE}: targets.{chosen}: {', '.join(empty)} came out empty; is the variable empty?")
    odd = next((field for field, text in filled.items() if text and not _NAME.fullmatch(text)), None)
    if odd:
        words = f"{filled[odd][:90]!r} is not the name of anything on Azure"
        raise ConfigError(f"specs/{FILE}: targets.{chosen}.{odd}: {words}")
    return chosen, target.model_copy(update=filled)


def _readable(environment: Mapping[str, str]) -> dict[str, str]:
    return {variable: value for variable, value in environment.items() if variable in READABLE}


def _filled(text: str, readable: Mapping[str, str], where: str) -> str:
    """The text with its variables filled in. It is no template: whoever plans a pull request would compute it."""

    def value(found: re.Match[str]) -> str:
        default = found["double"] if found["single"] is None else found["single"]
        if found["name"] not in readable and default is None:
            hint = f"readable are {', '.join(f'env.{name}' for name in sorted(READABLE))}"
            raise ConfigError(f"specs/{FILE}: {where}: {text!r} names what is not set or must not be read; {hint}")
        return readable.get(found["name"], default or "")

    filled = _VARIABLE.sub(value, text)
    if "{{" in _VARIABLE.sub("", text):
        words = 'write {{ env.NAME }}, or {{ env.NAME | default("...") }}'
        raise ConfigError(f"specs/{FILE}: {where}: {text!r} is no valid template: {words}")
    return filled
