"""The reference pages name everything that there is, and nothing else."""

import ast
import inspect
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from runner import __main__ as entry
from runner.azureml.rest import VERSIONS
from runner.cli.main import cli
from runner.desired.targets import READABLE
from runner.emulator.endpoint import Endpoint, client_variables
from runner.emulator.execution import variables
from runner.model.content import _DESCRIPTIVE, _HANDLING, _OUT, _SECRET
from runner.model.detectors import _SHAPES
from runner.model.keys import LONGEST_JOB_NAME, Kind
from tests.docs import reference
from tests.docs.markdown import ROOT, codes, first_codes, headings, prose, rows, section

DOCS = ROOT / "docs"
COMMANDS, SPECS, EMBEDDED = DOCS / "commands.md", DOCS / "specs.md", DOCS / "embedded-workspace.md"


def _commands(group: click.Group, path: str = "aml") -> Iterator[tuple[str, click.Command]]:
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from _commands(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


@pytest.mark.parametrize(("name", "command"), [pytest.param(*item, id=item[0]) for item in _commands(cli)])
def test_every_command_and_option(name: str, command: click.Command) -> None:
    documented = {code.split()[0] for code in first_codes(COMMANDS, name)}
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    actual = {spelling for option in options for spelling in (*option.opts, *option.secondary_opts)}
    assert documented - {"-h", "--help"} == actual


def test_no_command_is_made_up() -> None:
    documented = {heading for heading in headings(COMMANDS) if heading.startswith("aml")}
    assert documented == {name for name, _ in _commands(cli)}


@pytest.mark.parametrize("name", reference.pages())
def test_the_reference_of_specs_is_fresh(name: str) -> None:
    assert (reference.FOLDER / name).read_text("utf-8") == reference.pages()[name], "make docs"


def test_the_schema_beside_our_own_project_is_fresh() -> None:
    assert reference.SCHEMA.read_text("utf-8") == reference.project_schema(), "make docs"


def test_what_is_not_in_a_digest() -> None:
    documented = {row[0]: set(codes(row[1])) for row in rows(section(DOCS / "concepts.md", "Content decides"))}
    of_all = documented["every digest"]
    assert of_all == _DESCRIPTIVE
    assert of_all | documented["a job's and a node's, too"] == _HANDLING
    assert of_all | documented["an asset's, too"] == _OUT[Kind.ENVIRONMENT] | _OUT[Kind.DATA] | _OUT[Kind.MODEL]
    assert of_all | documented["a datastore's, too"] == _OUT[Kind.DATASTORE]
    assert of_all | documented["a connection's, too"] == _OUT[Kind.CONNECTION]
    assert _OUT[Kind.SCHEDULE] <= of_all | documented["a schedule's, too"]
    assert documented["a cluster's, too"] == set(_SECRET[Kind.COMPUTE])


def test_every_detector_of_secrets() -> None:
    documented = {name for row in rows(section(SPECS, "Secrets")) for name in codes(row[0])}
    assert documented == {"credentials", "name"} | {shape.detector for shape in _SHAPES}


def test_every_exit_code() -> None:
    documented = {int(row[0]) for row in rows(section(COMMANDS, "Exit codes"))}
    modules = [*(ROOT / "runner" / "cli").glob("*.py"), ROOT / "runner" / "emulator" / "commands.py"]
    returned = {code for module in modules for code in _returned(ast.parse(module.read_text("utf-8")))}
    assert documented == returned | {entry.OK, entry.ERROR, entry.INTERRUPTED}


def _returned(tree: ast.AST) -> Iterator[int]:
    """The numbers that functions return, as they stand there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            values = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
            for value in values:
                if isinstance(value, ast.Constant) and type(value.value) is int:
                    yield value.value


def test_every_environment_variable_that_the_code_reads() -> None:
    documented = first_codes(COMMANDS, "Environment variables") | _named(EMBEDDED, "Variables")
    files = (ROOT / "runner").rglob("*.py")
    read = {name for file in files for name in _read_variables(ast.parse(file.read_text("utf-8")))}
    assert {"AML_STATE_DIR", "AML_DEBUG", "NO_COLOR"} <= read
    assert read <= documented


def _read_variables(tree: ast.AST) -> Iterator[str]:
    """NAME of every os.environ.get("NAME") and os.environ["NAME"] that is not assigned to."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"), args=[ast.Constant(value=name), *_]
            ):
                yield str(name)
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=name), ctx=ast.Load()):
                yield str(name)


