"""Move the pattern that a filter restricts to the beginning of its block.

The engine has no statistics: among patterns whose only constant is the property, it begins with the first, looks up
the others for each of its triples, and filters as soon as the filter's variables are bound. So
`?link :from ?x ; :asOf ?day FILTER(YEAR(?day) = 2003)` looks up a day for every link. With `:asOf` first, the other
patterns are looked up only for what passes the filter. The order of patterns in a block never changes its solutions
(SPARQL 1.1 Query, 18.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.sparql.optimizations.data_facts import Fact, Knowledge, Reasons, SizeFact
from kg.sparql.optimizations.group_blocks import default_graph_blocks, named_iri, variable_name
from kg.sparql.prologue import Prologue
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText, TokenSpan, variables_in
from kg.sparql.triple_patterns import TriplePattern, statements, triples

NAME = "filtered patterns first"
_CONCERNED = re.compile(r"\bfilter\b", re.IGNORECASE)
_UNSELECTIVE = ("BOUND", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "EXISTS", "NOT")
"""Keywords of filters that keep most triples, or that are patterns themselves."""


def filtered_first(
    tokenized: TokenizedText, prologue: Prologue, knows: Knowledge | None
) -> tuple[TokenizedText, Reasons, tuple[Fact, ...]]:
    """Return a query with filtered patterns first, the reasons, and the facts that were needed but unknown."""
    if knows is None or not _CONCERNED.search(tokenized.text):
        return tokenized, (), ()
    edits = Edits(tokenized)
    # Which solutions a LIMIT returns must not change once a fact becomes known: clients page by it.
    if _is_cut_unsorted(edits):
        return tokenized, (), ()
    reasons, unknown = list[tuple[str, str]](), list[Fact]()
    for opening, block in default_graph_blocks(edits):
        patterns = _tied_patterns(edits, prologue, block)
        filtered = None if len(patterns) < 2 else _filtered_pattern(edits, opening, patterns)  # noqa: PLR2004 -- one has no order
        if filtered is None or filtered is patterns[0]:
            continue
        fact = SizeFact(*(named_iri(edits, prologue, pattern.verb) for pattern in (filtered, patterns[0])))
        is_known = knows(fact)
        if is_known:
            others = (pattern for pattern in patterns if pattern is not filtered)
            edits.replace(block, " . ".join(pattern.text(edits) for pattern in (filtered, *others)))
            reasons.append((NAME, f"{filtered.text(edits)} is looked for first: {fact}"))
        unknown += [fact] if is_known is None else []
    return edits.result(), tuple(reasons), tuple(unknown)


def _is_cut_unsorted(edits: Edits) -> bool:
    """Return whether a query, or a subquery, limits solutions that it does not sort itself."""
    cuts = (at for at, token in enumerate(edits.tokens) if token.is_word("LIMIT", "OFFSET"))
    levels = {edits.enclosing_brace(at) for at in cuts}
    return not all(any(edits.tokens[at].is_word("ORDER") for at in edits.clause(level)) for level in levels)


def _tied_patterns(edits: Edits, prologue: Prologue, block: TokenSpan) -> list[TriplePattern]:
    """Return the patterns of a block if the engine cannot tell which have fewer triples, otherwise none."""
    patterns = list[TriplePattern]()
    for span in statements(edits, *block):
        # A statement with nodes in brackets is not divided into patterns, so its block has to stay as it is.
        statement = triples(edits, *span) or []
        # The engine begins with a pattern that has a constant beside its property, and treats paths differently.
        if not (statement and all(_has_property_alone(edits, prologue, pattern) for pattern in statement)):
            return []
        patterns += statement
    return patterns


def _has_property_alone(edits: Edits, prologue: Prologue, pattern: TriplePattern) -> bool:
    ends = variable_name(edits, pattern.subject), variable_name(edits, pattern.object)
    return all(ends) and bool(named_iri(edits, prologue, pattern.verb))


def _filtered_pattern(edits: Edits, opening: int, patterns: list[TriplePattern]) -> TriplePattern | None:
    """Return the first pattern that has all variables of a filter of its group, or None."""
    for variables in _selective_filters(edits, opening):
        for pattern in patterns:
            if variables <= {variable_name(edits, pattern.subject), variable_name(edits, pattern.object)}:
                return pattern
    return None


def _selective_filters(edits: Edits, opening: int) -> Iterator[set[str]]:
    """Yield the variables of each filter of a group that may be selective."""
    closing = edits.closing[opening]
    for at in edits.elements(opening, closing):
        tokens = edits.tokens[at + 1 : edits.end_of_element(at, closing)]
        is_unselective = any(token.is_word(*_UNSELECTIVE) or token.is_sign("!") for token in tokens)
        if edits.tokens[at].is_word("FILTER") and not is_unselective and (variables := variables_in(tokens)):
            yield variables
