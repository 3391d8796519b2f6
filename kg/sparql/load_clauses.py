"""LOAD in an update (SPARQL 1.1 Update, section 3.1.4), split off so that a process that may connect fetches first.

The engine never gets the keyword: it would open connections and files, and has no option to turn that off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.sparql.lexer import BYTE_ORDER_MARK, Token, TokenKind, syntax_error, unescaped, unexpected
from kg.sparql.policy import allowed_text
from kg.sparql.prologue import Prologue, read_prologue

# Escapes of code points may spell the letters of a keyword (SPARQL 1.1 Query, section 19.2).
_WORD = re.compile("load|\\\\u", re.IGNORECASE)
_NOT_A_LINE = re.compile(r"[^\r\n]")


@dataclass(frozen=True)
class Load:
    """A LOAD: the address to fetch, the graph to add to (None: the default graph), and whether it is SILENT."""

    source: str
    target: str | None
    silent: bool


def split_loads(text: str, base: str | None) -> tuple[str | Load, ...]:
    """Return an update's text in parts, with each LOAD as its own part; other parts keep their lines and prefixes."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    if not _WORD.search(text):
        return (text,)
    return tuple(_Splitter(unescaped(text), base).parts())


class _Splitter:
    def __init__(self, text: str, base: str | None) -> None:
        self._text, self._tokenized = text, allowed_text(text)
        self._tokens = self._tokenized.tokens
        self._prologue = Prologue(base, {})

    def parts(self) -> Iterator[str | Load]:
        at = begun = 0
        prologue = self._prologue
        while at < len(self._tokens):
            self._prologue, at = read_prologue(self._text, self._tokens, at, self._prologue)
            end = self._tokenized.end_of_operation(at)
            if at == end < len(self._tokens):
                raise unexpected(self._text, self._tokens[at], "an operation")
            if at < end and self._tokens[at].is_word("LOAD"):
                yield from self._between(prologue, begun, at)
                yield self._load(self._tokens[at:end])
                # What follows a LOAD runs separately, so it needs all declarations up to here.
                begun, prologue = end + 1, self._prologue
            at = end + 1
        yield from self._between(prologue, begun, len(self._tokens))

    def _between(self, prologue: Prologue, begun: int, end: int) -> Iterator[str]:
        """Yield the operations between two tokens, if there are any, on their original lines."""
        if begun >= end:
            return
        start = self._tokens[begun].start if begun else 0
        # Keep the line breaks before it, so that line numbers in the engine's errors refer to the text as sent.
        skipped = _NOT_A_LINE.sub("", self._text[:start])
        stop = self._tokens[end].start if end < len(self._tokens) else len(self._text)
        yield f"{prologue.text() if begun else ''}{skipped}{self._text[start:stop]}"

    def _load(self, tokens: Sequence[Token]) -> Load:
        rest = list(tokens[1:])
        silent = bool(rest) and rest[0].is_word("SILENT")
        rest = rest[silent:]
        source = self._iri(tokens[0], rest)
        into = rest[1:]
        if into and not (into[0].is_word("INTO") and len(into) > 1 and into[1].is_word("GRAPH")):
            raise unexpected(self._text, into[0], "INTO GRAPH")
        target = self._iri(tokens[0], into[2:]) if into else None
        if len(into) > 3:  # noqa: PLR2004 -- INTO, GRAPH and its name
            raise unexpected(self._text, into[3], ";")
        return Load(source, target, silent)

    def _iri(self, after: Token, tokens: Sequence[Token]) -> str:
        if not tokens or tokens[0].kind not in (TokenKind.IRI, TokenKind.NAME):
            raise syntax_error(self._text, tokens[0].start if tokens else after.end, "an IRI was expected")
        return self._prologue.resolve(self._text, tokens[0])
