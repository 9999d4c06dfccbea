"""One review for each stage of a pull request that changes how the iris model is trained."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from runner.model.diagnostics import Diagnostic, Position, Severity
from runner.model.gates import Gate, judge
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Change, Drift, Plan, Reason, Result
from runner.model.resource import Origin
from runner.model.review import Cost, Need, Review, Stage, Trained, Trial
from tests.samples import measured

COMMIT, EARLIER = "8a54a2dd7a5e4f0b9c37d1e26f80b4aa5e7c9d13", "53c4fb5b95db75af221ac7caa2e4b9a2f4265fb3"
ORIGIN = Origin("iris", "azure", commit=COMMIT, ref="refs/heads/slower")
STUDIO = "https://ml.azure.com/runs/"
WORKFLOW = "https://github.com/octo/iris/actions/runs/17482910375"
CLUSTER, DATA, ENV = Key(Kind.COMPUTE, "cpu-cluster"), Key(Kind.DATA, "iris"), Key(Kind.ENVIRONMENT, "lightgbm-env")
TRAIN, DART = Key(Kind.JOB, "iris-train"), Key(Kind.JOB, "iris-dart")
GATES = (Gate("test-multi_logloss", at_most=0.4, no_worse_than_base=True), Gate("test-accuracy", at_least=0.9))
HOW = "1 node of Standard_DS3_v2 for at most 30 min at $0.293 an hour"


def _change(key: Key, action: Action, live_name: str, *reasons: Reason, **facts: object) -> Change:
    place = Position(f"specs/{key.kind.folder}/{key.name}.yml")
    return Change(key, action, live_name, "8a54" * 16, place, reasons, **facts)  # type: ignore[arg-type]


SLOWER = Reason("inputs.learning_rate", 0.9, 0.1, commit=COMMIT)
CHANGES = (
    _change(CLUSTER, Action.UPDATE, "cpu-cluster", Reason("max_instances", 4, 8), since=EARLIER),
    _change(DATA, Action.NO_OP, "iris:cef88d8c6ce3b", state="in sync"),
    _change(
        ENV,
        Action.CREATE,
        "lightgbm-env:c41d07be92f5a",
        Reason(
            "conda_file.dependencies",
            ["python=3.11", {"pip": ["lightgbm==4.5.0"]}],
            ["python=3.11", {"pip": ["lightgbm==4.6.0", "mlflow"]}],
            commit=COMMIT,
        ),
    ),
    _change(
        DART,
        Action.RUN,
        "iris-dart-c70b21f7a8d4",
        Reason("environment", "azureml:lightgbm-env:c0f1de6ba2291", "azureml:lightgbm-env:c41d07be92f5a"),
        Reason("code", "5b1e0c", "e4477d", file="main.py", commit=COMMIT),
        depends_on=(CLUSTER, DATA, ENV),
        state="the last run was iris-dart-0be4431bd90f",
        since=EARLIER,
    ),
    _change(
        TRAIN,
        Action.RUN,
        "iris-train-8a54a2dd7a5e",
        SLOWER,
        Reason("environment", "azureml:lightgbm-env:c0f1de6ba2291", "azureml:lightgbm-env:c41d07be92f5a"),
        Reason("code", "5b1e0c", "e4477d", file="main.py", commit=COMMIT),
        Reason("environment_variables.OMP_NUM_THREADS", None, "4", commit=COMMIT),
        depends_on=(CLUSTER, DATA, ENV),
        state="the last run was iris-train-e001feeacd8c",
        since=EARLIER,
    ),
)
PLAN = Plan(ORIGIN, CHANGES)
COSTS = {TRAIN: Cost(0.1465, HOW), DART: Cost(0.1465, HOW)}
NEEDS = (Need(CLUSTER, "8 nodes of Standard_DS3_v2 take 32 cores; 100 of 100 are left in westeurope"),)
PLANNED = Review("azure", Stage.PLANNED, COMMIT, PLAN, costs=COSTS, needs=NEEDS, url=WORKFLOW)

BASE = Trained(
    "iris-train-e001feeacd8c",
    "Completed",
    STUDIO + "iris-train-e001feeacd8c",
    seconds=71,
    metrics=measured.FAST,
    parameters={"learning_rate": "0.9", "boosting": "gbdt", "seed": "42", "num_boost_round": "16"},
    curves=measured.curves(measured.FAST_TRAIN, measured.FAST_TEST),
)
BETTER = replace(
    BASE,
    live_name="iris-train-8a54a2dd7a5e",
    url=STUDIO + "iris-train-8a54a2dd7a5e",
    seconds=68,
    metrics=measured.SLOW,
    parameters=BASE.parameters | {"learning_rate": "0.1"},  # type: ignore[operator]
    curves=measured.curves(measured.SLOW_TRAIN, measured.SLOW_TEST),
)
DART_BASE = Trained("iris-dart-0be4431bd90f", "Completed", seconds=74, metrics={"test-accuracy": 0.9})
DART_RUN = Trained("iris-dart-c70b21f7a8d4", "Running", STUDIO + "iris-dart-c70b21f7a8d4", seconds=41)
TAIL = (
    "reading iris.csv",
    "Traceback (most recent call last):",
    '  File "main.py", line 78, in <module>',
    "    main()",
    '  File "main.py", line 58, in main',
    "    rows, labels, classes = load(arguments.iris_csv)",
    "KeyError: 'species'",
)


def _trial(head: Trained, base: Trained | None, key: Key = TRAIN) -> Trial:
    gates = tuple(judge(gate, head.metrics, base.metrics if base else None) for gate in GATES)
    return Trial(key, head, base, gates)


def _finished(*trials: Trial, only: Key | None = None) -> Review:
    changes = tuple(change for change in CHANGES if only is None or change.key in {only, DATA})
    done = tuple(
        Result(change.key, change.action, change.live_name, "done") for change in changes if change.action != "no-op"
    )
    plan = replace(PLAN, changes=changes)
    return replace(PLANNED, stage=Stage.FINISHED, plan=plan, trials=trials, results=done)


def invalid() -> Review:
    """The specs are wrong."""
    found = (
        Diagnostic("unknown field 'environmnt', did you mean 'environment'?", Position("specs/jobs/iris-train.yml", 7)),
        Diagnostic(
            "compute: no spec defines compute/cpu-clster, did you mean 'cpu-cluster'?",
            Position("specs/jobs/iris-train.yml", 8, 10),
        ),
        Diagnostic("rules.0: no spec matches job/irs-*", Position("specs/project.yml", 27, 5), Severity.WARNING),
    )
    return Review("azure", Stage.INVALID, COMMIT, diagnostics=found, url=WORKFLOW)


def planned() -> Review:
    """What would happen, with drift and something that is left to main."""
    drift = (Drift(CLUSTER, "idle_time_before_scale_down", 120, 1800, by="Grace Hopper", at="2026-11-24T16:02:11Z"),)
    rest = tuple(replace(each, withheld="left to main") if each.key == CLUSTER else each for each in CHANGES)
    short = Need(CLUSTER, "8 nodes of Standard_DS3_v2 take 32 cores; 24 of 100 are left in westeurope", short=True)
    return replace(PLANNED, plan=replace(PLAN, changes=rest, drift=drift), needs=(short,))


def running() -> Review:
    """One run is over, another goes on."""
    head = replace(BETTER, metrics={}, curves=(), status="Completed")
    trials = (Trial(DART, DART_RUN, DART_BASE), Trial(TRAIN, head, BASE))
    return replace(_finished(*trials), stage=Stage.RUNNING)


def better() -> Review:
    """The gates have passed."""
    dart = replace(DART_RUN, status="Completed", seconds=83, metrics={"test-accuracy": 0.9})
    return _finished(_trial(BETTER, BASE), Trial(DART, dart, DART_BASE))


def worse() -> Review:
    """A gate has failed."""
    turned = replace(BASE, live_name=BETTER.live_name, url=BETTER.url, seconds=69)
    before = replace(BETTER, live_name=BASE.live_name, url=BASE.url)
    changes = tuple(
        replace(each, reasons=(replace(SLOWER, before=0.1, after=0.9),)) for each in CHANGES if each.key == TRAIN
    )
    found = _finished(_trial(turned, before), only=TRAIN)
    return replace(found, plan=replace(PLAN, changes=changes))


def failed() -> Review:
    """A run has failed, and says why."""
    error = "the command exited with code 1; last line of its log: KeyError: 'species'"
    head = Trained(BETTER.live_name, "Failed", BETTER.url, seconds=9.4, error=error, tail=TAIL)
    return _finished(Trial(TRAIN, head, BASE), only=TRAIN)


def nothing() -> Review:
    """Nothing differs."""
    still = tuple(replace(each, action=Action.NO_OP, reasons=(), state="in sync") for each in CHANGES)
    return Review("azure", Stage.PLANNED, COMMIT, replace(PLAN, changes=still), url=WORKFLOW)


def fork() -> Review:
    """From a fork: the specs were checked, and no workspace was asked."""
    note = "This comes from a fork, so no workspace was asked. A maintainer can have it planned."
    return Review("azure", Stage.PLANNED, COMMIT, note=note, url=WORKFLOW)


def huge() -> Review:
    """A matrix of 300 runs, all of them over, each with all that can be said."""
    keys = [Key(Kind.JOB, f"iris-{number:03}-learning-rate-0-{number:03}-gbdt") for number in range(300)]
    changes = tuple(replace(CHANGES[-1], key=key, live_name=f"{key.name}-8a54a2dd7a5e") for key in keys)
    gates = tuple(judge(gate, BETTER.metrics, BASE.metrics) for gate in GATES)
    trials = tuple(
        Trial(key, replace(BETTER, live_name=each.live_name, url=STUDIO + each.live_name), BASE, gates)
        for key, each in zip(keys, changes, strict=True)
    )
    plan = replace(PLAN, changes=(*CHANGES[:3], *changes))
    return replace(_finished(*trials), plan=plan, costs=dict.fromkeys(keys, Cost(0.1465, HOW)))


STAGES: Mapping[str, Callable[[], Review]] = {
    made.__name__: made for made in (invalid, planned, running, better, worse, failed, nothing, fork, huge)
}
