"""What came of a run, for people who compare: metrics, parameters, curves, and the end of its log when it failed."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from runner.azureml import runs
from runner.azureml.rest import Rest
from runner.live import translate
from runner.model.review import Curve, Trained
from runner.model.runs import FAILED, TERMINAL

MOST_CURVES = 6
TAIL_LINES, _TAIL_BYTES = 20, 20_000


def trained(
    rest: Rest, name: str, now: datetime, *, wanted: Iterable[str] = (), redacted: Callable[[str], str] = str
) -> Trained:
    """A run as it stands. `wanted` metrics get their curves first, if they have any; more follow by name.

    A run that is not there has the status NotFound.
    """
    found = runs.details(rest, name)
    if found is None:
        return Trained(name, "NotFound", error="there is no such run")
    job = rest.get(f"jobs/{name}")
    logged = runs.logged(rest, name) if found.status in TERMINAL else runs.Logged()
    end = found.ended_at if found.status in TERMINAL else ""
    return Trained(
        live_name=name,
        status=found.status,
        url=translate.run(job).url if job else "",
        seconds=_seconds(found.started_at, end, now),
        error=redacted(found.error or ("canceled on request" if found.status == "Canceled" else "")),
        tail=tuple(map(redacted, _tail(rest, found))) if found.status in FAILED else (),
        metrics=logged.metrics,
        parameters=logged.parameters,
        curves=tuple(_curves(rest, name, logged, list(wanted))),
    )


def _seconds(start: str, end: str, now: datetime) -> float | None:
    began = _time(start)
    return None if began is None else max(((_time(end) or now) - began).total_seconds(), 0.0)


def _time(text: str) -> datetime | None:
    found = datetime.fromisoformat(text) if text else None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _tail(rest: Rest, found: runs.Details) -> list[str]:
    url = (found.logs or {}).get(found.user_log) or (found.logs or {}).get(found.build_log)
    text = rest.text(url, 0)[-_TAIL_BYTES:] if url else b""
    lines = [runs.line(raw) for raw in text.rstrip(b"\n").split(b"\n")] if text else []
    return lines[-TAIL_LINES:]


def _curves(rest: Rest, name: str, logged: runs.Logged, wanted: list[str]) -> Iterable[Curve]:
    ordered = [metric for metric in wanted if metric in logged.metrics]
    ordered += [metric for metric in logged.metrics if metric not in ordered]
    for metric in ordered[:MOST_CURVES]:
        points = runs.history(rest, name, metric)
        if len(points) > 1:
            steps, values = zip(*points, strict=True)
            yield Curve(metric, steps, values)
