"""Alternatives in property paths as defined in SPARQL 1.1 Query, section 18.6: a union, which keeps duplicates.

The engine finds a pair of nodes once, however many alternatives lead from one to the other (oxigraph/oxigraph#351).
A triple whose path has alternatives outside `*`, `+` and `?` (which count a pair once in SPARQL too) is rewritten as
the union of its expansions; `!(:p|^:q)` has two of them. Triples that share blank nodes are copied together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from kg.errors import ForbiddenError
from kg.sparql.lexer import Token, TokenKind, place_in
from kg.sparql.query_paths import MAX_EXPANDED_PATHS, path_around
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import MalformedTextError, TokenizedText, TokenSpan
from kg.sparql.triple_patterns import TriplePattern, statements, triples

Paths = dict[TokenSpan, list[str]]
"""The spans of paths with alternatives, and the expansions of each."""


def with_unions(tokenized: TokenizedText) -> TokenizedText:
    """Return a text with alternatives as unions. Raises ForbiddenError if they are too many or cannot be copied."""
    try:
        edits = Edits(tokenized)
        blocks = [_Block(tokenized, begin, end) for begin, end in _blocks(tokenized)]
    except MalformedTextError:  # the engine reports the syntax error
        return tokenized
    for block in blocks:
        edits.replace((block.begin, block.end), block.written())
    return edits.result()


def _bars(tokens: Sequence[Token], begin: int, end: int) -> Iterator[int]:
    """Yield the positions of bars that may belong to paths; `||` is an operator, and `{|` is SPARQL 1.2."""
    for at in range(begin, end):
        bar = tokens[at]
        if bar.is_sign("|"):
            neighbours = tokens[max(at - 1, 0) : at + 2]
            touching = {token.text for token in neighbours if token.end == bar.start or token.start == bar.end}
            if not touching & {"|", "{", "}"}:
                yield at


def _blocks(tokenized: TokenizedText) -> list[TokenSpan]:
    """Return the blocks of triples that contain bars."""
    blocks = list[TokenSpan]()
    for at in _bars(tokenized.tokens, 0, len(tokenized.tokens)):
        if not blocks or at >= blocks[-1][1]:
            blocks.append(_block(tokenized, at))
    return blocks


def _block(tokenized: TokenizedText, at: int) -> TokenSpan:
    """Return the block of triples at a position. Raises MalformedTextError if it is in none."""
    opening = tokenized.enclosing_brace(at)
    if opening < 0:
        raise MalformedTextError(f"Token {at}, a bar, stands in no group.")
    for begin in tokenized.elements(opening, tokenized.closing[opening]):
        end = tokenized.end_of_element(begin, tokenized.closing[opening])
        if begin < at < end and tokenized.begins_block(begin):
            return begin, end
    raise MalformedTextError(f"Token {at}, a bar, stands in no block of triples.")


class _Block:
    """A block of triples to rewrite."""

    def __init__(self, tokenized: TokenizedText, begin: int, end: int) -> None:
        self._tokenized, self.begin, self.end = tokenized, begin, end
        self._paths: Paths = {}
        position = begin
        for at in _bars(tokenized.tokens, begin, end):
            # A bar before that position belongs to a path that has been read already.
            if at > position:
                first, path = path_around(tokenized, at, begin, end)
                position = path.end
                if len(path.expansions) > MAX_EXPANDED_PATHS:
                    raise self._refused(
                        at, f"stands for more than {MAX_EXPANDED_PATHS} paths, the limit; write it shorter"
                    )
                if len(path.expansions) > 1:
                    self._paths[first, path.end] = path.expansions

    def written(self) -> str:
        spans = [*statements(self._tokenized, self.begin, self.end)]
        tied = self._tied(spans)
        plain, unions = list[str](), list[str]()
        for span in spans:
            if span in tied:
                continue
            # A statement without such a path is left as written.
            rewritable = triples(self._tokenized, *span) if self._within(span) else None
            for triple in rewritable or []:
                if triple.verb in self._paths:
                    unions.append(self._union(triple))
                else:
                    plain.append(triple.text(self._tokenized))
            if rewritable is None:
                plain.append(self._tokenized.raw(*span))
        if tied:
            unions.append(self._copies(tied))
        return " ".join([*(f"{pattern} ." for pattern in plain), *unions])

    def _within(self, span: TokenSpan) -> Paths:
        return {path: expanded for path, expanded in self._paths.items() if span[0] <= path[0] and path[1] <= span[1]}

    def _union(self, triple: TriplePattern) -> str:
        subject, value = self._tokenized.raw(*triple.subject), self._tokenized.raw(*triple.object)
        return " UNION ".join(f"{{ {subject} {path} {value} }}" for path in self._paths[triple.verb])

    def _labels(self, span: TokenSpan) -> set[str]:
        return {token.text for token in self._tokenized.tokens[slice(*span)] if token.kind is TokenKind.BLANK}

    def _tied(self, spans: Sequence[TokenSpan]) -> list[TokenSpan]:
        """Return the statements to copy together: those with blank nodes or brackets, and those that share labels."""
        affected = [span for span in spans if self._within(span)]
        tied = [span for span in affected if self._labels(span) or triples(self._tokenized, *span) is None]
        labels = set[str]().union(*map(self._labels, tied))
        while more := [span for span in spans if span not in tied and labels & self._labels(span)]:
            tied += more
            labels = labels.union(*map(self._labels, more))
        return sorted(tied)

    def _copies(self, tied: Sequence[TokenSpan]) -> str:
        labels = set[str]().union(*map(self._labels, tied))
        inside = {at for span in tied for at in range(*span)}
        for at, token in enumerate(self._tokenized.tokens):
            if token.kind is TokenKind.BLANK and token.text in labels and at not in inside:
                raise self._refused(at, f"is tied to {token.text}, which stands elsewhere too; write a variable for it")
        paths = {path: expanded for span in tied for path, expanded in self._within(span).items()}
        if math.prod(map(len, paths.values())) > MAX_EXPANDED_PATHS:
            raise self._refused(
                tied[0][0], f"and its blank nodes stand for more than {MAX_EXPANDED_PATHS} patterns, the limit"
            )
        # One copy for each combination: if two paths share a blank node, their alternatives depend on each other.
        choices = product(*paths.values())
        return " UNION ".join(
            f"{{ {self._copy(tied, dict(zip(paths, choice, strict=True)), number)} }}"
            for number, choice in enumerate(choices)
        )

    def _copy(self, tied: Sequence[TokenSpan], choice: dict[TokenSpan, str], number: int) -> str:
        """Return a copy of statements with a choice for each path, and with blank nodes of its own."""
        parts = []
        for begin, end in tied:
            at = begin
            while at < end:
                path = next((path for path in choice if path[0] == at), None)
                token = self._tokenized.tokens[at]
                label = f"{token.text}_{number}" if token.kind is TokenKind.BLANK else token.text
                parts.append(choice[path] if path else label)
                at = path[1] if path else at + 1
            parts.append(".")
        return " ".join(parts)

    def _refused(self, at: int, fault: str) -> ForbiddenError:
        place = place_in(self._tokenized.text, self._tokenized.tokens[at].start)
        return ForbiddenError(f"A path with alternatives, at {place}, {fault}.")
