"""The IRIs that a query names: their places in it, and whether it has no answer without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kg.sparql.lexer import Token, TokenKind, tokenize

_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True)
class QueryIri:
    """An IRI and its place in a query; it is required if every solution matches a pattern with it."""

    iri: str
    start: int
    end: int
    required: bool


def query_iris(text: str) -> Iterator[QueryIri]:
    """Yield the IRIs in the patterns of a query, in order, except those of graphs and datatypes."""
    tokens = [*tokenize(text)]
    prefixes: dict[str, str] = {}
    braces = parentheses = 0
    for (before, token), after in zip(pairwise(tokens), [*tokens[2:], None], strict=True):
        if before.is_word("PREFIX") and after:
            prefixes[token.text] = after.text[1:-1]
        braces += token.is_sign("{") - token.is_sign("}")
        parentheses += token.is_sign("(") - token.is_sign(")")
        iri = _iri(token, prefixes)
        if braces and iri and not before.is_word("GRAPH") and not text.endswith("^^", 0, token.start):
            # A path with alternatives, or an expression in parentheses, may match without the IRI.
            is_alternative = before.is_sign("|") or (after is not None and after.is_sign("|", "*", "?"))
            yield QueryIri(iri, token.start, token.end, braces == 1 and not parentheses and not is_alternative)


def _iri(token: Token, prefixes: dict[str, str]) -> str | None:
    if token.kind is TokenKind.IRI:
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    known = prefixes.get(f"{prefix}:") if token.kind is TokenKind.NAME else None
    return None if known is None else known + _ESCAPED.sub(r"\1", local)
