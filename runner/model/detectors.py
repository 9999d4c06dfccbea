"""What secrets look like: a table of shapes, each with the name that findings give it.

A shape is something that hardly anything else looks like: it has a prefix, a mark or a length of its own. What looks
like nothing, as a password does, is known by where it stands: see `model/secrets.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

HIDDEN = "***"

_WORD = "[A-Za-z0-9_-]"
# What stands for a secret, or leads to one, is none: $TOKEN, ${{...}}, <your key>, {{ env.X }}, %TOKEN%, ***.
_LITERAL = r"(?![$<{%*])"


@dataclass(frozen=True, slots=True)
class _Shape:
    """`hint` is in the lower-cased text of whatever matches: to look for it is cheap. `beside` must match as well."""

    detector: str
    hint: str
    pattern: str
    beside: str = ""


_SHAPES = (
    _Shape("private-key", "private key", r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END)?"),
    _Shape("azure-storage-key", "==", r"(?<![A-Za-z0-9+/=])(?<!sha512-)[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])"),
    _Shape("azure-key", "jqqj9", r"\b[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{20,}\b"),
    _Shape("azure-connection-string", "accountkey", rf"(?i)\bAccountKey\s*=\s*{_LITERAL}[^;\s\"']{{8,}}"),
    _Shape("azure-connection-string", "sharedaccess", rf"(?i)\bSharedAccess\w+\s*=\s*{_LITERAL}[^;\s\"']{{16,}}"),
    _Shape("azure-sas", "sig=", r"(?<!\w)sig=[A-Za-z0-9%+/_-]{16,}=*", r"(?<!\w)s[epv]=\w"),
    _Shape("azure-client-secret", "q~", r"(?<![\w~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])"),
    _Shape(
        "database-password",
        "=",
        rf"(?i)(?:^|[;\s\"'])(?:password|pwd)\s?=\s?{_LITERAL}[^;\s\"']{{3,}}",
        r"(?i)(?:^|[;\s\"'])(?:server|data source|host|uid|user id)\s?=",
    ),
    _Shape("aws-access-key", "akia", r"\bAKIA[A-Z2-7]{16}\b"),
    _Shape("aws-access-key", "asia", r"\bASIA[A-Z2-7]{16}\b"),
    _Shape("signed-url", "-signature=", r"(?i)\bX-(?:Amz|Goog)-Signature=[0-9a-f]{32,}"),
    _Shape("github-token", "gh", r"\bgh[opsur]_[A-Za-z0-9]{36,}\b"),
    _Shape("github-token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{22,}\b"),
    _Shape("gitlab-token", "gl", rf"\bgl(?:pat|dt|ptt|rt|soat|ft|imt|agent|cbt|oas)-{_WORD}{{20,}}"),
    _Shape("slack-token", "xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    _Shape("slack-token", "hooks.slack.com", r"hooks\.slack\.com/services/T\w+/B\w+/\w{8,}"),
    _Shape("huggingface-token", "hf_", r"\bhf_[A-Za-z0-9]{30,}\b"),
    _Shape("openai-key", "sk-", rf"\bsk-(?:(?:proj|svcacct|admin)-{_WORD}{{40,}}|[A-Za-z0-9]{{40,}}\b)"),
    _Shape("anthropic-key", "sk-ant-", rf"\bsk-ant-[a-z0-9]{{3,10}}-{_WORD}{{20,}}"),
    _Shape("google-key", "aiza", rf"\bAIza{_WORD}{{35}}"),
    _Shape("google-key", "gocspx-", rf"\bGOCSPX-{_WORD}{{28}}"),
    _Shape("google-key", "ya29.", rf"\bya29\.{_WORD}{{20,}}"),
    _Shape("pypi-token", "pypi-age", rf"\bpypi-AgE{_WORD}{{50,}}"),
    _Shape("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    _Shape("databricks-token", "dapi", r"\bdapi[0-9a-f]{32}(?:-\d)?\b"),
    _Shape("conda-token", "/t/", r"(?<=/t/)[a-z]{2}-[0-9a-f-]{20,}(?=/)"),
    _Shape("jwt", ".eyj", rf"\beyJ{_WORD}{{10,}}\.eyJ{_WORD}{{10,}}\.{_WORD}*"),
    _Shape("authorization-header", "bearer", r"(?i)\bbearer\s{1,4}(?=(?:[a-z._~+/-]*\d){2})[a-z0-9._~+/-]{16,}=*"),
    _Shape("authorization-header", "basic", r"(?i)\bauthorization\W{1,5}basic\s{1,4}[a-z0-9+/]{8,}=*"),
    _Shape("basic-auth-url", "://", rf"(?<=://)[^/\s:@'\"?#]{{0,200}}:{_LITERAL}[^/\s@'\"?#]+(?=@)"),
)


@dataclass(frozen=True, slots=True)
class Find:
    """A secret in a text: where, and the name of what found it."""

    start: int
    end: int
    detector: str


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=10_000)  # specs say the same things over and over
def finds(text: str) -> tuple[Find, ...]:
    """The secrets in a text, by their shape alone, in the order of the table."""
    return tuple(_finds(text))


def _finds(text: str) -> Iterator[Find]:
    lower = text.lower()
    for shape in _SHAPES:
        if shape.hint in lower and (not shape.beside or _compiled(shape.beside).search(text)):
            yield from (Find(*found.span(), shape.detector) for found in _compiled(shape.pattern).finditer(text))


def masked(text: str) -> str:
    """The text with every secret in it hidden."""
    end, shown = 0, ""
    for find in sorted(finds(text), key=lambda find: find.start):
        if find.start >= end:
            shown += text[end : find.start] + HIDDEN
        end = max(end, find.end)
    return shown + text[end:]
