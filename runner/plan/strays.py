"""What is live and explained by nothing: nobody's, this project's own leftovers, and what it has of no commit."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from runner.model import builtin
from runner.model.identity import is_outcome
from runner.model.keys import Key, Kind, matches_any
from runner.model.live import LiveRun, LiveState, Stray
from runner.model.resource import DesiredState
from runner.plan.explained import Record, without_commit


def strays(
    desired: DesiredState, live: LiveState, runs: Collection[LiveRun], external: Iterable[str], record: Record
) -> tuple[Stray, ...]:
    """Everything live that is in no spec, or of no commit, is nobody else's by its tags, and is not listed as
    `external`, sorted; each once.

    `runs` are all runs of the workspace. A run of this project is explained by its commit, one that a schedule started
    by the schedule, a version that a job's output was registered as by the job's spec, a model that a run's output
    became, or that was promoted, by its tags.
    """
    globs = tuple(external)
    explained = {resource.key.folded for resource in desired.resources} | set(_outputs(desired))
    found = [*without_commit(desired, live, runs, record), *_unexplained(desired, live, runs, explained)]
    told = {address: why for key, address, why in found if not matches_any(key, globs)}
    return tuple(sorted(Stray(address, why) for address, why in told.items()))


def _unexplained(
    desired: DesiredState, live: LiveState, runs: Iterable[LiveRun], explained: set[Key]
) -> Iterator[tuple[Key, str, str]]:
    for key, found in live.mutable():
        is_own = key.kind is Kind.DATASTORE and key.name in builtin.OWN_STORES
        why = _why(desired, found.tags, is_desired=key.folded in explained)
        if why and not is_own:
            yield key, str(key), why
    for (key, version), asset in live.assets.items():
        why = _why(desired, asset.tags, is_desired=key in explained or is_outcome(asset.tags))
        if why and not asset.archived and key.name not in builtin.ANONYMOUS:
            yield key, f"{key}:{version}", why
    for run in runs:
        if not run.properties.get("aml.project") and run.schedule not in live.schedules:
            yield Key(Kind.JOB, run.name), f"job/{run.name}", "no project made it"


def _why(desired: DesiredState, tags: Mapping[str, str], *, is_desired: bool) -> str:
    project, target = tags.get("aml.project"), tags.get("aml.target")
    if is_desired or (project and (project, target) != (desired.origin.project, desired.origin.target)):
        return ""
    return "no spec asks for it any more" if project else "no project made it"


def _outputs(desired: DesiredState) -> Iterator[Key]:
    """What outputs of jobs are registered as."""
    for resource in desired.resources:
        outputs = resource.spec.get("outputs") if resource.key.kind is Kind.JOB else None
        for output in (outputs or {}).values():
            name = output.get("name") if isinstance(output, dict) else None
            if name:
                yield from (Key(kind, str(name)) for kind in (Kind.DATA, Kind.MODEL))
