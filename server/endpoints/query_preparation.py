"""What a request for a query decides besides the query's text, and where in the address that text is."""

from __future__ import annotations

from typing import NamedTuple

from kg.sparql.protocol import Query
from server.http.conditional_requests import Representation
from server.http.urlencoded import unquote
from server.site import Settings

PREPARATION_KEY = "communique.preparation"
"""The key in a request's environment of its `Preparation`, set by the view that answers its query."""
MAX_BYTES_PER_CHARACTER = 4
_PARAMETER = "query="


class Preparation(NamedTuple):
    """What a request for a query decides besides the text."""

    query: Query
    """The query without its version; its text is that of one such request."""
    timeout: float | None
    representation: Representation
    settings: Settings
    """The settings in effect: an operator may reload them."""


class DividedAddress(NamedTuple):
    """A query string, divided at the value of its first parameter `query`."""

    before: str
    value: str
    after: str

    def text(self) -> str | None:
        """Return the query's text, or None if it is not UTF-8."""
        octets = self.value.encode("latin-1")  # as WSGI decodes it (PEP 3333)
        try:
            octets.decode()
            return unquote(octets).decode()
        except UnicodeDecodeError:
            return None


def divide(query_string: str) -> DividedAddress | None:
    """Divide a query string; return None if it has no parameter `query`."""
    at = 0 if query_string.startswith(_PARAMETER) else query_string.find(f"&{_PARAMETER}") + 1
    if not query_string.startswith(_PARAMETER, at):
        return None
    begin = at + len(_PARAMETER)
    end = query_string.find("&", begin)
    end = end if end >= 0 else len(query_string)
    return DividedAddress(query_string[:begin], query_string[begin:end], query_string[end:])
