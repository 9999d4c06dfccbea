"""A token on a request of `requests`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import PreparedRequest


def bearer(token: str) -> "Callable[[PreparedRequest], PreparedRequest]":
    """As `auth` and not as a header: requests puts what the user's .netrc says above a header."""

    def sign(request: "PreparedRequest") -> "PreparedRequest":
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign
