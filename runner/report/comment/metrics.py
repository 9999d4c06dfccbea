"""What a run measured against the run of the base: gates, metrics, parameters."""

from collections.abc import Iterator, Mapping
from itertools import islice

from runner.model.review import Review, Trial
from runner.report.comment.compare import Metric, Way, metrics
from runner.report.comment.curves import curves
from runner.report.comment.parts import Part, Rank, folded
from runner.report.comment.runs import by_need
from runner.report.escape import cell, code, html, link, prose
from runner.report.lines import delta, number

_OPEN = 2  # trials that are shown at full length; of more, those whose gates failed, and the rest folded
_MOST = 20  # metrics or parameters of one trial
_SIGNS = {Way.BETTER: "✅ better", Way.WORSE: "🔻 worse", Way.SAME: "as before"}


def outcomes(review: Review) -> Iterator[Part]:
    """What each run with metrics or gates came to."""
    found = [trial for trial in by_need(review.trials) if trial.head.metrics or trial.gates]
    whole = (found if len(found) <= _OPEN else [trial for trial in found if not trial.passed])[:_OPEN]
    for trial in found:
        if trial in whole:
            yield _metrics(trial, _heading(trial))
            yield from curves(trial)
            yield from _parameters(trial)
        else:
            yield folded(f"{html(str(trial.key))} against the base", _metrics(trial, _against(trial)))


def _heading(trial: Trial) -> str:
    return f"#### {code(str(trial.key))}\n\n{_against(trial)}"


def _against(trial: Trial) -> str:
    run = link(trial.head.live_name, trial.head.url)
    base = f"against {link(trial.base.live_name, trial.base.url)} of the base" if trial.base else "no run of the base"
    gates = "".join(
        f"- {'✅' if verdict.passed else '❌'} gate {code(str(verdict.gate))}: {prose(verdict.why)}\n"
        for verdict in trial.gates
    )
    return f"{run}, {base}\n\n{gates}\n" if gates else f"{run}, {base}\n\n"


def _metrics(trial: Trial, lead: str) -> Part:
    found = metrics(trial)
    head = f"{lead}| metric | value | base | change | |\n|---|--:|--:|--:|---|\n" if found else lead
    rows = [_metric(metric) for metric in islice(found, _MOST)]
    more = f"\nand {len(found) - _MOST} more metrics\n" if len(found) > _MOST else ""
    return Part(Rank.METRICS, ("".join([head, *rows, more]),), what="tables of metrics")


def _metric(metric: Metric) -> str:
    name = f"**{cell(metric.name)}**" if metric.gated else cell(metric.name)
    value, base = ("" if each is None else number(each) for each in (metric.value, metric.base))
    way = "" if metric.way is None else metric.way if metric.training else _SIGNS[metric.way]
    return f"| {name} | {value} | {base} | {delta(metric.base, metric.value)} | {way} |\n"


def _parameters(trial: Trial) -> Iterator[Part]:
    """The parameters that are not the base's."""
    if trial.base is None:
        return
    head, base = trial.head.parameters, trial.base.parameters
    names = [name for name in sorted({*head, *base}) if head.get(name) != base.get(name)]
    if not names:
        return
    rows = "".join(f"| {cell(name)} | {_value(head, name)} | {_value(base, name)} |\n" for name in islice(names, _MOST))
    more = f"\nand {len(names) - _MOST} more parameters\n" if len(names) > _MOST else ""
    table = f"| parameter | value | base |\n|---|--:|--:|\n{rows}{more}"
    part = Part(Rank.PARAMETERS, (table,), what="tables of parameters")
    yield folded(f"{len(names)} other parameters", part) if len(names) > 5 else part


def _value(parameters: Mapping[str, str], name: str) -> str:
    return cell(parameters[name]) if name in parameters else ""
