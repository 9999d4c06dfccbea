"""A repository on a GitHub of the test's own."""

from collections.abc import Iterator

import pytest

from runner.github.context import Context
from tests.github.server import REPOSITORY, TOKEN, GitHub, serving


@pytest.fixture
def hub() -> Iterator[GitHub]:
    with serving() as made:
        yield made


@pytest.fixture
def ours(hub: GitHub) -> Context:
    """A run of a workflow there."""
    return Context(event="push", repository=REPOSITORY, api_url=hub.url, token=TOKEN)
