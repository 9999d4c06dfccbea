"""One live resource as a spec."""

from runner.live.written import assets, component, compute, datastore, job, words
from runner.live.written.around import Around, Payload, Written
from runner.live.written.plain import plain
from runner.live.written.work import Work
from runner.model.keys import Key, Kind


def written(key: Key, found: Payload, around: Around) -> Written:
    """What a spec would say of this: a compute, a datastore, a job, or one version of an asset.

    Raises UnwritableError when there are no words for it: nothing is written by half.
    """
    words.needed(found, "properties")
    parts = Work(around)
    match key.kind:
        case Kind.COMPUTE:
            raw = Written(compute.compute(found, around))
        case Kind.DATASTORE:
            raw = Written(datastore.datastore(found, around))
        case Kind.ENVIRONMENT:
            raw = assets.environment(key.name, found)
        case Kind.DATA:
            raw = assets.data(key.name, found, around)
        case Kind.MODEL:
            raw = assets.model(key.name, found, around)
        case Kind.COMPONENT:
            raw = Written(component.registered(key.name, found, parts), parts.trees)
        case Kind.JOB:
            raw = Written(job.job(found, parts), parts.trees)
    return Written(plain(key.kind, raw.spec), raw.trees)
