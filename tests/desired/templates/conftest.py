"""Templates and what they give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from runner.desired.document import Document, read
from runner.desired.templates import process
from runner.desired.templates.context import Context
from runner.desired.templates.rendered import Rendered

FILE = "specs/jobs/x.yml.j2"


@dataclass
class Renderer:
    """Renders one template, beside files of `templates/`."""

    library: dict[str, str] = field(default_factory=dict)

    def answer(self, text: str, **names: Any) -> process.Answer:
        return process.render({FILE: text}, self.library, Context("demo", "local", **names))[FILE]

    def documents(self, text: str, **names: Any) -> list[Document]:
        found = self.answer(text, **names)
        assert isinstance(found, Rendered), str(found)
        documents, problems = read(found)
        assert problems == [], [str(each) for each in problems]
        return documents

    def findings(self, text: str, **names: Any) -> list[str]:
        """What is wrong with a template, or with the YAML that it gives."""
        found = self.answer(text, **names)
        return [str(found)] if not isinstance(found, Rendered) else [str(each) for each in read(found)[1]]

    def all(self, texts: Mapping[str, str], **names: Any) -> list[process.Answer]:
        """What several templates give, rendered by one process."""
        return list(process.render(texts, self.library, Context("demo", "local", **names)).values())


@pytest.fixture
def renderer() -> Renderer:
    """With an empty `templates/`."""
    return Renderer()
