"""Triples of a group as its text has them, and what a path finds that goes nowhere.

SPARQL 1.1 Query, section 18.4: a path of length zero joins every term to itself, one that no triple holds too, as long
as the text names it. The engine looks for such a term in the graph, and finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.sparql.layout import Layout
from kg.sparql.lexer import Kind, Token

_MODIFIERS = "*?+"
_NAMES = (Kind.IRI, Kind.NAME)
_SIMPLE = (*_NAMES, Kind.VARIABLE, Kind.BLANK, Kind.NUMBER)

Span = tuple[int, int]
"""Positions of tokens: the first, and the one after the last."""


@dataclass(frozen=True)
class Triple:
    """A triple of a block: where its terms stand, and in how many ways its path goes from a term to itself."""

    subject: Span
    verb: Span
    object: Span
    ways: int


def statements(layout: Layout, begin: int, end: int) -> Iterator[Span]:
    """Yield the statements of a block, without the dots between them."""
    start = begin
    for at in layout.outside_brackets(begin, end):
        if layout.tokens[at].is_sign("."):
            if at > start:
                yield start, at
            start = at + 1
    if end > start:
        yield start, end


def triples(layout: Layout, begin: int, end: int) -> list[Triple] | None:
    """Return the triples of a statement; None where it has brackets for nodes, or cannot be read."""
    try:
        return list(_triples(layout.tokens, begin, end))
    except _UnreadError:
        return None


class _UnreadError(Exception):
    """A statement is written in a way that is not taken apart here."""


def _triples(read: Sequence[Token], begin: int, end: int) -> Iterator[Triple]:
    subject = begin, _term(read, begin, end)
    at = subject[1]
    while at < end:
        verb_end, ways = _alternatives(read, at, end)
        verb, at = (at, verb_end), verb_end
        while True:
            stop = _term(read, at, end)
            yield Triple(subject, verb, (at, stop), ways)
            at = stop + 1
            if not (stop < end and read[stop].is_sign(",")):
                break
        if stop < end and not read[stop].is_sign(";"):
            raise _UnreadError
        while at < end and read[at].is_sign(";"):
            at += 1


def _term(read: Sequence[Token], at: int, end: int) -> int:
    """Return the position after a term that is written without brackets."""
    if at >= end:
        raise _UnreadError
    if read[at].kind in _SIMPLE or read[at].is_word("TRUE", "FALSE"):
        return at + 1
    if read[at].is_sign("+", "-") and at + 1 < end and read[at + 1].kind is Kind.NUMBER:
        return at + 2
    if read[at].kind is not Kind.STRING:
        raise _UnreadError
    if at + 1 < end and read[at + 1].kind is Kind.LANGUAGE:
        return at + 2
    typed = at + 3 < end and read[at + 1].is_sign("^") and read[at + 2].is_sign("^")
    return at + 4 if typed else at + 1


def _alternatives(read: Sequence[Token], at: int, end: int) -> tuple[int, int]:
    """Return the position after a path, and in how many ways it goes from a term that no triple holds to itself."""
    at, ways = _sequence(read, at, end)
    while at < end and read[at].is_sign("|"):
        at, more = _sequence(read, at + 1, end)
        ways += more
    return at, ways


def _sequence(read: Sequence[Token], at: int, end: int) -> tuple[int, int]:
    at, ways = _step(read, at, end)
    while at < end and read[at].is_sign("/"):
        at, more = _step(read, at + 1, end)
        ways *= more
    return at, ways


def _step(read: Sequence[Token], at: int, end: int) -> tuple[int, int]:
    negated = False
    while at < end and read[at].is_sign("^", "!"):
        negated |= read[at].is_sign("!")
        at += 1
    if at >= end:
        raise _UnreadError
    if read[at].is_sign("("):
        at, ways = _alternatives(read, at + 1, end)
        if at >= end or not read[at].is_sign(")"):
            raise _UnreadError
    elif read[at].kind in (*_NAMES, Kind.VARIABLE) or read[at].text == "a":
        ways = 0
    else:
        raise _UnreadError
    at += 1
    if at < end and read[at].is_sign(*_MODIFIERS):
        return at + 1, min(ways, 1) if read[at].is_sign("+") else 1
    return at, 0 if negated else ways
