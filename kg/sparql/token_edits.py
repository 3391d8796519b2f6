"""Changes to the tokens of a SPARQL text, collected first and then applied all at once."""

from __future__ import annotations

from kg.sparql.tokenized_text import TokenizedText, TokenSpan


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
