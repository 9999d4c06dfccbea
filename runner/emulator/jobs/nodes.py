"""The nodes of one compute: how many there are, which are at work, and when an idle one goes down. Pure bookkeeping."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """One node. `job` is empty while it is idle, since `idle_since`."""

    job: str = ""
    idle_since: float = 0.0


@dataclass(slots=True)
class NodePool:
    """Times are seconds of a monotonic clock, handed in by the caller. A node starts at once."""

    minimum: int
    maximum: int
    idle_seconds: float
    nodes: list[Node] = field(default_factory=list)

    def acquire(self, job: str, count: int = 1) -> bool:
        """Give the job its nodes, new ones if there may be more; False, and none, if it must wait."""
        idle = self._idle()[:count]
        new = count - len(idle)
        if new and len(self.nodes) + new > self.maximum:
            return False
        started = [Node() for _ in range(new)]
        self.nodes += started
        for node in (*idle, *started):
            node.job = job
        return True

    def release(self, job: str, now: float) -> None:
        """The job is over: its nodes are idle from now on."""
        for node in self.nodes:
            if node.job == job:
                node.job, node.idle_since = "", now
        self.settle(now)

    def resize(self, minimum: int, maximum: int, idle_seconds: float, now: float) -> None:
        """New bounds; nodes at work beyond a smaller maximum finish their job first."""
        self.minimum, self.maximum, self.idle_seconds = minimum, maximum, idle_seconds
        self.settle(now)

    def settle(self, now: float) -> None:
        """Start what the minimum asks for, and let go of what has been idle for long or is too many."""
        while len(self.nodes) < self.minimum:
            self.nodes.append(Node(idle_since=now))
        for node in sorted(self._idle(), key=lambda node: node.idle_since):
            spare = len(self.nodes) > self.minimum and now - node.idle_since >= self.idle_seconds
            if spare or len(self.nodes) > self.maximum:
                # By identity: two idle nodes may be equal.
                self.nodes = [other for other in self.nodes if other is not node]

    def next_change(self) -> float | None:
        """When `settle` would next let a node go; None if never."""
        idle = self._idle()
        if not idle or len(self.nodes) <= self.minimum:
            return None
        return min(node.idle_since for node in idle) + self.idle_seconds

    def counts(self) -> tuple[int, int]:
        """(idle, running)."""
        idle = len(self._idle())
        return idle, len(self.nodes) - idle

    def _idle(self) -> list[Node]:
        return [node for node in self.nodes if not node.job]
