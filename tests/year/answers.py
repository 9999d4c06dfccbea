"""The right answers, worked out of what is true."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from runner.model.ledger import FINISH, Entry
from tests.year.archive import Archive
from tests.year.lines import iso
from tests.year.specs import files, spec
from tests.year.truth import Applied, Deed, Run

Step = dict[str, Any]


def history(
    archive: Archive, keys: set[str] | None = None, target: str | None = None, since: datetime | None = None
) -> list[Step]:
    """The steps of `aml history --json`, entries with what is true of them."""
    found: dict[int, list[Step]] = {}
    for applied, deed, entry in deeds(archive):
        wanted = (keys is None or deed.address in keys) and target in {None, applied.target}
        if wanted and (since is None or applied.at >= since):
            found.setdefault(applied.commit, []).append(_told(applied, deed, entry))
    if keys is not None and target is None:
        for place in touching(archive, keys):
            if since is None or archive.year.commits[place].at >= since:
                found.setdefault(place, [])
    steps = [{"commit": _commit(archive, place), "entries": told} for place, told in found.items()]
    return sorted(steps, key=lambda step: (_when(step), step["commit"]["id"]))


def deeds(archive: Archive) -> Iterator[tuple[Applied, Deed, Entry]]:
    """Everything that was done, with its line."""
    for applied, lines in zip(archive.year.applies, archive.lines, strict=True):
        begun = (entry for entry in lines if entry.action != FINISH)
        yield from ((applied, deed, entry) for deed, entry in zip(applied.deeds, begun, strict=True))


def touching(archive: Archive, keys: set[str]) -> Iterator[int]:
    """The commits of main's history in which the file of one of the specs differs from all that they were made of."""
    year = archive.year
    applied = {deed.address for _, deed, _ in deeds(archive) if deed.action not in {"register", "delete"}}
    paths = {spec(address) for address in keys & applied}
    texts = [files(made.knobs, year.project) for made in year.commits]
    for place in year.behind(year.main):
        before = [texts[parent] for parent in year.commits[place].parents]
        if any(all(texts[place].get(path) != each.get(path) for each in before or [{}]) for path in paths):
            yield place


def _told(applied: Applied, deed: Deed, entry: Entry) -> Step:
    return {
        "at": entry.at,
        "target": applied.target,
        "address": deed.address,
        "action": deed.action,
        "status": deed.status,
        "error": deed.error,
        "live_name": entry.live_name,
        "digest": entry.digest,
        "actor": applied.actor,
        "ref": applied.ref,
        "pull_request": applied.pull,
        "dirty": applied.dirty,
        "run": outcome(deed.run) if deed.run and deed.action != "register" else None,
    }


def outcome(run: Run) -> Step | None:
    """How a run ended, as an entry tells it."""
    ending = run.ending
    return ending and {
        "status": ending.status,
        "created_at": iso(run.created),
        "started_at": iso(ending.started),
        "ended_at": iso(ending.ended),
        "error": "",
        "metrics": {"loss": ending.loss},
        "parameters": {"value": str(run.content[0])},
    }


def _commit(archive: Archive, place: int) -> Step:
    made, name = archive.year.commits[place], archive.ids[place]
    if place not in archive.here:
        return {"id": name, "author": "", "at": "", "subject": "", "pull_request": None}
    return {
        "id": name,
        "author": made.author,
        "at": made.at.replace(microsecond=0).isoformat(),
        "subject": made.subject,
        "pull_request": made.pull,
    }


def _when(step: Step) -> datetime:
    return datetime.fromisoformat(step["entries"][0]["at"] if step["entries"] else step["commit"]["at"])
