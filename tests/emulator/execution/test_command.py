"""Expressions in a command, and the blocks that optional inputs switch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.emulator.execution.command import fill_in
from runner.emulator.execution.problems import UserError

INPUTS = {"csv": "/data/iris.csv", "rate": "0.9", "group.sub-set": "x"}
OUTPUTS = {"model": "/out/model"}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python main.py", "python main.py"),
        ("python main.py --csv ${{inputs.csv}}", "python main.py --csv /data/iris.csv"),
        ("--rate ${{ inputs.rate }} --out ${{outputs.model}}", "--rate 0.9 --out /out/model"),
        ("${{inputs.rate}}${{inputs.rate}}", "0.90.9"),
        ("${{inputs.group.sub-set}}", "x"),
        ("'${{inputs.csv}}'", "'/data/iris.csv'"),
        ("a $[[--rate ${{inputs.rate}}]] b", "a --rate 0.9 b"),
        ("a $[[--absent ${{inputs.absent}}]] b", "a  b"),
        ("$[[${{inputs.rate}} ${{inputs.absent}}]]", ""),
        ("$[[${{inputs.rate}}]]$[[ -v]]", "0.9 -v"),
        ("line one\nline ${{inputs.rate}}", "line one\nline 0.9"),
        ("$HOME ${HOME} {{x}} $(date)", "$HOME ${HOME} {{x}} $(date)"),
    ],
)
def test_fill_in(command: str, expected: str) -> None:
    assert fill_in(command, INPUTS, OUTPUTS) == expected


@pytest.mark.parametrize(
    "expression", ["${{inputs.cvs}}", "${{outputs.csv}}", "${{search_space.rate}}", "${{inputs}}", "${{}}"]
)
def test_an_unknown_reference_names_what_there_is(expression: str) -> None:
    with pytest.raises(UserError, match=r"inputs\.csv") as caught:
        fill_in(f"python main.py {expression}", INPUTS, OUTPUTS)
    assert expression in str(caught.value)


def test_without_any_inputs_the_message_says_so() -> None:
    with pytest.raises(UserError, match="no inputs and no outputs"):
        fill_in("${{inputs.x}}", {}, {})


@given(st.text(alphabet="${}[] inputs.xouta'\"\n"))
def test_a_value_is_never_read_again(value: str) -> None:
    assert fill_in("<${{inputs.x}}>", {"x": value}, {}) == f"<{value}>"


@given(st.text().filter(lambda text: not re.search(r"\$(\{\{|\[\[)", text)))
def test_text_without_expressions_stays(command: str) -> None:
    assert fill_in(command, INPUTS, OUTPUTS) == command
