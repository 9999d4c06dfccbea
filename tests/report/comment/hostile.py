"""Texts that try to be more than text, and reviews that hold one wherever there can be one."""

from dataclasses import replace

from hypothesis import strategies as st

from runner.model.diagnostics import Diagnostic, Position, Severity
from runner.model.gates import Gate, Goal, Verdict
from runner.model.keys import Key, Kind
from runner.model.plan import Action, Change, Drift, Plan, Reason, Result
from runner.model.resource import Origin
from runner.model.review import Cost, Curve, Need, Review, Stage, Trained, Trial

FRAGMENTS = (
    *("`", "``", "```", "\n```\n", "\n~~~\n", "|", "\\", "\\|", "\n", "\r\n", "\n\n", "\t", " ", "    "),
    *("<b>", "</details>", "<script>alert(1)</script>", "<img src=x onerror=y>", "<!--", "-->", "&lt;", "&#64;", "<"),
    *("[a](https://evil.example)", "![a](https://evil.example/a.png)", "[a]: https://evil.example", "]", "](", ")"),
    *("https://evil.example", "www.evil.example", "a@evil.example", "@octocat", "#123", "octo/iris#1", "GH-1"),
    *(
        "# heading",
        "\n# heading\n",
        "\n---\n",
        "\n===\n",
        "- item",
        "1. item",
        "> quote",
        "*a*",
        "__a__",
        "~~a~~",
        "$a$",
    ),
    *("::error::x", "\n::set-output name=a::b", "##[error]x", "%%{init: {}}%%", '"]', '"', "end", "click n0", ";"),
    *("\N{RIGHT-TO-LEFT OVERRIDE}", "\x1b[31m", "\x00", "\N{ZERO WIDTH SPACE}", "\ud800", "🙂", "é", "x"),
)
_PIECES = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=8).map("".join)
TEXTS = st.tuples(_PIECES, _PIECES).map("x".join)  # there is a letter in it: an empty text is a case of its own


def planned(text: str) -> Review:
    """A plan with a text of others in every place."""
    key, other = Key(Kind.JOB, text), Key(Kind.COMPUTE, f"{text}2")
    place = Position(text)
    reasons = (
        Reason("image", text, f"{text}2"),
        Reason(text, None, [text], forces_replacement=True),
        Reason(text, "1", "2", file=text, commit="c" * 40),
        Reason(text),
    )
    run = Change(key, Action.RUN, text, "d" * 64, place, reasons, depends_on=(other,), supersedes=(text,))
    moved = replace(run, action=Action.NO_OP, moved=(Reason(text, text, f"{text}2"),))
    withheld = Change(other, Action.UPDATE, text, "d" * 64, place, (reasons[0],), withheld=text)
    adopted = Change(Key(Kind.ENVIRONMENT, text), Action.ADOPT, text, "d" * 64, place, state=text)
    warning = Diagnostic(text, place, Severity.WARNING)
    drift = (Drift(key, text, text, text, by=text), Drift(key, text, text, text, kept=True))
    made = Plan(Origin(text, text), (withheld, adopted, run, moved), (warning,), drift)
    return Review(
        text,
        Stage.PLANNED,
        text,
        made,
        diagnostics=(Diagnostic(text, place),),
        costs={key: Cost(None, text)},
        needs=(Need(other, text, short=True),),
        url=f"https://github.com/{text}",
        note=text,
    )


def finished(text: str) -> Review:
    """What came of it, with a text of others in every place."""
    curve = Curve(text, (1, 2, 3), (0.3, 0.2, 0.1))
    head = Trained(
        text,
        "Failed",
        f"https://ml.azure.com/{text}",
        error=text,
        tail=(text, text),
        metrics={text: 0.1},
        parameters={text: text},
        curves=(curve, replace(curve, metric=f"{text}2"), replace(curve, metric=f"{text}3")),
    )
    base = replace(head, metrics={text: 0.2}, parameters={text: f"{text}2"})
    verdict = Verdict(Gate(text, at_most=1, goal=Goal.MINIMIZE), passed=False, why=text)
    trial = Trial(Key(Kind.JOB, text), head, base, (verdict,), registered=text, unregistered=text)
    more = tuple(replace(trial, key=Key(Kind.JOB, f"{text}{number}"), unregistered="") for number in range(3))
    results = tuple(
        Result(Key(Kind.COMPUTE, text), Action.UPDATE, text, status, error=text) for status in ("failed", "skipped")
    )
    return replace(planned(text), stage=Stage.FINISHED, diagnostics=(), trials=(trial, *more), results=results)


def alone(text: str) -> Review:
    """One trial, which is told at full length."""
    found = finished(text)
    return replace(found, trials=found.trials[:1])
