"""The comparison of transcripts sees what it should: one that never fails would be worth nothing."""

from pathlib import Path

import pytest

from tests.docs.markdown import Block
from tests.docs.transcript import Shell, Step, _of, differs

PAGE = Path("page.md")


@pytest.mark.parametrize(
    ("shown", "real", "is_equal"),
    [
        ("one\ntwo", "one\ntwo", True),
        ("one\ntwo", "one\nthree", False),
        ("one", "one\ntwo", False),
        ("one\n...", "one\ntwo\nthree", True),
        ("...\nthree", "one\ntwo\nthree", True),
        ("one\n...\nthree", "one\nthree", True),
        ("one\n...\nfour", "one\ntwo\nthree", False),
        ("a ... c", "a b c", True),
        ("a ... c", "a b d", False),
        ("No changes.", "reading the workspace ...\nNo changes.", True),
        ("runs as iris-train-e001feeacd8c", "runs as iris-train-000000000000", True),
        ("runs as iris-train-e001feeacd8c", "runs as iris-test-e001feeacd8c", False),
        ("done in 3.1 s", "done in 1 min 4 s", True),
        ("learning_rate: 0.9 -> 0.5", "learning_rate: 0.9 -> 0.7", False),
        ("  phases   running 0.3 s", "  phases   preparing 2.0 s, running 9 s", True),
        ("test-accuracy        0.9", "test-accuracy        0.9333", True),
        ("at https://127.0.0.1:36161/x", "at https://127.0.0.1:1/x", True),
    ],
)
def test_what_counts_as_equal(shown: str, real: str, is_equal: bool) -> None:
    assert (differs(Step(PAGE, 1, "aml", shown.splitlines()), real) == "") is is_equal


def test_commands_and_their_output() -> None:
    lines = ["$ cat > f <<'E'", "> a", ">", "> E", "$ cat f", "a", "> quoted", "$ true"]
    found = list(_of(Block(PAGE, "console", 10, lines)))
    assert [(step.line, step.command, step.shown) for step in found] == [
        (10, "cat > f <<'E'\na\n\nE", []),
        (14, "cat f", ["a", "> quoted"]),
        (17, "true", []),
    ]


def test_a_shell_remembers(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"PATH": "/usr/bin:/bin"})
    shell.start_in(tmp_path)
    assert shell.run("mkdir a && cd a && export NAME='x y'; (exit 3)") == ""
    assert shell.code == 3
    assert shell.run('echo $?; echo "$NAME"; pwd') == f"3\nx y\n{tmp_path}/a\n"
