"""What a workspace remembers of something by its live name: what was recorded with it when it was made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runner.azureml.collections import COLLECTION
from runner.azureml.rest import Rest
from runner.live import translate
from runner.model.keys import Key, Kind


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is live. `recorded` are a run's properties, and of all else the tags: `aml.commit` and so on."""

    key: Key
    live_name: str
    created_at: str
    recorded: Mapping[str, str]


def named(rest: Rest, name: str) -> tuple[Named, ...]:
    """What is called so: a run, or a version of an asset as `iris:3` or `model/iris:3`; at most one of each kind."""
    stated, _, rest_of_it = name.rpartition("/")
    base, _, version = rest_of_it.partition(":")
    if version:
        kinds = [kind for kind in Kind if kind.versioned and stated in ("", kind)]
        return tuple(_assets(rest, kinds, base, version))
    found = rest.get(f"jobs/{base}") if base and stated in ("", Kind.JOB) else None
    if not found:
        return ()
    run = translate.run(found)
    logical = run.key.partition("/")[2] or run.name
    return (Named(Key(Kind.JOB, logical), run.name, run.created_at, run.properties),)


def _assets(rest: Rest, kinds: list[Kind], name: str, version: str) -> Iterator[Named]:
    for kind in kinds:
        found = rest.get(f"{COLLECTION[kind]}/{name}/versions/{version}")
        if found:
            asset = translate.asset(found)
            yield Named(Key(kind, name), f"{name}:{version}", asset.created_at, asset.tags)
