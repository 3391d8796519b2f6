"""Changes to a query's text by its tokens: collected first, then made all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kg.sparql.lexer import Token

Span = tuple[int, int]
"""Positions of tokens: the first, and the one after the last."""
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_OPENING, _CLOSING = ("{", "(", "["), ("}", ")", "]")


class Edits:
    """A text, its tokens, and the changes to make to it; `resolve` returns the IRI that a token stands for."""

    def __init__(self, text: str, read: Sequence[Token], resolve: Callable[[Token], str]) -> None:
        self.text, self.read, self.resolve = text, read, resolve
        self.closing = _closings(read)
        self._changes: list[tuple[int, int, str]] = []

    def raw(self, span: Span) -> str:
        """Return the text of a span of tokens."""
        begin, end = span
        return self.text[self.read[begin].start : self.read[end - 1].end] if end > begin else ""

    def replace(self, span: Span, new: str) -> None:
        """Replace a span of tokens."""
        self._changes.append((self.read[span[0]].start, self.read[span[1] - 1].end, new))

    def insert_before(self, at: int, new: str) -> None:
        """Insert text before a token; what is inserted first at a place stands first."""
        self._changes.append((self.read[at].start, self.read[at].start, new))

    def insert_after(self, at: int, new: str) -> None:
        """Insert text after a token."""
        self._changes.append((self.read[at].end, self.read[at].end, new))

    def wrap(self, span: Span, before: str, after: str) -> None:
        """Put text around a span of tokens."""
        self.insert_before(span[0], before)
        self.insert_after(span[1] - 1, after)

    def is_call(self, at: int) -> bool:
        """Tell whether the token after this one opens a parenthesis that is closed."""
        return at + 1 < len(self.read) and self.read[at + 1].is_sign("(") and at + 1 in self.closing

    def arguments(self, opening: int) -> list[Span]:
        """Return the arguments between parentheses, as they are separated by commas or semicolons."""
        begin, at, closing = opening + 1, opening + 1, self.closing[opening]
        found: list[Span] = []
        while at < closing:
            if self.read[at].is_sign(",", ";"):
                found.append((begin, at))
                begin = at + 1
            at = self.closing.get(at, at) + 1
        return [*found, (begin, closing)] if closing > opening + 1 else found

    def around(self, at: int) -> list[int]:
        """Return the brackets that a token stands in, from the outermost to the innermost."""
        return [opening for opening, closing in sorted(self.closing.items()) if opening < at < closing]

    def is_clause(self, level: int) -> bool:
        """Tell whether what stands directly in a brace, or in none (-1), are the clauses of a query and no group."""
        return level < 0 or self.read[level + 1].is_word("SELECT")

    def clause(self, level: int) -> Iterator[int]:
        """Yield the positions of a query's own tokens outside all brackets, opening ones included."""
        at, end = level + 1, self.closing.get(level, len(self.read))
        while at < end:
            yield at
            at = self.closing.get(at, at) + 1

    def group_of_clause(self, level: int) -> int | None:
        """Return where the WHERE group of a query begins, None where it has none."""
        found = None
        for at in self.clause(level):
            if found is not None and self.read[at].is_word(*_MODIFIERS):
                break
            found = at if self.read[at].is_sign("{") else found
        return found

    def values_of_clause(self, level: int) -> Span | None:
        """Return where the VALUES at the end of a query stands, which joins with all that its WHERE has found."""
        at = next((at for at in self.clause(level) if self.read[at].is_word("VALUES")), None)
        blocks = (each for each in self.clause(level) if at is not None and each > at and self.read[each].is_sign("{"))
        block = next(blocks, None)
        return None if at is None or block is None else (at, self.closing[block] + 1)

    def result(self) -> str:
        """Return the text with all changes made, the very same where there are none."""
        parts, at = list[str](), 0
        for begin, end, new in sorted(self._changes, key=lambda change: change[:2]):
            parts += [self.text[at:begin], new]
            at = end
        return "".join([*parts, self.text[at:]]) if parts else self.text


def _closings(read: Sequence[Token]) -> dict[int, int]:
    """Return the closing bracket of each that opens; the guard has seen that they match."""
    found, opened = dict[int, int](), list[int]()
    for at, token in enumerate(read):
        if token.is_sign(*_OPENING):
            opened.append(at)
        elif token.is_sign(*_CLOSING):
            found[opened.pop()] = at
    return found
