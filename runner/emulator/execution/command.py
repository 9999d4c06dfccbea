"""The command line of a job: `${{inputs.x}}` and `${{outputs.x}}` filled in, `$[[...]]` blocks kept or dropped.

Values go in as they are, as on Azure ML: whoever needs quotes writes them around the expression.
"""

import re
from collections.abc import Mapping

from runner.emulator.execution.problems import UserError

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_REFERENCE = re.compile(r"(inputs|outputs)\.([\w.\-]+)")
_OPTIONAL = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)


def fill_in(command: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    """The text that bash is given. An optional block is dropped if an input in it was not provided."""
    values = {"inputs": inputs, "outputs": outputs}

    def known(expression: str) -> bool:
        reference = _REFERENCE.fullmatch(expression)
        return reference is not None and reference[2] in values[reference[1]]

    def optional(block: re.Match[str]) -> str:
        return block[1] if all(known(found[1]) for found in _EXPRESSION.finditer(block[1])) else ""

    def value(found: re.Match[str]) -> str:
        reference = _REFERENCE.fullmatch(found[1])
        if reference is None or not known(found[1]):
            raise UserError(_unknown(found[0], values))
        return values[reference[1]][reference[2]]

    # One pass over the expressions, so that a value which looks like an expression stays a value.
    return _EXPRESSION.sub(value, _OPTIONAL.sub(optional, command))


def _unknown(expression: str, values: Mapping[str, Mapping[str, str]]) -> str:
    have = [f"{kind}.{name}" for kind, named in values.items() for name in sorted(named)]
    return (
        f"the command uses {expression}, which this job does not have; "
        f"it has {', '.join(have) if have else 'no inputs and no outputs'}"
    )
