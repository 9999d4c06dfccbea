"""What looks hostile and is fine: it means just what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.hostile.rows import JOB, E, J, T

STEERING = "\x1b[31mred \x1b]8;;https://example.com\x07 \u202e reversed"
EVIL = {
    "shell metacharacters": "$(touch pwned) `touch pwned` ; touch pwned & | > pwned",
    "::add-mask::": "::add-mask::a\n::error file=x::y\n  ::stop-commands::z\n",
    "::add-mask::, where a long line is broken": "word " * 23 + "::add-mask::a " * 20,
    "ANSI": STEERING,
    "Markdown": "[click](javascript:alert(1)) ![](https://example.com/x.png) @everyone | a | b |\n```\n# title\n",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)> </textarea> &lt;",
    "Mermaid": 'x"] --> y["; click x href "javascript:alert(1)"; %%{init: {}}%%',
}


@dataclass(frozen=True)
class Fine:
    """A spec, and some of what `aml render` makes of it: fields by their names."""

    file: str
    text: str | bytes
    means: Mapping[str, Any]


def fine(more: str, **means: Any) -> Fine:
    """A job with these lines more."""
    return Fine(J, JOB + more, means)


ROWS: Mapping[str, Fine] = {
    "BOM": Fine(J, b"\xef\xbb\xbf" + JOB.encode(), {"command": "echo"}),
    "merge key": fine(
        "inputs: {a: &x {type: uri_file, path: 'https://a.b/c'}, b: {<<: *x, mode: download}}\n",
        inputs={
            "a": {"type": "uri_file", "path": "https://a.b/c"},
            "b": {"type": "uri_file", "path": "https://a.b/c", "mode": "download"},
        },
    ),
    "no, on, 012, 22:22 and 1e5 in quotes": fine(
        "environment_variables: {A: 'no', B: 'on', C: '012', D: '22:22', E: '1e5'}\n",
        environment_variables={"A": "no", "B": "on", "C": "012", "D": "22:22", "E": "1e5"},
    ),
    "1e5 as a text": fine("inputs: {rate: 1e5}\n", inputs={"rate": "1e5"}),
    "1.0e+5 as a number": fine("inputs: {rate: 1.0e+5}\n", inputs={"rate": 100_000.0}),
    "no as an input": fine("inputs: {flag: no}\n", inputs={"flag": False}),
    "version 2": Fine(E, "name: e\nimage: x\nversion: 2\n", {"version": "2"}),
    "version: '1.10'": Fine(E, "name: e\nimage: x\nversion: '1.10'\n", {"version": "1.10"}),
    "a value that would be structure": Fine(
        T, JOB + 'description: {{ "a\\ncode: /etc\\n---\\nname: b" }}\n', {"description": "a\ncode: /etc\n---\nname: b"}
    ),
    "a value that would be an expression": Fine(
        T, JOB + "description: {{ '{{ 7 * 7 }}' }}\n", {"description": "{{ 7 * 7 }}"}
    ),
}
