"""Where the elements of a query's groups stand in its text (SPARQL 1.1 Query, section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from kg.sparql.lexer import Kind, tokens

_KEYWORDS = ("OPTIONAL", "MINUS", "UNION", "FILTER", "BIND", "GRAPH", "VALUES", "SERVICE", "LATERAL", "SELECT")
_TERMS = (Kind.IRI, Kind.NAME, Kind.VARIABLE, Kind.BLANK, Kind.STRING, Kind.NUMBER)
_OPENING, _CLOSING = ("{", "(", "["), ("}", ")", "]")


class MalformedTextError(Exception):
    """A text has no layout: a bracket has no partner, or an element of a group is incomplete."""


class _Closing(dict[int, int]):
    """The position of the closing bracket, by that of the opening one."""

    def __missing__(self, opening: int) -> int:
        raise MalformedTextError(f"Token {opening} opens no group that is closed.")


class Layout:
    """A text's tokens, and the closing bracket of each that opens.

    Every method raises MalformedTextError if the text is not well-formed there.
    """

    def __init__(self, text: str) -> None:
        self.text, self.read = text, list(tokens(text))
        self.closing = _Closing()
        opened: list[int] = []
        for at, token in enumerate(self.read):
            if token.is_sign(*_OPENING):
                opened.append(at)
            elif token.is_sign(*_CLOSING):
                if not opened:
                    raise MalformedTextError(f"{token.text} at character {token.start} closes nothing.")
                self.closing[opened.pop()] = at

    def raw(self, begin: int, end: int) -> str:
        """Return the text from one token to before another."""
        return self.text[self.read[begin].start : self.read[end - 1].end] if end > begin else ""

    def next(self, at: int, sign: str) -> int:
        """Return the position of a sign, or raise MalformedTextError if none follows."""
        while at < len(self.read) and not self.read[at].is_sign(sign):
            at += 1
        return at if at < len(self.read) else self.closing[at]

    def stop_outside(self, at: int) -> int:
        """Return the position after a token outside of groups, a whole group where one begins."""
        if self.read[at].is_word("VALUES"):
            return self.closing[self.next(at, "{")] + 1
        return self.closing[at] + 1 if self.read[at].is_sign("{") else at + 1

    def stop(self, at: int, end: int) -> int:
        """Return the position after an element of a group."""
        token = self.read[at]
        if token.is_word("GRAPH"):
            return self.closing[at + 2] + 1
        if token.is_word("FILTER", "BIND"):
            by_group = self.read[at + 1].is_word("EXISTS", "NOT")
            return self.closing[self.next(at, "{" if by_group else "(")] + 1
        return self.end_of_block(at, end) if self.begins_block(at) else self.stop_outside(at)

    def begins_block(self, at: int) -> bool:
        """Tell whether triples begin at a position in a group."""
        token = self.read[at]
        return token.kind in _TERMS or token.is_sign("(", "[", "+", "-") or token.is_word("TRUE", "FALSE")

    def end_of_block(self, begin: int, end: int) -> int:
        """Return the position after the triples that begin at one."""
        at = begin
        while at < end and not (self.read[at].is_word(*_KEYWORDS) or self.read[at].is_sign("{")):
            at = self.closing.get(at, at) + 1
        return at

    def elements(self, opening: int, end: int) -> Iterator[int]:
        """Yield where the elements of a group begin, up to a position."""
        at = opening + 1
        while at < end:
            yield at
            at = self.stop(at, end)

    def sure(self, opening: int, before: int | None = None) -> set[str]:
        """Return the variables that every solution of a group binds by its own triples, of those before a position."""
        end = self.closing[opening] if before is None else before
        blocks = [(at, self.end_of_block(at, end)) for at in self.elements(opening, end) if self.begins_block(at)]
        found = (token for begin, stop in blocks for token in self.read[begin:stop])
        return {token.text[1:] for token in found if token.kind is Kind.VARIABLE}
