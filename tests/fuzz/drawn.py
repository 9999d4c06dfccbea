"""What hypothesis draws: good specs and templates with a few things wrong with them, and mere noise."""

from pathlib import Path

from hypothesis import strategies as some

from tests.fuzz.trees import MOVES, Move, Tree, moved, text, trees
from tests.fuzz.words import STARTS, STEPS, TOKENS

_TESTS = Path(__file__).parents[1]
_PROJECT = _TESTS.parent
_SPECS = [*(_PROJECT / "specs").rglob("*.yml"), *(_TESTS / "desired/accepted/specs").rglob("*.yml")]
Files = dict[str, bytes]  # by their path in the repository


def _corpus(*folders: str) -> dict[str, list[Tree]]:
    found = {f"specs/{path.parent.name}/{path.name}": trees(path.read_text("utf-8")) for path in sorted(_SPECS)}
    return {name: documents for name, documents in found.items() if name.split("/")[1] in folders}


_PROJECTS = [trees(path.read_text("utf-8")) for path in _SPECS if path.name == "project.yml"]
_PROJECTS += [
    trees(
        """
        {version: 1, project: demo, default_target: a, external: ['*'],
         rules: [{match: 'job/*', rerun: 1, retry: {limit: 1, on: [preempted]}, ignore_changes: [tags]},
                 {match: 'compute/*', prevent_destroy: true, when_removed: keep, when_superseded: cancel}],
         targets: {a: {branch: main, prune: true, allow_dirty: false, values: {a: [1]}},
                   b: {subscription_id: '{{ env.SUBSCRIPTION }}', resource_group: 'x{{ env.RESOURCE_GROUP }}',
                       workspace_name: '{{ env.WS_NAME | default("x") }}'}}}
        """
    )
]
_TEMPLATES = {
    "specs/jobs/iris-matrix.yml.j2": (_PROJECT / "specs/jobs/iris-matrix.yml.j2").read_text("utf-8"),
    "templates/iris.yml.j2": (_PROJECT / "templates/iris.yml.j2").read_text("utf-8"),
}
_NAMES = (
    "x.yml",
    "x.yaml",
    "a b.yml",
    "-x.yml",
    "\u202ex.yml",
    "e\u0301.yml",
    "x\n.yml",
    "\x1b[31m.yml",
    "X.yml",
    "x.yml.j2",
)
_NUMBERS = some.integers(0, 2**20)
_MOVE = some.builds(Move, some.sampled_from(MOVES), _NUMBERS, _NUMBERS)


def _apply(documents: list[Tree], moves: list[Move]) -> str:
    changed = list(documents)
    for move in moves:
        number = move.where % len(changed)
        changed[number] = moved(changed[number], move)
    return "---\n".join(f"{text(document)}\n" for document in changed)


@some.composite
def spliced(draw: some.DrawFn, given: some.SearchStrategy[str], most: int) -> str:
    """A text with a few pieces of it taken out, and tokens put in."""
    found = draw(given)
    for _ in range(draw(some.integers(0, most))):
        start = draw(some.integers(0, len(found)))
        length = draw(some.sampled_from((0, 0, 1, 2, 9, 40)))
        found = found[:start] + draw(some.sampled_from(TOKENS) | some.text(max_size=3)) + found[start + length :]
    return found


def _wrong(documents: some.SearchStrategy[list[Tree]]) -> some.SearchStrategy[str]:
    return some.builds(_apply, documents, some.lists(_MOVE, max_size=4))


def _encoded(given: some.SearchStrategy[str]) -> some.SearchStrategy[bytes]:
    """Nearly always UTF-8."""
    codes = some.sampled_from(("utf-8",) * 30 + ("utf-16", "utf-8-sig", "latin-1"))
    return some.builds(
        lambda found, code: found.encode(code, "replace" if code == "latin-1" else "surrogatepass"), given, codes
    )


def _files(corpus: dict[str, list[Tree]], most: int) -> some.SearchStrategy[Files]:
    one = some.sampled_from(sorted(corpus)).flatmap(
        lambda name: some.tuples(
            some.just(name) | some.sampled_from(_NAMES).map(lambda last: f"{name.rpartition('/')[0]}/{last}"),
            _encoded(spliced(_wrong(some.just(corpus[name])), 1)),
        )
    )
    return some.lists(one, min_size=1, max_size=most).map(dict)


OURS = _files(_corpus("compute", "components", "data", "datastores", "environments", "jobs", "models", "parts"), 3)
SDKS = _files(_corpus("compute", "components", "connections", "jobs", "parts", "schedules"), 1)
PROJECTS = some.builds(
    lambda found: {"specs/project.yml": found}, _encoded(spliced(_wrong(some.sampled_from(_PROJECTS)), 1))
)
TEXTS = some.lists(some.sampled_from(TOKENS) | some.text(max_size=5), max_size=12).map("".join)
NOISE = (some.binary(max_size=60) | _encoded(TEXTS)).map(lambda found: {"specs/jobs/x.yml": found})

EXPRESSIONS = some.builds(
    lambda start, steps: f"{{{{ {start}{''.join(steps)} }}}}",
    some.sampled_from(STARTS),
    some.lists(some.sampled_from(STEPS), max_size=4),
)
_SETTINGS = (
    "a: %s",
    "%s: 1",
    "{%% set x %%}b{%% endset %%}a: %s",
    "{%% macro m(a) %%}b: {{ a }}{%% endmacro %%}\n%s",
    "{%% set x = values %%}{%% for loop_ in [1] %%}a: '%s'\n{%% endfor %%}",
    "a: |\n  %s",
    "{%% block b %%}a: %s{%% endblock %%}",
)
_FRAMED = some.builds(lambda frame, inside: frame % inside, some.sampled_from(_SETTINGS), EXPRESSIONS)
_ONE_TEMPLATE = _FRAMED | spliced(some.just(_TEMPLATES["specs/jobs/iris-matrix.yml.j2"]), 3) | TEXTS
# One process renders all that one example holds.
TEMPLATES = some.builds(
    lambda own, library: {
        **{f"specs/jobs/{number}.yml.j2": found for number, found in enumerate(own)},
        **{f"templates/{name}": found for name, found in library.items()},
    },
    some.lists(_encoded(_ONE_TEMPLATE), min_size=1, max_size=10),
    some.fixed_dictionaries(
        {"iris.yml.j2": _encoded(spliced(some.just(_TEMPLATES["templates/iris.yml.j2"]), 1)), "a.j2": _encoded(TEXTS)}
    ),
)
