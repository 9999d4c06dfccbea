"""What an import wrote and what it passed over, for people and as JSON."""

from collections.abc import Iterator
from typing import Any

from runner import __version__
from runner.model.imports import Imported
from runner.model.keys import Key
from runner.model.resource import Origin
from runner.report.json import FORMAT_VERSION, dump
from runner.report.lines import ADD, FAINT, PLAIN, STRONG, WARN, Line, one_line

_MOST_NAMED = 3


def written(found: Imported) -> Iterator[Line]:
    """A line for each file, and what to do next."""
    width = max((len(file.path) for file in found.files), default=0)
    for file in found.files:
        owners = ", ".join(map(str, file.owners[:_MOST_NAMED])) + (", ..." if len(file.owners) > _MOST_NAMED else "")
        what = owners if file.is_spec else f"part of {owners}"
        yield Line(f"{file.path:<{width}}  {what}", ADD if file.is_spec else PLAIN)
    count = sum(file.is_spec for file in found.files)
    said = f"{count} {'spec' if count == 1 else 'specs'} written. Next: aml plan --adopt"
    yield Line(said if count else "Nothing was written.", STRONG)


def passed_over(found: Imported) -> Iterator[Line]:
    """A line for each reason."""
    for reason, keys in _by_reason(found).items():
        named = ", ".join(map(str, keys[:_MOST_NAMED])) + (", ..." if len(keys) > _MOST_NAMED else "")
        yield Line(f"passed over {len(keys)} ({named}): {one_line(reason)}", WARN if len(keys) == 1 else FAINT)


def warnings(found: Imported) -> Iterator[Line]:
    """What will not be the same when it is sent."""
    for path in found.hidden:
        yield Line(f"{path}: git ignores a part of it, so what would be sent is not what is live: see .gitignore", WARN)


def document(found: Imported, origin: Origin, created_at: str) -> str:
    """All of it as one object."""
    files: list[dict[str, Any]] = [
        {"path": file.path, "addresses": [str(key) for key in file.owners], "is_spec": file.is_spec}
        for file in found.files
    ]
    over = [{"reason": reason, "addresses": [str(key) for key in keys]} for reason, keys in _by_reason(found).items()]
    head = {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "project": origin.project,
        "target": origin.target,
        "created_at": created_at,
    }
    return dump({**head, "files": files, "passed_over": over, "hidden": list(found.hidden)})


def _by_reason(found: Imported) -> dict[str, list[Key]]:
    reasons: dict[str, list[Key]] = {}
    for key, reason in sorted(found.passed_over.items()):
        reasons.setdefault(reason, []).append(key)
    return reasons
