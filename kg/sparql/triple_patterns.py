"""The triple patterns of a group, read from its tokens, and how often a path of length zero matches.

SPARQL 1.1 Query, section 18.4: a path of length zero joins every term to itself, even a term that no triple holds if
the text names it. The engine looks for such a term in the graph, and finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.sparql.layout import Layout, TokenSpan
from kg.sparql.lexer import Token, TokenKind

_MODIFIERS = "*?+"
_NAMES = (TokenKind.IRI, TokenKind.NAME)
_SIMPLE = (*_NAMES, TokenKind.VARIABLE, TokenKind.BLANK, TokenKind.NUMBER)


@dataclass(frozen=True)
class TriplePattern:
    """A triple pattern: the spans of its terms, and in how many ways its path goes from a term to itself."""

    subject: TokenSpan
    verb: TokenSpan
    object: TokenSpan
    ways: int


def statements(layout: Layout, begin: int, end: int) -> Iterator[TokenSpan]:
    """Yield the statements of a block, without the dots between them."""
    start = begin
    for at in layout.outside_brackets(begin, end):
        if layout.tokens[at].is_sign("."):
            if at > start:
                yield start, at
            start = at + 1
    if end > start:
        yield start, end


def triples(layout: Layout, begin: int, end: int) -> list[TriplePattern] | None:
    """Return the triple patterns of a statement; None if it has nodes in brackets, or cannot be read."""
    try:
        return list(_triples(layout.tokens, begin, end))
    except _UnreadError:
        return None


class _UnreadError(Exception):
    """A statement has a form that is not taken apart here."""


def _triples(tokens: Sequence[Token], begin: int, end: int) -> Iterator[TriplePattern]:
    subject = begin, _term(tokens, begin, end)
    at = subject[1]
    while at < end:
        verb_end, ways = _alternatives(tokens, at, end)
        verb, at = (at, verb_end), verb_end
        while True:
            stop = _term(tokens, at, end)
            yield TriplePattern(subject, verb, (at, stop), ways)
            at = stop + 1
            if not (stop < end and tokens[stop].is_sign(",")):
                break
        if stop < end and not tokens[stop].is_sign(";"):
            raise _UnreadError
        # The grammar allows several semicolons in a row, and one at the end (rule 83, PropertyListPathNotEmpty).
        while at < end and tokens[at].is_sign(";"):
            at += 1


def _term(tokens: Sequence[Token], at: int, end: int) -> int:
    """Return the position after a term that is written without brackets."""
    if at >= end:
        raise _UnreadError
    if tokens[at].kind in _SIMPLE or tokens[at].is_word("TRUE", "FALSE"):
        return at + 1
    if tokens[at].is_sign("+", "-") and at + 1 < end and tokens[at + 1].kind is TokenKind.NUMBER:
        return at + 2
    if tokens[at].kind is not TokenKind.STRING:
        raise _UnreadError
    if at + 1 < end and tokens[at + 1].kind is TokenKind.LANGUAGE:
        return at + 2
    typed = at + 3 < end and tokens[at + 1].is_sign("^") and tokens[at + 2].is_sign("^")
    return at + 4 if typed else at + 1


def _alternatives(tokens: Sequence[Token], at: int, end: int) -> tuple[int, int]:
    """Return the position after a path, and in how many ways it goes from a term that no triple holds to itself."""
    at, ways = _sequence(tokens, at, end)
    while at < end and tokens[at].is_sign("|"):
        at, more = _sequence(tokens, at + 1, end)
        ways += more
    return at, ways


def _sequence(tokens: Sequence[Token], at: int, end: int) -> tuple[int, int]:
    # A sequence goes to itself in each combination of its steps' ways, alternatives in the sum of theirs.
    at, ways = _step(tokens, at, end)
    while at < end and tokens[at].is_sign("/"):
        at, more = _step(tokens, at + 1, end)
        ways *= more
    return at, ways


def _step(tokens: Sequence[Token], at: int, end: int) -> tuple[int, int]:
    negated = False
    while at < end and tokens[at].is_sign("^", "!"):
        negated |= tokens[at].is_sign("!")
        at += 1
    if at >= end:
        raise _UnreadError
    if tokens[at].is_sign("("):
        at, ways = _alternatives(tokens, at + 1, end)
        if at >= end or not tokens[at].is_sign(")"):
            raise _UnreadError
    elif tokens[at].kind in (*_NAMES, TokenKind.VARIABLE) or tokens[at].text == "a":
        ways = 0
    else:
        raise _UnreadError
    at += 1
    # `*` and `?` go from a term to itself in one way, whatever they repeat; `+` only if what it repeats does.
    if at < end and tokens[at].is_sign(*_MODIFIERS):
        return at + 1, min(ways, 1) if tokens[at].is_sign("+") else 1
    # A negated set goes along a triple: it has no length zero.
    return at, 0 if negated else ways
