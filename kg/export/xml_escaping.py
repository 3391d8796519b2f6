"""Escapes text and attribute values for XML 1.0 documents."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from kg.errors import DataError

_FORBIDDEN_CHARACTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Escape a value for an element's content. Raises DataError for a character that XML 1.0 excludes."""
    # A parser turns a bare carriage return into a line feed (XML 1.0, section 2.11).
    return escape(_require_xml_characters(value), {"\r": "&#13;"})


def attribute(value: str) -> str:
    """Escape a value for an attribute, in quotation marks. Raises DataError for a character that XML 1.0 excludes."""
    return quoteattr(_require_xml_characters(value), {"\r": "&#13;"})


def _require_xml_characters(value: str) -> str:
    if match := _FORBIDDEN_CHARACTERS.search(value):
        raise DataError(f"The text {value!r} cannot be written as XML, which has no character {match.group()!r}.")
    return value
