"""How far a run can be had again: for people, and as JSON."""

import dataclasses
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from runner import __version__
from runner.model.commits import Commit
from runner.model.reproduction import Again, Floating, Reproduction, Unaddressed, Unpinned, is_close
from runner.model.runs import COMPLETED, FAILED
from runner.report import json
from runner.report.lines import ADD, FAINT, PLAIN, REMOVE, STRONG, WARN, Line, cut, delta, duration, number, one_line
from runner.report.text import reasons

_WIDTH = 67
_SUBJECT = 40  # characters, so that a line fits 80 columns


def text(found: Reproduction) -> Iterator[Line]:
    """The verdict, then all that the digest does not hold."""
    record = found.record
    status, took = record.outcome.status, record.outcome.seconds
    ended = f"{status}{f' in {duration(took)}' if took is not None else ''}" if status else "not over, as far as known"
    yield Line(f"{record.key}  {record.live_name}", STRONG)
    yield Line(f"  run        {ended}, on {record.target}, as the {record.known_from} says", FAINT)
    yield Line(f"  commit     {_commit(found.commit)}", FAINT)
    if found.reproduced:
        yield Line(f"  digest     {record.digest[:12]}: the commit gives it again", ADD)
    else:
        yield Line(f"  digest     {record.digest[:12]}: the commit does not give it again", REMOVE)
    yield from (Line(f"               {one_line(each)}", WARN) for each in found.why)
    yield from (Line(f"               {each}") for each in reasons(found.differing))
    yield from _now(found)
    yield from _listed("floating", map(_floating, found.floating))
    yield from _packages(found.packages)
    yield from _listed("data", map(_data, found.data))


def _commit(commit: Commit) -> str:
    if not commit.at:
        return f"{commit.id[:10] or '-'}  (not in this clone)"
    return f"{commit.id[:10]}  {commit.at[:16].replace('T', ' ')}  {cut(one_line(commit.subject), _SUBJECT)}"


def _now(found: Reproduction) -> Iterator[Line]:
    now = found.now
    head = now.commit.id[:10] or "-"
    if now.same:
        yield Line(f"  now        {head} would still give it", ADD)
    elif now.same is None:
        yield Line(f"  now        nobody can say what {head} gives: {one_line(now.why)}", WARN)
    else:
        yield Line(f"  now        {head} gives another{f': {now.why}' if now.why else ''}", WARN)
        yield from (Line(f"               {each}") for each in reasons(now.moved))


def _listed(name: str, told: Iterable[tuple[str, str, str]]) -> Iterator[Line]:
    for count, (what, words, style) in enumerate(told):
        yield Line(f"  {'' if count else name:<9}  {what}", style)
        yield Line(f"               {words}", style if style == WARN else FAINT)


def _floating(each: Floating) -> tuple[str, str, str]:
    what = f"{each.field}: {each.reference}"
    if each.moved:
        return what, f"was {each.before}, and is {each.now} now", WARN
    if not each.before:
        return what, "what it stood for is not recorded", PLAIN
    return what, f"was {each.before}{', and still is' if each.now else ', and what it is now is not known'}", PLAIN


def _packages(found: Iterable[Unpinned]) -> Iterator[Line]:
    """Those whose version the run is known to have had, and in one line the rest."""
    known = [each for each in found if each.before]
    rest = [f"{each.name} {each.stated}".strip() for each in found if not each.before]
    for count, each in enumerate(known):
        stated = f"{each.name} {each.stated}".strip()
        yield Line(f"  {'' if count else 'packages':<9}  {stated}: no exact version; the run had {each.before}")
    if rest:
        words = wrap(f"{', '.join(rest)}: no exact version, and which one the run had is not known", _WIDTH)
        for count, line in enumerate(words):
            yield Line(f"  {'' if known or count else 'packages':<9}  {line}")


def _data(each: Unaddressed) -> tuple[str, str, str]:
    what = f"{each.field}: {each.path}"
    if each.moved:
        return what, f"has changed since: at {each.changed_at[:16].replace('T', ' ')}", WARN
    when = f"; unchanged since {each.changed_at[:16].replace('T', ' ')}" if each.changed_at else ""
    return what, f"is a path, which can hold something else{when}", PLAIN


def again(found: Again) -> Iterator[Line]:
    """The run that was trained again, beside the first one."""
    status = found.outcome.status
    style = ADD if status == COMPLETED else REMOVE if status in FAILED else PLAIN
    yield Line(f"again as {found.live_name} on {found.target}  {status}", style)
    width = max((len(name) for name, _, _ in found.metrics), default=0)
    if found.metrics:
        yield Line(f"  {'metrics':<{width + 2}}  {'before':>12}  {'again':>12}", FAINT)
    for name, before, now in found.metrics:
        same = is_close(before, now, found.tolerance)
        row = f"    {name:<{width}}  {_number(before):>12}  {_number(now):>12}  {'' if same else delta(before, now)}"
        yield Line(row.rstrip(), PLAIN if same else REMOVE)
    for package, had, has in found.packages:
        yield Line(f"  packages: {package} was {had or 'absent'}, and is {has or 'absent'}", WARN)
    if not found.first:
        yield Line("How the first run ended is not known: there is nothing to compare with.", WARN)
    elif status == COMPLETED:
        verdict = "the same" if found.within else "not the same"
        yield Line(f"The metrics are {verdict} within {found.tolerance:g}.", ADD if found.within else REMOVE)


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def document(found: Reproduction, trained: Again | None) -> str:
    """Both as one JSON object."""
    told = {
        "format_version": json.FORMAT_VERSION,
        "tool_version": __version__,
        "target": found.record.target,
        "run": _record(found),
        "commit": json.commit(found.commit),
        "reproduced": found.reproduced,
        "why": list(found.why),
        "differing": [json.difference(each) for each in found.differing],
        "now": {
            "commit": json.commit(found.now.commit),
            "same": found.now.same,
            "why": found.now.why,
            "moved": [json.difference(each) for each in found.now.moved],
        },
        "floating": [dataclasses.asdict(each) | {"moved": each.moved} for each in found.floating],
        "packages": [dataclasses.asdict(each) for each in found.packages],
        "data": [dataclasses.asdict(each) for each in found.data],
        "unknown": list(found.unknown),
        "again": trained and _again(trained),
    }
    return json.dump(told)


def _record(found: Reproduction) -> dict[str, Any]:
    record = found.record
    return {
        "address": str(record.key),
        "live_name": record.live_name,
        "digest": record.digest,
        "digest_scheme": record.scheme,
        "dirty": record.dirty,
        "pull_request": record.pull_request,
        "status": record.outcome.status,
        "known_from": record.known_from,
    }


def _again(trained: Again) -> dict[str, Any]:
    return {
        "live_name": trained.live_name,
        "target": trained.target,
        "status": trained.outcome.status,
        "within": trained.within,
        "tolerance": trained.tolerance,
        "metrics": [json.values(*each) for each in trained.metrics],
        "packages": [json.values(*each) for each in trained.packages],
    }
