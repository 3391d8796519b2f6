"""Token-based changes to a query's text, collected first and then applied all at once."""

from __future__ import annotations

from collections.abc import Iterator

from kg.sparql.tokenized_text import TokenizedText, TokenSpan

_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


class Edits(TokenizedText):
    """A text and the changes to make to it."""

    def __init__(self, tokenized: TokenizedText) -> None:
        super().__init__(tokenized.text, tokenized.tokens)
        self.closing = tokenized.closing
        self._unchanged = tokenized
        self._changes: list[tuple[int, int, str]] = []

    def replace(self, span: TokenSpan, new: str) -> None:
        """Replace a span of tokens."""
        self._changes.append((self.tokens[span[0]].start, self.tokens[span[1] - 1].end, new))

    def insert_before(self, at: int, new: str) -> None:
        """Insert text before a token, after any earlier insertions there."""
        self._changes.append((self.tokens[at].start, self.tokens[at].start, new))

    def insert_after(self, at: int, new: str) -> None:
        """Insert text after a token."""
        self._changes.append((self.tokens[at].end, self.tokens[at].end, new))

    def wrap(self, span: TokenSpan, before: str, after: str) -> None:
        """Put text around a span of tokens."""
        self.insert_before(span[0], before)
        self.insert_after(span[1] - 1, after)

    def is_call(self, at: int) -> bool:
        """Return whether the next token opens a parenthesis that is closed."""
        return at + 1 < len(self.tokens) and self.tokens[at + 1].is_sign("(") and at + 1 in self.closing

    def arguments(self, opening: int) -> list[TokenSpan]:
        """Return the arguments between parentheses, separated by commas or semicolons."""
        begin, closing, spans = opening + 1, self.closing[opening], list[TokenSpan]()
        for at in self.outside_brackets(begin, closing):
            if self.tokens[at].is_sign(",", ";"):
                spans.append((begin, at))
                begin = at + 1
        return [*spans, (begin, closing)] if closing > opening + 1 else spans

    def around(self, at: int) -> list[int]:
        """Return the opening brackets around a token, from the outermost to the innermost."""
        return [opening for opening, closing in sorted(self.closing.items()) if opening < at < closing]

    def level(self, at: int) -> int:
        """Return the innermost brace around a token, or -1 if it is outside all braces."""
        return next((opening for opening in reversed(self.around(at)) if self.tokens[opening].is_sign("{")), -1)

    def is_clause(self, level: int) -> bool:
        """Return whether a brace, or the text outside all braces (-1), holds the clauses of a query, not a group."""
        return level < 0 or self.tokens[level + 1].is_word("SELECT")

    def clause(self, level: int) -> Iterator[int]:
        """Yield the positions of a query's own tokens outside all brackets, opening ones included."""
        return self.outside_brackets(level + 1, self.closing.get(level, len(self.tokens)))

    def group_of_clause(self, level: int) -> int | None:
        """Return the position at which the WHERE group of a query begins, or None."""
        group = None
        for at in self.clause(level):
            # VALUES, and EXISTS in ORDER BY, have braces too, but these are not WHERE.
            if group is not None and self.tokens[at].is_word(*_MODIFIERS):
                break
            group = at if self.tokens[at].is_sign("{") else group
        return group

    def values_of_clause(self, level: int) -> TokenSpan | None:
        """Return the span of the VALUES at the end of a query, which joins with all solutions of its WHERE."""
        places = self.clause(level)
        begin = next((at for at in places if self.tokens[at].is_word("VALUES")), None)
        block = next((at for at in places if self.tokens[at].is_sign("{")), None)
        return None if begin is None or block is None else (begin, self.closing[block] + 1)

    def changed_group(self, opening: int) -> str:
        """Return the text of a group, including its brackets, with the changes made inside it so far."""
        begin, end = self.tokens[opening].start, self.tokens[self.closing[opening]].end
        return self._applied(begin, end, [change for change in self._changes if begin < change[0] and change[1] < end])

    def result(self) -> TokenizedText:
        """Return the text with all changes made, or the same object if there are none."""
        return TokenizedText(self._applied(0, len(self.text), self._changes)) if self._changes else self._unchanged

    def _applied(self, begin: int, end: int, changes: list[tuple[int, int, str]]) -> str:
        parts, at = list[str](), begin
        # The sort is stable, so insertions at one place keep their order.
        for start, stop, new in sorted(changes, key=lambda change: change[:2]):
            parts += [self.text[at:start], new]
            at = stop
        return "".join([*parts, self.text[at:end]])
