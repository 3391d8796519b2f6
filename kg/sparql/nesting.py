"""How deep brackets stand in each other, told from bytes: a quick look before a parser's slow one."""

from __future__ import annotations

import re

_TURTLE = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\\?\Z)|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)|"
    rb'"(?:[^"\\\n]|\\.)*+|'
    rb"'(?:[^'\\\n]|\\.)*+|"
    rb"<[^<>\"{}|^`\\\s]*+>|"
    rb"#[^\n]*+|\\.|"
    rb"(?P<opens>[\[({])|(?P<closes>[\])}])",
    re.DOTALL,
)
"""Strings, IRIs, comments and escapes, in which brackets do not count, and brackets; each in linear time."""


def too_deep(data: bytes, most: int) -> int | None:
    """Return the byte at which brackets of Turtle, TriG or SPARQL nest deeper than that, None where none do."""
    if sum(data.count(sign) for sign in (b"[", b"(", b"{")) <= most:
        return None
    depth = 0
    for match in _TURTLE.finditer(data):
        depth += (match["opens"] is not None) - (match["closes"] is not None)
        if depth > most:
            return match.start()
    return None
