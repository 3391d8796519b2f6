"""Rewrites queries for an engine that turns the booleans in them into numbers.

Virtuoso answers `BIND(?a = ?b AS ?c)` with the integer 1 or 0, and `FILTER(?c = true)` turns ?c into an integer even if
it was stored as a boolean. A cast to xsd:boolean prevents the former, and a constant made by STRDT the latter; in
SPARQL, neither changes the meaning (SPARQL 1.1 Query, sections 17.1 and 17.4.2.5).
"""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import XSD

from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText, TokenSpan

_FUNCTIONS = (
    *("BOUND", "CONTAINS", "ISBLANK", "ISIRI", "ISLITERAL", "ISNUMERIC", "ISURI", "LANGMATCHES", "REGEX", "SAMETERM"),
    *("STRENDS", "STRSTARTS"),
)
"""The functions whose values are booleans (section 17.4)."""
_CHOICES = {"COALESCE": 0, "IF": 1, "MAX": 0, "MIN": 0, "SAMPLE": 0}
"""Functions that return one of their arguments, with the index of the first of these."""
_CLAUSES = ("FILTER", "BIND")


def with_truth_values(query: TokenizedText) -> TokenizedText:
    """Return a query that such an engine answers with booleans."""
    # Constants in VALUES, sameTerm and triple patterns are left as they are, since these match terms exactly.
    edits, around = Edits(query), list[int]()
    for at, token in enumerate(query.tokens):
        if around and at == edits.closing[around[-1]]:
            around.pop()
        elif at in edits.closing:
            around.append(at)
        elif token.is_word("TRUE", "FALSE") and _is_expression(edits, around):
            edits.replace((at, at + 1), f'STRDT("{token.text.lower()}", <{XSD.boolean}>)')
        elif token.is_word("AS"):
            _keep(edits, (around[-1] + 1, at))
    return edits.result()


def _is_expression(edits: Edits, around: Sequence[int]) -> bool:
    """Return whether brackets, outermost first, belong to an expression rather than to a list, triples or VALUES."""
    depth = next((depth for depth in range(len(around), 0, -1) if edits.tokens[around[depth - 1]].is_sign("{")), 0)
    if depth == len(around) or not edits.tokens[around[depth]].is_sign("("):
        return False
    # An argument of sameTerm must be left as written: otherwise Virtuoso finds nothing.
    if edits.tokens[around[-1] - 1].is_word("SAMETERM"):
        return False
    level, bracket = around[depth - 1] if depth else -1, around[depth]
    # The bracket of an expression is preceded by its keyword, or by a function after the keyword.
    begins = any(edits.tokens[before].is_word(*_CLAUSES) for before in (bracket - 1, bracket - 2) if before > level)
    return begins or edits.is_clause(level)


def _keep(edits: Edits, span: TokenSpan) -> None:
    """Cast an expression if its values are booleans, or else those arguments of it that it may return."""
    begin, end = span
    if edits.tokens[begin].is_word("DISTINCT"):  # of an aggregate
        begin += 1
    while end > begin and edits.tokens[begin].is_sign("(") and edits.closing[begin] == end - 1:
        begin, end = begin + 1, end - 1
    first = edits.tokens[begin]
    is_one_call = edits.is_call(begin) and edits.closing[begin + 1] == end - 1
    if is_one_call and first.text.upper() in _CHOICES:
        for argument in edits.arguments(begin + 1)[_CHOICES[first.text.upper()] :]:
            _keep(edits, argument)
    elif (is_one_call and first.is_word(*_FUNCTIONS)) or _is_truth_value(edits, (begin, end)):
        edits.wrap((begin, end), f"<{XSD.boolean}>(", ")")


def _is_truth_value(edits: Edits, span: TokenSpan) -> bool:
    if edits.tokens[span[0]].is_sign("!") or edits.tokens[span[0]].is_word("EXISTS", "NOT"):
        return True
    outside = (edits.tokens[at] for at in edits.outside_brackets(*span))
    # In `||` and `&&`, each character is a token; a single `|` occurs in paths only.
    return any(token.is_sign("=", "<", ">", "|", "&") or token.is_word("IN") for token in outside)
