"""What a comment keeps for whoever finishes it: which runs it is about, and what their gates ask.

It stands in the comment itself, where nobody sees it. So a runner may die, and a later one knows what to look for: the
runs by their live names, which are made of their content.
"""

import base64
import dataclasses
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from runner.model.gates import Gate, Goal
from runner.model.keys import Key, Kind
from runner.model.review import Review, Stage, Trial

_LONGEST = 30_000  # characters of a story: what is longer would take the comment's room
_MOST = 2_000_000  # bytes of one that is read: anybody's text may unpack to more than memory holds
_STORY = re.compile(r"<!-- aml-runner story ([A-Za-z0-9_=-]+) -->")


@dataclass(frozen=True, slots=True)
class Told:
    """One job of a story: its run, the run of the base's content if there is one, and its gates."""

    key: Key
    head: str
    base: str = ""
    gates: tuple[Gate, ...] = ()
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """The story of one commit in one target."""

    stage: Stage
    commit: str
    jobs: tuple[Told, ...] = ()
    url: str = ""

    @property
    def open(self) -> bool:
        """Whether its runs may not be over yet."""
        return self.stage in {Stage.RUNNING, Stage.ABORTED}


def marker(target: str) -> str:
    """What tells our comment for a target from every other."""
    name = quote(target, safe="").replace("-", "%2D")  # two dashes in a row would end the comment
    return f"<!-- aml-runner target={name} -->"


def of(review: Review, gates: Mapping[Key, tuple[Gate, ...]]) -> Story:
    """The story that a review tells."""
    jobs = tuple(_told(trial, gates.get(trial.key, ())) for trial in review.trials)
    return Story(review.stage, review.commit, jobs, review.url)


def _told(trial: Trial, gates: tuple[Gate, ...]) -> Told:
    return Told(trial.key, trial.head.live_name, trial.base.live_name if trial.base else "", gates, trial.reused)


def hidden(story: Story) -> str:
    """The story as a line of Markdown that nobody sees. Encoded, nothing in it can end the line.

    One of more jobs than fit is kept without any: told of some of its runs, it would end too early, and too well.
    """
    line = _hidden(story)
    return line if len(line) <= _LONGEST else _hidden(dataclasses.replace(story, jobs=()))


def _hidden(story: Story) -> str:
    content = {
        "stage": story.stage,
        "commit": story.commit,
        "url": story.url,
        "jobs": [{**dataclasses.asdict(told), "key": told.key.name} for told in story.jobs],
    }
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode()
    return f"<!-- aml-runner story {text} -->"


def read(body: str) -> Story | None:
    """The story of a comment; None when it has none that we wrote."""
    found = _STORY.findall(body)
    try:
        return _story(json.loads(_unpacked(found[-1]))) if found else None
    except (zlib.error, ValueError, OverflowError, RecursionError, KeyError, TypeError, AttributeError):
        return None


def _unpacked(text: str) -> bytes:
    return zlib.decompressobj().decompress(base64.urlsafe_b64decode(text), _MOST)


def _story(content: Mapping[str, Any]) -> Story:
    jobs = tuple(
        Told(
            Key(Kind.JOB, str(each["key"])),
            str(each["head"]),
            str(each["base"]),
            tuple(_gate(gate) for gate in each["gates"]),
            bool(each["reused"]),
        )
        for each in content["jobs"]
    )
    return Story(Stage(content["stage"]), str(content["commit"]), jobs, str(content["url"]))


def _gate(content: Mapping[str, Any]) -> Gate:
    return Gate(
        metric=str(content["metric"]),
        at_least=_bound(content["at_least"]),
        at_most=_bound(content["at_most"]),
        no_worse_than_base=bool(content["no_worse_than_base"]),
        tolerance=float(content["tolerance"]),
        goal=Goal(content["goal"]) if content["goal"] else None,
    )


def _bound(value: Any) -> float | None:
    return None if value is None else float(value)
