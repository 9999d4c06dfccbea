"""What is remembered of a run, by any of its names: from the ledger, else from the run's own properties."""

from dataclasses import replace

from runner.asking import Place
from runner.errors import ConfigError
from runner.live import models, runs
from runner.model.fence import bare
from runner.model.identity import DIGEST_SCHEME, RUN, recorded_files, recorded_parts, recorded_resolved
from runner.model.keys import Key, Kind
from runner.model.ledger import REGISTER, Entry, Ledger
from runner.model.live import LiveRun
from runner.model.outcome import Outcome
from runner.model.reproduction import Record


def find(place: Place, name: str) -> Record:
    """The run of this live name, the newest run of this job, or the run that this model version was.

    Raises ConfigError when neither the ledger nor the workspace knows it.
    """
    told = _in_ledger(place, name) or _in_workspace(place, name)
    if told:
        return told
    where = f" ({place.problem})" if place.problem else " nor does the workspace"
    raise ConfigError(f"the ledger knows no run, job or model version {name!r}{where}")


def _in_ledger(place: Place, name: str) -> Record | None:
    own = [entry for entry in place.recorded.entries if entry.project == place.project.config.project]
    became = [entry.from_run for entry in own if entry.action == REGISTER and entry.live_name == name]
    begun = [entry for entry in own if entry.stands]
    found = _called(begun, became[-1] if became else name)
    here = [entry for entry in found if entry.target == place.target] or found
    submitted = [entry for entry in here if entry.action == "run"] or here
    return _of_entry(submitted[-1], place.recorded) if submitted else None


def _called(begun: list[Entry], name: str) -> list[Entry]:
    by_name = [entry for entry in begun if entry.live_name == name]
    return by_name or [entry for entry in begun if name in {entry.address, entry.key.name}]


def _of_entry(entry: Entry, recorded: Ledger) -> Record:
    return Record(
        key=entry.key,
        live_name=entry.live_name,
        target=entry.target,
        commit=entry.commit,
        dirty=entry.dirty,
        digest=entry.digest,
        scheme=entry.digest_scheme,
        known_from="ledger",
        outcome=recorded.outcomes().get(entry.id, Outcome("")),
        pull_request=entry.pull_request,
        parts=entry.parts,
        resolved=entry.resolved,
    )


def _in_workspace(place: Place, name: str) -> Record | None:
    rest = place.rest
    if rest is None:
        return None
    model, colon, number = name.rpartition(":")
    version = models.version(rest, model, number) if colon else None
    wanted = version.tags.get(RUN, name) if version else name
    listed = runs.runs(rest, place.project.config.project)
    found = [run for run in listed if wanted in {run.name, run.key, run.key.partition("/")[2]}]
    return of_run(place, found[-1]) if found and found[-1].key else None


def of_run(place: Place, run: LiveRun) -> Record:
    """What a run remembers of itself, and how it ended."""
    kind, _, name = run.key.partition("/")
    return Record(
        key=Key(Kind(kind), name),
        live_name=run.name,
        target=run.properties.get("aml.target", ""),
        commit=bare(run.commit),
        dirty=run.commit != bare(run.commit),
        digest=run.digest,
        scheme=run.properties.get(DIGEST_SCHEME, ""),
        known_from="workspace",
        outcome=place.outcome(run.name) or Outcome(run.status),
        parts=recorded_parts(run.properties),
        files=recorded_files(run.properties),
        resolved=recorded_resolved(run.properties),
    )


def with_properties(place: Place, record: Record, run: LiveRun) -> Record:
    """A record of the ledger with what the run in the workspace alone knows."""
    outcome = record.outcome if record.outcome.status else of_run(place, run).outcome
    resolved = record.resolved or recorded_resolved(run.properties)
    return replace(record, files=recorded_files(run.properties), outcome=outcome, resolved=resolved)
