"""How deep brackets nest in a text: a quick scan of its bytes before a parser that is slow, or overflows its stack."""

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
# Both patterns match strings, IRIs, comments and escapes as a whole, since brackets in them do not count. A string that
# never ends goes to the end of the text: looking for others inside it would take quadratic time.


def too_deep(data: bytes, max_depth: int, *, is_json: bool = False) -> int | None:
    """Return the byte at which brackets of Turtle, TriG, SPARQL or JSON nest deeper than that, None if they do not."""
    # Most texts have fewer brackets in all: counting them costs a fraction of what the pattern does.
    if sum(data.count(sign) for sign in (b"[", b"(", b"{")) <= max_depth:
        return None
    depth = 0
    for match in (_JSON if is_json else _TURTLE).finditer(data):
        depth += (match["opens"] is not None) - (match["closes"] is not None)
        if depth > max_depth:
            return match.start()
    return None
