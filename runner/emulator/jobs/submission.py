"""Accepting a job: what is asked for is checked, resolved and recorded. Nothing runs here."""

from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request
from runner.emulator.jobs.expansion import Expansion
from runner.emulator.jobs.resolution import SERVED, Resolver, check_supported
from runner.emulator.jobs.sweeps import resolve_sweep
from runner.emulator.names import check_job_text, check_name
from runner.emulator.store.jobs import Job, Jobs, NewJob

MUTABLE = ("description", "displayName", "tags", "properties", "isArchived")
NOTE_PREFIX = "azureml.embedded."  # of properties that we add ourselves, on top of the 50 that a client may


class Submissions:
    """Accepts new jobs and changes to the metadata of known ones."""

    def __init__(self, jobs: Jobs, resolver: Resolver, expansion: Expansion) -> None:
        self._jobs = jobs
        self._resolver = resolver
        self._expansion = expansion

    def put(self, name: str, request: dict[str, Any]) -> tuple[Job, bool]:
        """Create a job, or update the metadata of one; whether it is new. 409-like refusals come as ServiceError."""
        check_name("jobs", name)
        check_job_text(request)
        existing = self._jobs.get(name)
        if existing is None:
            self._jobs.add_all(self._family(name, request))
            return self._jobs.require(name), True
        fixed = _fixed(request)
        if fixed not in (_fixed(existing.request), _fixed(existing.body)):
            changed = sorted(
                key
                for key in {*fixed, *_fixed(existing.request)}
                if fixed.get(key) != _fixed(existing.request).get(key)
            )
            raise bad_request(
                f"The job {name} exists and its {', '.join(changed)} cannot change: give the new job another name.",
                "JobPropertyImmutable",
            )
        return self.update(existing, request, replace_tags=True), False

    def update(self, job: Job, changes: Mapping[str, Any], *, replace_tags: bool) -> Job:
        """Change what may change: properties are only added, tags are replaced by PUT and merged by PATCH."""
        body = dict(job.body)
        for key in ("description", "displayName"):
            if changes.get(key) is not None:
                body[key] = changes[key]
        if changes.get("tags") is not None:
            body["tags"] = {**({} if replace_tags else body["tags"]), **changes["tags"]}
        body["properties"] = _added(job, changes.get("properties") or {})
        check_job_text({**body, "properties": _without_notes(body["properties"])})
        archived = changes.get("isArchived")
        return self._jobs.set_metadata(job.name, body, archived=job.archived if archived is None else bool(archived))

    def _family(self, name: str, request: dict[str, Any]) -> list[NewJob]:
        """The job, and the steps of a pipeline with it. A sweep makes its trials as it goes."""
        check_supported(request)
        if request["jobType"] == "Pipeline":
            return self._expansion.expand(name, request)
        resolve = self._resolver.command if request["jobType"] == "Command" else self._sweep
        return [NewJob(name, request, resolve(name, request))]

    def _sweep(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        return resolve_sweep(self._resolver, name, request)


def _added(job: Job, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The job's properties with new ones. Ours come back from whoever read them; they are not the client's to set."""
    known = job.body["properties"]
    for key, value in properties.items():
        if known.get(key, value) != value and not key.startswith(NOTE_PREFIX):
            raise bad_request(f"The property {key} of the job {job.name} is set and cannot change.", "UserError")
    return {**known, **_without_notes(properties)}


def _without_notes(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if not key.startswith(NOTE_PREFIX)}


def _fixed(body: Mapping[str, Any]) -> dict[str, Any]:
    """What can never change, without the nulls and empty objects that clients add or drop at will."""
    return {
        key: _without_nulls(value)
        for key, value in body.items()
        if key not in (*MUTABLE, *SERVED) and _without_nulls(value) not in (None, {}, [])
    }


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value
