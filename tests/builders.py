"""Small real values for tests: resources, runs, states and plans, with as little said as a test needs."""

from collections.abc import Iterable, Mapping
from typing import Any

from runner.model import digest, identity
from runner.model.content import deciding
from runner.model.diagnostics import Diagnostic, Position
from runner.model.keys import Key, Kind
from runner.model.live import LiveResource, LiveRun, LiveState
from runner.model.plan import Action, Change, Plan, Reason
from runner.model.resource import DesiredState, External, FieldPath, Origin, Resource, Tree
from runner.model.rules import DEFAULT, Settings
from runner.model.secrets import Need

ORIGIN = Origin("demo", "local", commit="c" * 40, ref="refs/heads/main")
JOB: dict[str, Any] = {
    "command": "python main.py",
    "environment": "azureml:env:1",
    "compute": "cpu",
    "inputs": {"rate": 0.9, "iris": {"type": "uri_file", "path": "azureml:iris:1"}},
}


def key(text: str) -> Key:
    """`job/train` as a key."""
    kind, _, name = text.partition("/")
    return Key(Kind(kind), name)


def resource(
    name: str = "job/train",
    spec: Mapping[str, Any] | None = None,
    *,
    trees: Mapping[FieldPath, Tree] | None = None,
    depends_on: Iterable[str] = (),
    line: int = 1,
    settings: Settings = DEFAULT,
    files: Iterable[str] = (),
    needs: Mapping[FieldPath, Need] | None = None,
) -> Resource:
    """A desired resource whose digest is taken as the engine takes it."""
    own = key(name)
    sent = dict(JOB if spec is None and own.kind is Kind.JOB else spec or {})
    content = deciding(own.kind, sent, settings.ignore_changes)
    for path, tree in (trees or {}).items():
        content[str(path[0])] = {"tree": digest.tree_digest(tree.files)}
    return Resource(
        key=own,
        spec=sent,
        content=content,
        digest=digest.digest(own.kind, content),
        position=Position(f"specs/{own.kind.folder}/{own.name}.yml", line),
        depends_on=tuple(key(other) for other in depends_on),
        trees=trees or {},
        files=tuple(files),
        settings=settings,
        needs=needs or {},
    )


def code(**files: str) -> dict[FieldPath, Tree]:
    """The code of a job: file names (`_` for `.`) and their text."""
    blobs = {name.replace("_", "."): digest.blob_id(text.encode()) for name, text in files.items()}
    return {("code",): Tree("/nowhere", blobs)}


def desired(*resources: Resource, externals: Iterable[External] = (), origin: Origin = ORIGIN) -> DesiredState:
    """What a repository asks for."""
    return DesiredState(origin, resources, tuple(externals))


def run_of(
    wanted: Resource,
    status: str = "Completed",
    *,
    attempt: int = 1,
    day: int = 1,
    tags: Mapping[str, str] | None = None,
    resolved: Mapping[str, str] | None = None,
    **changes: Any,
) -> LiveRun:
    """The run that apply makes for a job. `changes` replace properties, or fields of the run; None drops a property."""
    facts = {name: changes.pop(name) for name in ("cause", "timeout") if name in changes}
    properties = identity.properties(ORIGIN, wanted, resolved or {})
    properties |= {f"aml.{name}": value for name, value in changes.items()}
    return LiveRun(
        name=desired(wanted).live_name(wanted, attempt),
        status=status,
        created_at=f"2026-01-{day:02}T00:00:00Z",
        properties={name: value for name, value in properties.items() if value is not None},
        tags=tags or {},
        spec={**wanted.spec, "inputs": {name: _bare(value) for name, value in wanted.spec.get("inputs", {}).items()}},
        **facts,
    )


def _bare(value: Any) -> Any:
    return value["path"] if isinstance(value, Mapping) else value


def present(wanted: Resource, *, archived: bool = False, **changes: Any) -> LiveResource:
    """What is no job as apply makes it; `changes` replace fields of what is live."""
    tags = {**(wanted.spec.get("tags") or {}), **identity.tags(ORIGIN, wanted)}
    return LiveResource(spec={**wanted.spec, "tags": tags, **changes}, tags=tags, state="Succeeded", archived=archived)


def live(wanted: DesiredState) -> LiveState:
    """A workspace that holds exactly what is desired; models without a version as their first."""
    kinds: dict[Kind, list[Resource]] = {kind: [] for kind in Kind}
    for each in wanted.resources:
        kinds[each.key.kind].append(each)
    return LiveState(
        computes={each.key.name.lower(): present(each) for each in kinds[Kind.COMPUTE]},
        datastores={each.key.name: present(each) for each in kinds[Kind.DATASTORE]},
        connections={each.key.name: present(each) for each in kinds[Kind.CONNECTION]},
        schedules={each.key.name: present(each) for each in kinds[Kind.SCHEDULE]},
        assets={(each.key, number(each)): present(each) for each in wanted.resources if each.key.kind.versioned},
        runs=tuple(run_of(each) for each in kinds[Kind.JOB]),
    )


def number(wanted: Resource) -> str:
    """The version of an asset; of a model that states none, the first."""
    return "1" if wanted.key.kind.numbered and "version" not in wanted.spec else wanted.version


def change(name: str, action: Action, *reasons: Reason, **facts: Any) -> Change:
    """One change of a plan; `facts` replace what it is made of."""
    own = key(name)
    made: dict[str, Any] = {"live_name": own.name, "digest": "d" * 64, "position": Position(f"specs/{own.name}.yml")}
    return Change(own, action, reasons=reasons, **made | facts)


def plan(*changes: Change, diagnostics: Iterable[Diagnostic] = (), origin: Origin = ORIGIN) -> Plan:
    """A plan of these changes."""
    return Plan(origin, changes, tuple(diagnostics))
