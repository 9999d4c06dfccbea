"""The repository that hostile files are put into, and what must hold of it whatever they are."""

import io
import re
import sysconfig
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import runner
from runner.__main__ import run
from runner.desired import fingerprints, load, project, resolve, targets
from runner.desired.exact import exact
from runner.desired.project import Project
from runner.desired.spec import Spec
from runner.errors import AmlError
from runner.live.written.text import as_yaml
from runner.model.diagnostics import Diagnostic, InvalidSpecsError
from runner.model.live import LiveState
from runner.plan.planner import make_plan
from runner.report import json, text
from runner.report.lines import one_line
from tests.fuzz.watch import Watch, in_time, snapshot
from tests.repositories import Repo

SECONDS = 5.0  # of processor time for one repository: what is slow here is a hang elsewhere
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML takes for the end of a line
FINDING = re.compile(r".+?:\d+:\d+: (error|warning): .+")
LAST = re.compile(r"error: \d+ errors? in the specs; nothing was sent")
CANARY = "canary-4f1c"  # stands in the environment, and in files that no spec may read
BASE = {
    "specs/project.yml": "version: 1\nproject: demo\nexternal: ['*']\n"
    "targets: {local: {allow_dirty: true, values: {matrix: {boosting: [gbdt], learning_rate: [0.1]}, a: 1}}}\n",
    "src/main.py": "print(1)\n",
    "src/conda.yml": "dependencies: [python]\n",
    "src/weights.bin": "0\n",
    "specs/jobs/src/main.py": "print(1)\n",
    "specs/data/iris.csv": "1\n",
}
# The SDK looks at its stack, and so at the source of whoever calls it.
SOURCES = (str(Path(runner.__file__).parent), str(Path(__file__).parents[1]))
READABLE = (*sysconfig.get_paths().values(), *SOURCES, "/usr", "/etc/localtime", "/dev/null", "/proc/self")


@dataclass
class Ground:
    """A repository with the files that specs need, what is around it, and who watches."""

    outer: Path
    scratch: Path  # where our code may write: its cache, and what it hands to git
    watch: Watch

    def __post_init__(self) -> None:
        self.repo = Repo(self.outer / "repo")
        for name, content in BASE.items():
            self.repo.write(name, content)
        self.repo.init().commit()
        (self.outer / "secret.yml").write_text(f"a: {CANARY}\n")
        self.watch.readable = (*READABLE, str(self.repo.root))
        self.watch.writable = ("/dev/null", str(self.scratch))

    def warm_up(self) -> None:
        """Imports what is imported late: the time for it is nobody's fault."""
        outcome(self.repo.root)
        warm = {"specs/compute/x.yml": b"{name: abc, type: kubernetes}", "specs/jobs/x.yml.j2": b"a: 1"}
        for name, content in warm.items():
            self.repo.write(name, content)
        validated(self.repo.root)
        for name in warm:
            (self.repo.root / name).unlink()
        found = outcome(self.repo.root)
        assert isinstance(found, tuple)
        show(project.find(self.repo.root), found)

    @contextmanager
    def holding(self, files: Mapping[str, bytes]) -> Iterator[None]:
        """The repository with these files in it, where nothing else happens."""
        try:
            for name, content in files.items():
                self.repo.write(name, content)
            before = snapshot(self.outer)
            with self.watch.nothing_happens(), in_time(SECONDS):
                yield
            assert snapshot(self.outer) == before
        finally:
            for name in files:
                (self.repo.root / name).unlink()
                if name in BASE:
                    self.repo.write(name, BASE[name])

    def holds(self, files: Mapping[str, bytes]) -> None:
        """Loaded, resolved, planned and shown, or refused in clear lines; both times the same."""
        with self.holding(files):
            said = validated(self.repo.root)
            found = outcome(self.repo.root)
            if isinstance(found, tuple):
                assert said == ["", f"{len(found)} {'spec is' if len(found) == 1 else 'specs are'} valid.\n"]
                show(project.find(self.repo.root), found)
            else:
                assert found
                for each in found:
                    check_place(self.repo.root, each)
                check_lines(said[0], found)
        assert CANARY not in "".join(said)

    def holds_alone(self, files: Mapping[str, bytes]) -> None:
        """The same of each file by itself, outside of a project."""
        with self.holding(files):
            for name in files:
                try:
                    load.load_files([self.repo.root / name], self.repo.root)
                except InvalidSpecsError as error:
                    for each in error.diagnostics:
                        check_place(self.repo.root, each)


def validated(root: Path) -> list[str]:
    """What `aml validate` says: its errors and its result."""
    err, out = io.StringIO(), io.StringIO()
    with redirect_stderr(err), redirect_stdout(out):
        run(["-C", str(root), "validate"])
    return [err.getvalue(), out.getvalue()]


def outcome(root: Path) -> tuple[Spec, ...] | list[Diagnostic]:
    """The specs, or what is wrong with them. Any other exception is a bug."""
    try:
        found = project.find(root)
        return load.load_project(found, targets.context(found, None, {"HOME": CANARY}))
    except InvalidSpecsError as error:
        return list(error.diagnostics)


def check_place(root: Path, found: Diagnostic) -> None:
    """A finding leads to a place that is there."""
    assert found.position, found
    path = root / found.position.file
    assert path.is_file(), found
    content = path.read_bytes().decode("utf-8-sig", "replace")
    lines = BREAK.split(content)
    assert 1 <= found.position.line <= len(lines), found
    assert 1 <= found.position.column <= len(lines[found.position.line - 1]) + 1, found


def check_lines(said: str, found: list[Diagnostic]) -> None:
    """The same findings, a line each, one line for all, and nothing that steers a terminal."""
    *lines, last = said.removesuffix("\n").split("\n")
    assert lines == [one_line(str(each)) for each in found]
    assert all(FINDING.fullmatch(line) for line in lines), said
    assert LAST.fullmatch(last), said
    check_inert(said)


def check_inert(said: str) -> None:
    """Nothing that steers a terminal."""
    assert not [
        char for char in said if char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


def show(found: Project, specs: tuple[Spec, ...]) -> None:
    """Everything that comes after loading and needs no workspace, for each target."""
    for spec in specs:
        as_yaml(exact(spec, spec.folder))
    for name in found.config.targets:
        try:
            targets.choose(found, name, {"SUBSCRIPTION": "s", "HOME": CANARY})
            etags = dict.fromkeys(fingerprints.uris(found, specs), "etag")
            desired = resolve.resolve(found, specs, name, etags)
        except AmlError:
            continue
        made = make_plan(desired, LiveState())
        said = [json.plan(made, "now"), *(line.text for line in text.plan(made, explain=True))]
        check_inert("\n".join(said))
        assert made.changes == make_plan(desired, LiveState()).changes
