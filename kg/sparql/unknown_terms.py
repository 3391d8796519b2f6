"""Warnings about names in a query that its vocabularies do not define: such a query simply has no results."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from kg.errors import QuerySyntaxError
from kg.sparql.lexer import TokenKind, tokenize, unescaped
from kg.sparql.prologue import Prologue, read_prologue

MAX_NAMES = 20
"""Names that get a sentence each: finding the nearest term searches all of them, and a query may have thousands."""


def unknown_terms(text: str, known: Collection[str], namespaces: Mapping[str, str]) -> list[str]:
    """Return a sentence for each unknown name in `namespaces` (by prefix), which suggests the nearest known one.

    After `MAX_NAMES`, one sentence counts the rest. There are none for a text that does not parse.
    """
    try:
        names = dict(_names(text))
    except QuerySyntaxError:
        return []
    starts = {
        written: start
        for written, iri in names.items()
        if iri not in known
        and (start := next((start for start in namespaces.values() if iri.startswith(start) and iri != start), None))
    }
    sentences = []
    for written, start in islice(starts.items(), MAX_NAMES):
        ends = [term.removeprefix(start) for term in known if term.startswith(start)]
        alike = get_close_matches(names[written].removeprefix(start), ends, 1)
        meant = f": {_shortened(f'{start}{alike[0]}', namespaces)}?" if alike else "."
        sentences.append(f"{written} is not a term of the ontology or of its schemes{meant}")
    more = len(starts) - len(sentences)
    return [*sentences, *([f"{more:,} more names are not terms of them either."] if more else [])]


def _names(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names and IRIs after the prologue as they are written, each with its full IRI."""
    sent = unescaped(text)
    tokens = [*tokenize(sent)]
    prologue, start = read_prologue(sent, tokens, 0, Prologue(None, {}))
    for token in tokens[start:]:
        if token.kind is TokenKind.IRI:
            yield token.text, token.text[1:-1]
        elif token.kind is TokenKind.NAME:
            prefix, _, local = token.text.partition(":")
            yield token.text, f"{prologue.prefixes.get(f'{prefix}:', '')}{local}"


def _shortened(iri: str, namespaces: Mapping[str, str]) -> str:
    names = (f"{prefix}:{iri.removeprefix(start)}" for prefix, start in namespaces.items() if iri.startswith(start))
    return next((name for name in names if "/" not in name), f"<{iri}>")
