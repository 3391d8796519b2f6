"""Finds brackets of SPARQL, Turtle or JSON that nest too deeply, before a parser is slow or overflows its stack."""

from __future__ import annotations

import re

_TURTLE = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\\?\Z)|'
    rb"'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)|"
    rb'"(?:[^"\\\n]|\\.)*+"?|'
    rb"'(?:[^'\\\n]|\\.)*+'?|"
    rb"<[^<>\"{}|^`\\\s]*+>|"
    rb"#[^\n]*+|\\.|"
    rb"(?P<opens>[\[({])|(?P<closes>[\])}])",
    re.DOTALL,
)
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|(?P<opens>[\[{])|(?P<closes>[\]}])', re.DOTALL)
# Both patterns match strings, IRIs, comments and escapes as a whole, since brackets in them do not count. An unclosed
# string extends to the end of the text: searching for others inside it would take quadratic time.


def too_deep(data: bytes, max_depth: int, *, is_json: bool = False) -> int | None:
    """Return the byte offset at which the brackets of Turtle, TriG, SPARQL or JSON nest too deeply, or None."""
    # Most texts have fewer brackets in total, and counting costs a fraction of matching the pattern.
    if sum(data.count(sign) for sign in (b"[", b"(", b"{")) <= max_depth:
        return None
    depth = 0
    for match in (_JSON if is_json else _TURTLE).finditer(data):
        depth += (match["opens"] is not None) - (match["closes"] is not None)
        if depth > max_depth:
            return match.start()
    return None
