"""The worked example of docs/github.md: a template and a workflow, as they stand there."""

from tests.docs.markdown import ROOT, blocks

PAGE = ROOT / "docs" / "github.md"


def template_text() -> str:
    """The template of the job."""
    return _block("{# specs/jobs/sales-weekly.yml.j2 #}")


def workflow_text() -> str:
    """The workflow that trains it."""
    return _block("# .github/workflows/weekly.yml")


def _block(first: str) -> str:
    return next("\n".join(block.lines) + "\n" for block in blocks(PAGE) if block.lines[0] == first)