def _named(page: Path, heading: str) -> set[str]:
    return set(codes(" ".join(section(page, heading))))


def test_every_variable_of_builds_jobs_and_scripts() -> None:
    named = {name.rstrip("*") for name in _named(EMBEDDED, "Variables")}
    endpoint = Endpoint(**dict.fromkeys(inspect.get_annotations(Endpoint), ""))  # type: ignore[arg-type]
    assert named >= variables._FOR_BUILDS | variables._FOR_JOBS | variables._NEVER_FOR_BUILDS
    assert set(variables._BUILD_PREFIXES) | set(variables._PIP_NAMES) | set(variables._PIP_NAMES.values()) <= named
    assert set(client_variables(endpoint, "")) <= named


def test_the_variables_that_a_target_can_read() -> None:
    assert _named(SPECS, "Target") >= READABLE


def test_every_dependency_and_its_bound() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = metadata["optional-dependencies"]
    for heading, declared in (
        ("The engine", metadata["dependencies"]),
        ("Extra `local`: the embedded workspace", extras["local"]),
        ("Extra `github`: pull requests, checks and issues", extras["github"]),
        ("Extra `dev`: working on aml-runner", extras["dev"]),
    ):
        documented = {row[0]: row[1].strip("`") for row in rows(section(DOCS / "dependencies.md", heading))}
        assert documented == {name: text.removeprefix(name) for text in declared if (name := Requirement(text).name)}


def test_every_package_that_is_imported() -> None:
    page = DOCS / "dependencies.md"
    engine, local = section(page, "The engine"), section(page, "Extra `local`: the embedded workspace")
    github = section(page, "Extra `github`: pull requests, checks and issues")
    implied = section(page, "Imported, and not declared")
    named = {name.lower() for row in rows([*engine, *local, *github, *implied]) for name in row[0].split(", ")}
    known = packages_distributions()
    example = ROOT / "runner" / "scaffold"  # its code runs in an environment of its own
    files = [file for file in (ROOT / "runner").rglob("*.py") if not file.is_relative_to(example)]
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    imported = {name for tree in trees for name in _imported(tree)} - sys.stdlib_module_names - {"runner", "azure"}
    distributions = {name: {found.lower().replace("_", "-") for found in known[name]} for name in imported}
    assert {name for name in imported if not named & distributions[name]} == set()


def _imported(tree: ast.AST) -> Iterator[str]:
    """The top-level names that a module imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]


def test_the_api_versions_that_are_read() -> None:
    documented = {row[0]: row[1].strip("`") for row in rows(section(DOCS / "azure-ml.md", "API versions")) if row[1]}
    assert documented == VERSIONS


def test_the_longest_job_name() -> None:
    assert f"at most {LONGEST_JOB_NAME} characters" in " ".join(prose(DOCS / "azure-ml.md"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_as_the_page_sets_it_up(shell: str) -> None:
    page = COMMANDS.read_text("utf-8")
    assert f"_AML_COMPLETE={shell}_source aml" in page
    assert "_aml_completion" in _aml({"_AML_COMPLETE": f"{shell}_source"})


def test_completion_knows_the_commands() -> None:
    typed = {"_AML_COMPLETE": "bash_complete", "COMP_WORDS": "aml pl", "COMP_CWORD": "1"}
    assert _aml(typed).split() == ["plain,plan"]


def _aml(variables: dict[str, str]) -> str:
    aml = Path(sys.executable).with_name("aml")
    return subprocess.run([aml], env=os.environ | variables, check=True, capture_output=True, text=True).stdout
