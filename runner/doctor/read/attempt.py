"""A read that may fail, and must not stop the ones after it."""

from collections.abc import Callable
from typing import TypeVar

from runner.doctor.facts import Unread
from runner.errors import AmlError, ServiceError, SignInError

T = TypeVar("T")


def attempt(read: Callable[[], T]) -> T | Unread:
    """What it reads, or why it could not."""
    try:
        return read()
    except SignInError as error:
        return Unread("; ".join((str(error), *error.diagnostics)), error.status)
    except ServiceError as error:
        return Unread(str(error), error.status, error.code)
    except AmlError as error:
        return Unread(str(error))
