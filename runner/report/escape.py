"""Text of others, made inert for the place where it is put: one function for each.

Names, values, errors and log lines of a pull request say what their author likes. In code, GitHub makes no link,
mention, reference or formula of text, so it is shown as code. Labels of Mermaid know no code, and spell characters out.
"""

import html as standard
import re
from itertools import groupby
from urllib.parse import quote, urlsplit

from runner.report.lines import inert, one_line

_LONGEST = 400  # characters of one line: errors quote whole documents at times
_LONGEST_URL = 2000
_READ = 2000  # of a text, to make those characters of
_TICKS = re.compile(r"`+")
# What code leaves alive for those who read the text and not its rendering: our own hidden markers are looked for in it,
# and the log of a workflow, where a dry run prints it, obeys commands. The marks that take their place look the same.
_COMMAND = re.compile(r"^(\s*):(?=:)")
_MARKER, _BRACKET, _COLON = "<!\N{NON-BREAKING HYPHEN}-", "##\N{FULLWIDTH LEFT SQUARE BRACKET}", "\N{RATIO}"
# What no renderer makes anything of: words of letters, and numbers too short for a commit.
_WORD = re.compile(r"['\"(]?[^\W\d_]+(?:['-][^\W\d_]+)*['\")]?[,.;:?!]?|\d{1,4}(?:\.\d{1,4})?[,;]?")
_IN_URLS = "/:?=&%#,;+~@!$*"


def code(text: str) -> str:
    """Inline code in prose, on one line."""
    still = _still(_one_line(text)) or " "
    ticks = "`" * (_longest_run(still) + 1)
    padding = " " if still.startswith("`") or still.endswith("`") else ""
    return f"{ticks}{padding}{still}{padding}{ticks}"


def cell(text: str) -> str:
    """Inline code in a cell of a table, where a pipe needs a backslash even in code."""
    return code(text).replace("|", r"\|")


def prose(text: str, *, in_cell: bool = False) -> str:
    """A sentence: plain words as they are, all else as code, less the punctuation at its end."""
    told = []
    for is_plain, words in groupby(_still(_one_line(text)).split(), lambda word: bool(_WORD.fullmatch(word))):
        joined = " ".join(words)
        end = joined[-1] if not is_plain and len(joined) > 1 and joined[-1] in ",.;:?!" else ""
        body = joined.removesuffix(end)
        told.append(body if is_plain else (cell if in_cell else code)(body) + end)
    return " ".join(told)


def line(text: str) -> str:
    """One line of a fenced block."""
    return _COMMAND.sub(rf"\1{_COLON}", _still(inert(_shortened(text))))


def fence(text: str) -> str:
    """What encloses these lines: longer than any run of backticks in them."""
    return "`" * max(3, _longest_run(text) + 1)


def block(text: str, language: str = "text") -> str:
    """A fenced block of the lines."""
    body = "\n".join(map(line, text.split("\n")))
    ticks = fence(body)
    return f"{ticks}{language}\n{body}\n{ticks}\n"


def html(text: str) -> str:
    """Code within a line of HTML, e.g. a summary."""
    return f"<code>{standard.escape(_still(_one_line(text)))}</code>"


def label(text: str) -> str:
    """Between the quotes of a label of Mermaid, which knows Markdown, HTML, icons and directives there."""
    still = _shortened(_one_line(text))
    return "".join(char if char.isalnum() or char in " -./," else f"#{ord(char)};" for char in still)


def link(text: str, url: str, *, in_cell: bool = False) -> str:
    """Code that leads somewhere; code alone where `url` is no web address."""
    shown = cell(text) if in_cell else code(text)
    return f"[{shown}]({address(url)})" if address(url) else shown


def address(url: str) -> str:
    """A web address with nothing in it that could end a link; empty for what is none.

    One of this very machine, as the embedded workspace has them, leads a reader of a comment nowhere.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    elsewhere = parts.netloc and not re.fullmatch(r"(127\.0\.0\.1|localhost)(:\d+)?", parts.netloc)
    is_web = parts.scheme in {"http", "https"} and elsewhere and len(url) <= _LONGEST_URL
    return quote(url, safe=_IN_URLS, errors="replace") if is_web else ""


def _still(text: str) -> str:
    return _shortened(text).replace("<!--", _MARKER).replace("##[", _BRACKET)


def _one_line(text: str) -> str:
    return one_line(text if len(text) <= _READ else text[:_READ] + "...")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
