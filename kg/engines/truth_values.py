"""Rewrites queries for an engine that makes numbers of the truth values that they compute or write.

Virtuoso answers `BIND(?a = ?b AS ?c)` by the integer 1 or 0, and with `FILTER(?c = true)` makes an integer of ?c too,
though it was stored as a boolean. What is cast to a boolean stays one, and so does what equals a constant of STRDT; in
SPARQL, both say the same (SPARQL 1.1 Query, sections 17.1 and 17.4.2.5).
"""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import XSD

from kg.sparql.tokenized_text import TokenizedText, TokenSpan
from kg.sparql.workarounds.token_edits import Edits

_FUNCTIONS = (
    *("BOUND", "CONTAINS", "ISBLANK", "ISIRI", "ISLITERAL", "ISNUMERIC", "ISURI", "LANGMATCHES", "REGEX", "SAMETERM"),
    *("STRENDS", "STRSTARTS"),
)
"""The functions whose values are truth values (section 17.4)."""
_CHOICES = {"COALESCE": 0, "IF": 1, "MAX": 0, "MIN": 0, "SAMPLE": 0}
"""What returns one of its arguments, and which is the first of those."""
_CLAUSES = ("FILTER", "BIND")


def with_truth_values(query: TokenizedText) -> TokenizedText:
    """Return a query that such an engine answers by truth values."""
    # What equals a constant of VALUES, of sameTerm or of a triple pattern stays a number: constants match as they are.
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
    """Tell whether brackets, from the outermost on, are those of an expression: not of a list, of triples or VALUES."""
    depth = next((depth for depth in range(len(around), 0, -1) if edits.tokens[around[depth - 1]].is_sign("{")), 0)
    if depth == len(around) or not edits.tokens[around[depth]].is_sign("("):
        return False
    # What equals it by sameTerm must be written as it is: Virtuoso finds no other.
    if edits.tokens[around[-1] - 1].is_word("SAMETERM"):
        return False
    level, bracket = around[depth - 1] if depth else -1, around[depth]
    # Before the bracket of an expression stands its keyword, or the function of one.
    begins = any(edits.tokens[before].is_word(*_CLAUSES) for before in (bracket - 1, bracket - 2) if before > level)
    return begins or edits.is_clause(level)


def _keep(edits: Edits, span: TokenSpan) -> None:
    """Cast an expression if its values are truth values, or those of its arguments which it may return."""
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
    # Of `||` and `&&`, each character is a token; a single `|` is in paths only.
    return any(token.is_sign("=", "<", ">", "|", "&") or token.is_word("IN") for token in outside)
