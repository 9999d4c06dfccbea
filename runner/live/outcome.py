"""How a run of the workspace ended, with all that it logged."""

from collections.abc import Callable
from datetime import UTC, datetime

from runner.azureml import runs
from runner.azureml.rest import Rest
from runner.model.detectors import masked
from runner.model.outcome import Outcome
from runner.model.runs import TERMINAL


def outcome(rest: Rest, name: str, redacted: Callable[[str], str]) -> Outcome | None:
    """How a run ended, without what `redacted` takes out or looks like a secret.

    None as long as it goes on, and when it is not there.
    """
    found = runs.details(rest, name)
    if found is None or found.status not in TERMINAL:
        return None
    logged = runs.logged(rest, name)
    return Outcome(
        status=found.status,
        created_at=utc(found.created_at),
        started_at=utc(found.started_at),
        ended_at=utc(found.ended_at),
        error=masked(redacted(found.error)),
        metrics=logged.metrics,
        parameters={name: masked(redacted(value)) for name, value in logged.parameters.items()},
    )


def utc(text: str) -> str:
    """A time of the service's as ISO 8601 with its zone; nothing for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
