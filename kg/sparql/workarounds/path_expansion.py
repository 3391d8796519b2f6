"""A property path, taken apart into the paths without alternatives that it stands for (SPARQL 1.1 Query, section 9)."""

from __future__ import annotations

from itertools import islice, product

from kg.sparql.layout import Layout, MalformedTextError, TokenSpan
from kg.sparql.lexer import TokenKind

_MODIFIERS = ("*", "?", "+")
MAX_EXPANDED_PATHS = 500
"""Paths without alternatives that one path may be expanded to."""


def path_around(layout: Layout, at: int, begin: int, end: int) -> TokenSpan:
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
    return first, _PathReader(layout, first, end).stop


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


def expansions(layout: Layout, span: TokenSpan) -> list[str]:
    """Return the paths without alternatives that a path stands for: itself alone if it has none that count twice."""
    return _PathReader(layout, *span).paths


class _PathReader:
    """Reads a path: where it ends, and the paths that it stands for, in parentheses if they have operators."""

    def __init__(self, layout: Layout, begin: int, end: int) -> None:
        self._layout, self._at, self._end = layout, begin, end
        self.paths = self._alternatives()
        self.stop = self._at

    def _takes(self, *signs: str) -> bool:
        taken = self._at < self._end and self._layout.tokens[self._at].is_sign(*signs)
        self._at += taken
        return taken

    def _alternatives(self) -> list[str]:
        paths = self._sequence()
        while self._takes("|"):
            paths += self._sequence()
        return paths

    def _sequence(self) -> list[str]:
        steps = [self._step()]
        while self._takes("/"):
            steps.append(self._step())
        if len(steps) == 1:
            return steps[0]
        paths = [""]
        for step in steps:
            # One more than the limit, by which the caller can tell that it is passed.
            pairs = islice(product(paths, step), MAX_EXPANDED_PATHS + 1)
            paths = [f"{before}/{path}" if before else path for before, path in pairs]
        # In parentheses, so that an operator before or after the whole does not take one step of it.
        return [f"({path})" for path in paths]

    def _step(self) -> list[str]:
        begin = self._at
        if self._takes("^"):
            # Two carets in a row are the sign of a datatype.
            return [f"^({path})" if path.startswith("^") else f"^{path}" for path in self._step()]
        if self._takes("!"):
            return self._negated()
        paths = self._primary()
        # Below these, SPARQL counts a pair of nodes once, as the engine does (section 18.4).
        if self._takes(*_MODIFIERS):
            return [f"({self._layout.raw(begin, self._at)})"]
        return paths

    def _primary(self) -> list[str]:
        if self._takes("("):
            paths = self._alternatives()
            if not self._takes(")"):
                raise MalformedTextError(f"Token {self._at} is no end of a path in parentheses.")
            return paths
        token = self._layout.tokens[self._at] if self._at < self._end else None
        if token is None or not (token.kind in (TokenKind.IRI, TokenKind.NAME) or token.text == "a"):
            raise MalformedTextError(f"Token {self._at} is no step of a path.")
        self._at += 1
        return [token.text]

    def _negated(self) -> list[str]:
        """Return a negated set, as two if it goes in both directions."""
        begin = self._at
        if not (begin < self._end and self._layout.tokens[begin].is_sign("(")):
            self._takes("^")
            self._primary()
            return [f"!({self._layout.raw(begin, self._at)})"]
        self._at = self._layout.closing[begin] + 1
        members = _members(self._layout, begin)
        # A set of both directions is the union of one each way (section 18.2.2.3).
        by_direction = ([name for name in members if name.startswith("^") is back] for back in (False, True))
        sets = [f"!({'|'.join(names)})" for names in by_direction if names]
        return sets or ["!()"]


def _members(layout: Layout, opening: int) -> list[str]:
    """Return the names in a negated set, with `^` before those that it follows backwards."""
    names, sign = list[str](), ""
    for token in layout.tokens[opening + 1 : layout.closing[opening]]:
        if token.is_sign("^"):
            sign = "^"
        elif not token.is_sign("|"):
            names.append(sign + token.text)
            sign = ""
    return names
