"""Text and attributes of XML 1.0 documents."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from kg.errors import DataError

_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Return a value as an element's content, or raise DataError for a character that XML has no way to write."""
    return escape(_checked(value), {"\r": "&#13;"})


def attribute(value: str) -> str:
    """Return a value as an attribute's, in quotation marks; DataError as `text`."""
    return quoteattr(_checked(value), {"\r": "&#13;"})


def _checked(value: str) -> str:
    if found := _NEVER.search(value):
        raise DataError(f"The text {value!r} cannot be written as XML, which has no character {found.group()!r}.")
    return value
