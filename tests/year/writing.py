"""Makes real commits of the year: with `git fast-import`, in a bare repository such as people push to."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from tests.repositories import git
from tests.year.specs import files
from tests.year.truth import Made, Year

_ZONE = "+0530"  # the author's: what is told is in UTC


def write(year: Year, origin: Path) -> list[str]:
    """The bare repository; the ids of the commits. main and the heads of pull requests have references."""
    git(origin.parent, "init", "-q", "--bare", "-b", "main", origin.name)
    marks = origin / "marks"
    git(origin, "fast-import", "--quiet", f"--export-marks={marks}", given="".join(_stream(year)))
    named = dict(line.split() for line in marks.read_text("utf-8").splitlines())
    ids = [named[f":{place + 1}"] for place in range(len(year.commits))]
    refs = {"refs/heads/main": ids[year.main]} | {pull(number): ids[head] for number, head in year.pulls.items()}
    _update(origin, (f"update {name} {commit}" for name, commit in refs.items()))
    return ids


def pull(number: int) -> str:
    """The reference of a pull request, as a server keeps it."""
    return f"refs/pull/{number}/head"


def forget(origin: Path, pulls: Iterable[int], made: int) -> None:
    """Branches are deleted, and what was on no other goes for good: also what was pushed over by force."""
    gone = [*map(pull, pulls), *(f"refs/made/{place + 1}" for place in range(made))]
    _update(origin, (f"delete {name}" for name in gone))
    git(origin, "reflog", "expire", "--expire=now", "--all")
    git(origin, "repack", "-q", "-a", "-d")
    git(origin, "prune", "--expire=now")


def _update(origin: Path, commands: Iterable[str]) -> None:
    git(origin, "update-ref", "--stdin", given="".join(f"{command}\n" for command in commands))


def _stream(year: Year) -> Iterator[str]:
    for place, made in enumerate(year.commits, 1):
        parents = [f"{word} :{each + 1}\n" for word, each in zip(("from", "merge"), made.parents, strict=False)]
        message = _data(f"{made.subject}\n\nWith a body.\n")
        yield f"commit refs/made/{place}\nmark :{place}\n"
        yield "".join([_who("author", made, made.at), _who("committer", made, made.landed), message, *parents])
        yield "deleteall\n"
        for name, text in files(made.knobs, year.project).items():
            yield f"M 100644 inline {name}\n{_data(text)}"


def _who(role: str, made: Made, at: datetime) -> str:
    return f"{role} {made.author} <{made.author.lower()}@example.com> {int(at.timestamp())} {_ZONE}\n"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
