"""A run whose life is written down: one step for every look at it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.loopback import Answer, Asked, Service

LOG = "user_logs/std_log.txt"
Step = tuple[str, bytes]  # status, and the log as it is then


@dataclass
class ScriptedRun:
    """Every look at the run's details is the next step; the last one stays."""

    service: Service
    name: str
    steps: list[Step]
    error: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    other_logs: dict[str, bytes] = field(default_factory=dict)
    looks: int = 0

    def __post_init__(self) -> None:
        self.service.on(f"history/v1.0/runs/{self.name}/details", self._details)
        self.service.on(f"/blob/{self.name}/{LOG}", lambda asked: self._read(self._step[1], asked))

    @property
    def _step(self) -> Step:
        return self.steps[min(max(self.looks, 1), len(self.steps)) - 1]

    def _details(self, _: Asked) -> Answer:
        self.looks += 1
        for name, content in self.other_logs.items():
            self.service.on(f"/blob/{self.name}/{name}", partial(self._read, content))
        logged = [{"key": key, "value": value} for key, value in self.metrics.items()]
        self.service.on("mlflow/v2.0/api/2.0/mlflow/runs/get", Answer({"run": {"data": {"metrics": logged}}}))
        urls = {name: f"{self.service.url}/blob/{self.name}/{name}" for name in (LOG, *self.other_logs)}
        found: dict[str, Any] = {"status": self._step[0], "logFiles": urls}
        return Answer(found | ({"error": {"error": {"message": self.error}}} if self.error else {}))

    def _read(self, content: bytes, asked: Asked) -> Answer:
        start = int(asked.headers["range"].removeprefix("bytes=").rstrip("-"))
        return Answer(content[start:], 206) if start < len(content) else Answer(b"", 416)
