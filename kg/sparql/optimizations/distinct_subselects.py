"""SELECT DISTINCT over a chain of patterns, rewritten as nested subqueries that drop duplicates early.

The engine joins all patterns and drops duplicates last: a query for whom somebody's acquaintances know finds each
person once for every meeting. As sets, π_V(A ⋈ B) = π_V(π_W(A) ⋈ B) if W has the variables of A that V or B mention.
So the patterns are divided into parts, and each part becomes a subquery for the distinct values that later parts need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.sparql.lexer import TokenKind
from kg.sparql.optimizations.data_facts import Reasons
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText, TokenSpan, variables_in
from kg.sparql.triple_patterns import TriplePattern, statements, triples

NAME = "distinct subqueries"
_CONCERNED = re.compile(r"\bselect\s+distinct\b", re.IGNORECASE)
_TYPE = re.compile(r"a|\w*:type|<\S+#type>")


def nest_distinct(tokenized: TokenizedText) -> tuple[TokenizedText, Reasons]:
    """Return a query with the parts of its WHERE as distinct subqueries, unchanged if that would not help."""
    if not _CONCERNED.search(tokenized.text):
        return tokenized, ()
    edits = Edits(tokenized)
    block = _only_block(edits)
    parts = None if block is None else _parts(edits, block)
    if block is None or parts is None or len(parts) == 1:
        return tokenized, ()
    edits.replace(block, _spelled(edits, parts))
    dropped = ", ".join(f"?{name}" for part in parts[:-1] for name in sorted(part.dropped))
    return edits.result(), ((NAME, f"duplicates are dropped before {dropped} would multiply them"),)


@dataclass
class _Part:
    """Patterns that are joined with the distinct values of the preceding part."""

    patterns: list[TriplePattern]
    variables: set[str]
    dropped: set[str] = field(default_factory=set)
    """Variables that no later part and no clause needs."""


def _only_block(edits: Edits) -> TokenSpan | None:
    """Return the patterns of a SELECT DISTINCT of variables over one block and filters, or None for other queries."""
    select = next((at for at in edits.clause(-1) if edits.tokens[at].is_word("SELECT")), None)
    opening = edits.group_of_clause(-1)
    if select is None or opening is None or not edits.tokens[select + 1].is_word("DISTINCT"):
        return None
    projection = edits.tokens[select + 2 : opening]
    closing = edits.closing[opening]
    elements = [*edits.elements(opening, closing)]
    is_plain = all(token.kind is TokenKind.VARIABLE or token.is_word("WHERE") for token in projection)
    if not (is_plain and elements and edits.begins_block(elements[0])) or _is_limited(edits, closing):
        return None
    filters = (edits.tokens[at] for at in elements[1:])
    only_filters = all(token.is_word("FILTER") or token.is_sign(".") for token in filters)
    return (elements[0], edits.end_of_block(elements[0], closing)) if only_filters else None


def _is_limited(edits: Edits, closing: int) -> bool:
    """Return whether the engine may stop early, joins with VALUES first, or counts: then its own order is kept."""
    modifiers = [token for token in edits.tokens[closing + 1 :] if token.kind is TokenKind.WORD]
    is_sorted = any(token.is_word("ORDER") for token in modifiers)
    return any(token.is_word("GROUP", "HAVING", "VALUES") for token in modifiers) or (
        not is_sorted and any(token.is_word("LIMIT") for token in modifiers)
    )


def _parts(edits: Edits, block: TokenSpan) -> list[_Part] | None:
    """Return the parts of a block in the order in which they are joined, or None if it should not be divided."""
    patterns = _patterns(edits, block)
    if not patterns:
        return None
    outside = (*edits.tokens[: block[0]], *edits.tokens[block[1] :])
    anchors = _anchors(edits, patterns)
    # Begin with a constant if there is one: it leaves the fewest rows for the later parts.
    parts = _divided(edits, patterns, anchors[0] if anchors else patterns[0], variables_in(outside))
    inner = set().union(*(part.variables for part in parts[:-1]))
    # The block is the first element of its group, so the token before it opens the group.
    end = edits.closing[block[0] - 1]
    # The engine should rather begin with what a later part's constant or a filter selects.
    is_late = any(pattern not in parts[0].patterns for pattern in anchors)
    is_filtered = bool(variables_in(edits.tokens[block[1] : end]) & inner)
    return None if is_late or is_filtered or not all(part.variables - part.dropped for part in parts) else parts


def _patterns(edits: Edits, block: TokenSpan) -> list[TriplePattern]:
    """Return the patterns of a block; none if they have blank nodes, which are variables of the whole block."""
    patterns = list[TriplePattern]()
    for span in statements(edits, *block):
        statement = triples(edits, *span)
        if statement is None or any(token.kind is TokenKind.BLANK for token in edits.tokens[slice(*span)]):
            return []
        patterns += statement
    return patterns


def _anchors(edits: Edits, patterns: Sequence[TriplePattern]) -> list[TriplePattern]:
    """Return the patterns with a constant; type patterns only if there are no others."""
    constant = [
        pattern
        for pattern in patterns
        if any(edits.tokens[span[0]].kind is not TokenKind.VARIABLE for span in (pattern.subject, pattern.object))
    ]
    untyped = [pattern for pattern in constant if not _TYPE.fullmatch(edits.raw(*pattern.verb))]
    return untyped or constant


def _divided(edits: Edits, patterns: Sequence[TriplePattern], first: TriplePattern, needed: set[str]) -> list[_Part]:
    names = {
        pattern: variables_in(token for span in pattern.spans for token in edits.tokens[slice(*span)])
        for pattern in patterns
    }
    rest = [pattern for pattern in patterns if pattern is not first]
    part = _Part([first], set(names[first]))
    parts = [part]
    while rest:
        ahead = set().union(*(names[pattern] for pattern in rest))
        part.dropped = part.variables - needed - ahead
        if part.dropped:
            part = _Part([], part.variables - part.dropped)
            parts.append(part)
        # The first by name: any would do, but a text has to be rewritten in the same way for every hash seed.
        joining = min(part.variables & ahead - needed, default=None)
        # The rest shares only variables that the result needs, so dividing it would drop nothing.
        if joining is None:
            break
        joined = [pattern for pattern in rest if joining in names[pattern]]
        rest = [pattern for pattern in rest if joining not in names[pattern]]
        part.patterns += joined
        part.variables |= set().union(*(names[pattern] for pattern in joined))
    part.patterns += rest
    part.variables |= set().union(*(names[pattern] for pattern in rest))
    return parts


def _spelled(edits: Edits, parts: Sequence[_Part]) -> str:
    text = ""
    for part in parts:
        text += " . ".join(pattern.text(edits) for pattern in part.patterns)
        if part is not parts[-1]:
            names = " ".join(f"?{name}" for name in sorted(part.variables - part.dropped))
            text = f"{{ SELECT DISTINCT {names} {{ {text} }} }} "
    return text
