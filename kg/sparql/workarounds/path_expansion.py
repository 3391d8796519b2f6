"""A property path, taken apart into the paths without alternatives that it stands for (SPARQL 1.1 Query, section 9)."""

from __future__ import annotations

from itertools import product

from kg.sparql.layout import Layout, MalformedTextError
from kg.sparql.lexer import Kind
from kg.sparql.triple_patterns import Span

_MODIFIERS = ("*", "?", "+")
_MOST = 501
"""Paths after which no more are counted."""


def path_around(layout: Layout, at: int, begin: int, end: int) -> Span:
    """Return the whole path that an operator stands in, between two positions of a block.

    Raises MalformedTextError if it is none.
    """
    opened = [opening for opening, closing in layout.closing.items() if begin <= opening < at < closing]
    while opened and layout.tokens[max(opened)].is_sign("("):
        at = max(opened)
        opened.remove(at)
    first = at if layout.tokens[at].is_sign("(") else _primary_before(layout, at, begin)
    while True:
        while first > begin and layout.tokens[first - 1].is_sign("^", "!"):
            first -= 1
        if not (first > begin and layout.tokens[first - 1].is_sign("/", "|")):
            break
        first = _primary_before(layout, first - 1, begin)
    return first, _RouteReader(layout, first, end).stop


def _primary_before(layout: Layout, at: int, begin: int) -> int:
    """Return where the name or the group before an operator begins."""
    at -= 1
    while at >= begin and layout.tokens[at].is_sign(*_MODIFIERS):
        at -= 1
    if at >= begin and layout.tokens[at].is_sign(")"):
        at = next(opening for opening, closing in layout.closing.items() if closing == at)
    if at < begin:
        raise MalformedTextError(f"Token {at} stands before the block that its path is in.")
    return at


def expansions(layout: Layout, span: Span) -> list[str]:
    """Return the paths that one stands for, itself alone where it has no alternatives that count twice."""
    return _RouteReader(layout, *span).found


class _RouteReader:
    """Reads a path: where it ends, and what it stands for, each in parentheses where it has operators."""

    def __init__(self, layout: Layout, begin: int, end: int) -> None:
        self._layout, self._at, self._end = layout, begin, end
        self.found = self._alternatives()
        self.stop = self._at

    def _takes(self, *signs: str) -> bool:
        taken = self._at < self._end and self._layout.tokens[self._at].is_sign(*signs)
        self._at += taken
        return taken

    def _alternatives(self) -> list[str]:
        found = self._sequence()
        while self._takes("|"):
            found += self._sequence()
        return found

    def _sequence(self) -> list[str]:
        steps = [self._step()]
        while self._takes("/"):
            steps.append(self._step())
        if len(steps) == 1:
            return steps[0]
        found = [""]
        for step in steps:
            found = [f"{before}/{each}" if before else each for before, each in product(found, step)][:_MOST]
        return [f"({each})" for each in found]

    def _step(self) -> list[str]:
        begin = self._at
        if self._takes("^"):
            return [f"^({each})" if each.startswith("^") else f"^{each}" for each in self._step()]
        if self._takes("!"):
            return self._negated()
        found = self._primary()
        if self._takes(*_MODIFIERS):
            return [f"({self._layout.raw(begin, self._at)})"]
        return found

    def _primary(self) -> list[str]:
        if self._takes("("):
            found = self._alternatives()
            if not self._takes(")"):
                raise MalformedTextError(f"Token {self._at} is no end of a path in parentheses.")
            return found
        token = self._layout.tokens[self._at] if self._at < self._end else None
        if token is None or not (token.kind in (Kind.IRI, Kind.NAME) or token.text == "a"):
            raise MalformedTextError(f"Token {self._at} is no step of a path.")
        self._at += 1
        return [token.text]

    def _negated(self) -> list[str]:
        """Return a negated set, as two where it goes both ways."""
        begin = self._at
        if not (begin < self._end and self._layout.tokens[begin].is_sign("(")):
            self._takes("^")
            self._primary()
            return [f"!({self._layout.raw(begin, self._at)})"]
        self._at = self._layout.closing[begin] + 1
        members = _members(self._layout, begin)
        ways = ([each for each in members if each.startswith("^") is back] for back in (False, True))
        sets = [f"!({'|'.join(way)})" for way in ways if way]
        return sets or ["!()"]


def _members(layout: Layout, opening: int) -> list[str]:
    """Return the names in a negated set, with the sign before those that it goes back by."""
    found, sign = list[str](), ""
    for token in layout.tokens[opening + 1 : layout.closing[opening]]:
        if token.is_sign("^"):
            sign = "^"
        elif not token.is_sign("|"):
            found.append(sign + token.text)
            sign = ""
    return found
