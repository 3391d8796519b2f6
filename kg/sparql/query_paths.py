"""Property paths: where one ends, its expansion into paths without alternatives, and whether its length may be zero.

By SPARQL 1.1 Query, sections 9 and 18.4, a path of length zero joins every term to itself, even a term that the text
names and no triple has. The engine looks for such a term in the graph, and finds nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice, product

from kg.sparql.lexer import END, Token, TokenKind
from kg.sparql.tokenized_text import MalformedTextError, TokenizedText

_MODIFIERS = ("*", "?", "+")
MAX_EXPANDED_PATHS = 500
"""The maximum number of paths without alternatives that one path may be expanded to."""


@dataclass(frozen=True)
class Path:
    """A path: the position after it, its expansions, and the number of ways in which it leads from a term to itself.

    Expansions with operators are in parentheses; a path without alternatives that count twice expands to itself.
    """

    end: int
    expansions: list[str]
    ways: int


def read_path(tokenized: TokenizedText, begin: int, end: int) -> Path:
    """Return the path that begins at a position. Raises MalformedTextError if there is none."""
    following = tokenized.tokens[begin + 1] if begin + 1 < end else END
    # Most paths are a single name, which no operator follows.
    if begin < end and _is_step(tokenized.tokens[begin]) and (following is END or following.kind is not TokenKind.SIGN):
        return Path(begin + 1, [tokenized.tokens[begin].text], 0)
    reader = _PathReader(tokenized, begin, end)
    expansions, ways = reader.alternatives()
    return Path(reader.at, expansions, ways)


def path_around(tokenized: TokenizedText, at: int, begin: int, end: int) -> tuple[int, Path]:
    """Return the path that contains an operator, and where it begins. Raises MalformedTextError if there is none."""
    opened = [opening for opening in tokenized.enclosing_brackets(at) if begin <= opening]
    while opened and tokenized.tokens[opened[-1]].is_sign("("):
        at = opened.pop()
    first = at if tokenized.tokens[at].is_sign("(") else _primary_before(tokenized, at, begin)
    while True:
        while first > begin and tokenized.tokens[first - 1].is_sign("^", "!"):
            first -= 1
        if not (first > begin and tokenized.tokens[first - 1].is_sign("/", "|")):
            break
        first = _primary_before(tokenized, first - 1, begin)
    return first, read_path(tokenized, first, end)


def _primary_before(tokenized: TokenizedText, at: int, begin: int) -> int:
    """Return where the name or the group before an operator begins."""
    at -= 1
    while at >= begin and tokenized.tokens[at].is_sign(*_MODIFIERS):
        at -= 1
    if at >= begin and tokenized.tokens[at].is_sign(")"):
        at = next(opening for opening, closing in tokenized.closing.items() if closing == at)
    if at < begin:
        raise MalformedTextError(f"Token {at} stands before the block that its path is in.")
    return at


class _PathReader:
    """Reads a path from `at` on; each method returns the expansions of a part, and its ways."""

    def __init__(self, tokenized: TokenizedText, begin: int, end: int) -> None:
        self._tokenized, self.at, self._end = tokenized, begin, end

    def _takes(self, *signs: str) -> bool:
        taken = self.at < self._end and self._tokenized.tokens[self.at].is_sign(*signs)
        self.at += taken
        return taken

    def alternatives(self) -> tuple[list[str], int]:
        paths, ways = self._sequence()
        while self._takes("|"):
            more_paths, more_ways = self._sequence()
            paths, ways = paths + more_paths, ways + more_ways
        return paths, ways

    def _sequence(self) -> tuple[list[str], int]:
        steps = [self._step()]
        while self._takes("/"):
            steps.append(self._step())
        if len(steps) == 1:
            return steps[0]
        paths = [""]
        for step, _ in steps:
            # One more than the limit, so that the caller can see that it is exceeded.
            pairs = islice(product(paths, step), MAX_EXPANDED_PATHS + 1)
            paths = [f"{before}/{path}" if before else path for before, path in pairs]
        # In parentheses, so that an operator before or after the whole does not apply to one step only. The ways of
        # the whole are the combinations of the ways of its steps.
        return [f"({path})" for path in paths], math.prod(ways for _, ways in steps)

    def _step(self) -> tuple[list[str], int]:
        begin = self.at
        if self._takes("^"):
            paths, ways = self._step()
            # Two carets in a row would be read as the sign of a datatype.
            return [f"^({path})" if path.startswith("^") else f"^{path}" for path in paths], ways
        # A negated property set matches a triple, so its length is never zero.
        paths, ways = (self._negated(), 0) if self._takes("!") else self._primary()
        if self._takes(*_MODIFIERS):
            # Under these modifiers, SPARQL counts a pair of nodes once, as the engine does (section 18.4). `*` and `?`
            # lead from a term to itself in one way, whatever they repeat; `+` only if what it repeats does.
            is_plus = self._tokenized.tokens[self.at - 1].is_sign("+")
            return [f"({self._tokenized.raw(begin, self.at)})"], min(ways, 1) if is_plus else 1
        return paths, ways

    def _primary(self) -> tuple[list[str], int]:
        if self._takes("("):
            inside = self.alternatives()
            if not self._takes(")"):
                raise MalformedTextError(f"Token {self.at} is no end of a path in parentheses.")
            return inside
        token = self._tokenized.tokens[self.at] if self.at < self._end else None
        if token is None or not _is_step(token):
            raise MalformedTextError(f"Token {self.at} is no step of a path.")
        self.at += 1
        return [token.text], 0

    def _negated(self) -> list[str]:
        """Return a negated set, as two if it goes in both directions."""
        begin = self.at
        if not (begin < self._end and self._tokenized.tokens[begin].is_sign("(")):
            self._takes("^")
            self._primary()
            return [f"!({self._tokenized.raw(begin, self.at)})"]
        self.at = self._tokenized.closing[begin] + 1
        members = _members(self._tokenized, begin)
        # A set of both directions is the union of one each way (section 18.2.2.3).
        by_direction = ([name for name in members if name.startswith("^") is back] for back in (False, True))
        sets = [f"!({'|'.join(names)})" for names in by_direction if names]
        return sets or ["!()"]


def _is_step(token: Token) -> bool:
    return token.kind in (TokenKind.IRI, TokenKind.NAME) or token.text == "a"


def _members(tokenized: TokenizedText, opening: int) -> list[str]:
    """Return the names in a negated set, with `^` before those that it follows backwards."""
    names, sign = list[str](), ""
    for token in tokenized.tokens[opening + 1 : tokenized.closing[opening]]:
        if token.is_sign("^"):
            sign = "^"
        elif not token.is_sign("|"):
            names.append(sign + token.text)
            sign = ""
    return names
