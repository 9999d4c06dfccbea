"""Conda files. One counts, and is sent, as what it says: comments and layout are nothing."""

import posixpath
from pathlib import Path
from typing import Any

from runner.desired import local
from runner.desired.document import Document, parse
from runner.desired.links import Link
from runner.desired.project import read_text
from runner.model.diagnostics import Diagnostic, InvalidSpecsError


def read(document: Document, folder: Path, link: Link) -> dict[str, Any]:
    """What the conda file says that a spec in `folder` links to. Raises InvalidSpecsError."""
    shown = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), link.text))
    documents, problems = parse(read_text(local.resolve(link.text, folder), shown), shown)
    if not problems and (len(documents) != 1 or not isinstance(documents[0].value, dict)):
        problems = [Diagnostic("conda_file: is no conda specification", document.position(link.path))]
    if problems:
        raise InvalidSpecsError(problems)
    value: dict[str, Any] = documents[0].value
    return value
