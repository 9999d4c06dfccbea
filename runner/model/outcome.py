"""How a run ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. Times are ISO 8601 with their zones; a metric that is no number any more is None."""

    status: str
    created_at: str = ""
    started_at: str = ""
    ended_at: str = ""
    error: str = ""
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float | None:
        """How long it ran; None when one of the times is not known."""
        if not self.started_at or not self.ended_at:
            return None
        began, ended = (datetime.fromisoformat(each) for each in (self.started_at, self.ended_at))
        return max((ended - began).total_seconds(), 0.0)
