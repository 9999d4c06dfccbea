"""What is applied in the year, and what becomes of the runs."""

from collections.abc import Iterable
from datetime import timedelta

from tests.year.people import NAMES, People
from tests.year.specs import fails, loss
from tests.year.truth import Applied, Deed, Ending, Run
from tests.year.workspace import Memory, Workspace

TARGETS = ("staging", "prod")


class Operations:
    """The workspaces of the targets, and the applies. If they are `real`, it is one workspace, and all goes well."""

    def __init__(self, people: People, most: int, *, real: bool) -> None:
        self._people, self._most, self._real = people, most, real
        self._memory, self._eras = Memory(), dict.fromkeys(TARGETS, 0)
        shared = Workspace()
        self._workspaces = {name: shared if real else Workspace() for name in TARGETS}
        self._going: list[Run] = []

    @property
    def over(self) -> bool:
        """Whether there were as many applies as there should be."""
        return len(self._people.year.applies) >= self._most

    def lose(self) -> None:
        """Somebody deletes the workspace of staging with all that runs in it, and makes a new one of the same name.

        What runs then runs once more, and after a revert what was over long ago: under the names that they had.
        """
        people, year = self._people, self._people.year
        self.apply(year.main, "staging", "Ada", waits=True)
        people.land(people.turned(year.main, "packages"), "Ada", "Renew packages")
        self.apply(year.main, "staging", "Ada", waits=self._real)
        for name in TARGETS if self._real else ("staging",):
            self._eras[name] += 1
        new = Workspace()
        self._workspaces |= dict.fromkeys(TARGETS if self._real else ("staging",), new)
        self._going.clear()
        self.apply(year.main, "staging", "Ada", waits=True)
        people.revert("Ada")
        self.apply(year.main, "staging", "Ada", waits=True)

    def apply(self, commit: int, target: str, who: str, pull: int | None = None, *, waits: bool | None = None) -> None:
        """An apply. Unless it waits, how its runs end is written down by and by."""
        if self.over:
            return
        people, year, chance = self._people, self._people.year, self._people.random.random
        if chance() < 0.7:
            self._end()
        people.now += timedelta(minutes=people.random.randint(1, 9), microseconds=people.random.randint(0, 999_999))
        mishaps, retry, at = not self._real, chance() < 0.5, people.now
        workspace, behind = self._workspaces[target], year.behind(commit)
        refused = "compute/cpu" if mishaps and chance() < 0.1 else ""
        done = list(workspace.apply(people.at(commit), retry=retry, refused=refused, at=at - timedelta(seconds=1)))
        told = [each for each in done if self._memory.worth_telling(each, target, commit, behind)]
        self._going += [deed.run for deed in done if deed.run and deed.action == "run"]
        if self._real or waits or (waits is None and chance() < 0.6):
            self._end()
        if mishaps and target == "prod":
            told += self._registered(workspace, done)
        year.applies.append(
            Applied(
                commit=commit,
                target=target,
                at=at,
                actor=f"{NAMES.index(who)}@example.com",
                ref=f"refs/heads/{f'pull-{pull}' if pull else 'main'}",
                pull=pull,
                dirty=mishaps and target == "staging" and chance() < 0.05,
                retry=retry,
                era=self._eras[target],
                deeds=tuple(told),
            )
        )

    @staticmethod
    def _registered(workspace: Workspace, done: Iterable[Deed]) -> list[Deed]:
        runs = [deed.run for deed in done if deed.run and deed.address == "job/train"]
        return [deed for run in runs for deed in workspace.register(run)]

    def _end(self) -> None:
        """Whatever runs ends, and it is written down."""
        people = self._people
        for run in self._going:
            started = run.created + timedelta(seconds=people.random.randint(5, 200))
            ended = started + timedelta(seconds=people.random.randint(30, 4000))
            people.now = max(people.now, ended) + timedelta(seconds=2)
            luck = 0.0 if self._real else people.random.randint(0, 999) / 1_000_000
            status = "Failed" if fails(run.address, run.content) else "Completed"
            run.ending = Ending(status, started, ended, loss(run.content) + luck, people.now)
        self._going.clear()
