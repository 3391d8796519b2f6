"""The blocks of triple patterns that a query matches in its default graph, and the IRIs and variables in them."""

from __future__ import annotations

from collections.abc import Iterator

from kg.sparql.lexer import TokenKind
from kg.sparql.prologue import Prologue
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenSpan

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def default_graph_blocks(edits: Edits) -> Iterator[tuple[int, TokenSpan]]:
    """Yield each block of a query and its subqueries, with the opening of its group; skip EXISTS and GRAPH."""
    first = next((at for at in edits.clause(-1) if edits.tokens[at].is_word("CONSTRUCT")), None)
    # CONSTRUCT WHERE outputs the very patterns that it matches.
    if first is None or edits.tokens[first + 1].is_sign("{"):
        yield from _blocks_of_clause(edits, -1)


def _blocks_of_clause(edits: Edits, level: int) -> Iterator[tuple[int, TokenSpan]]:
    opening = edits.group_of_clause(level)
    if opening is not None:
        yield from _blocks_of_group(edits, opening)


def _blocks_of_group(edits: Edits, opening: int) -> Iterator[tuple[int, TokenSpan]]:
    closing = edits.closing[opening]
    if edits.tokens[opening + 1].is_word("SELECT"):
        yield from _blocks_of_clause(edits, opening)
        return
    for at in edits.elements(opening, closing):
        if edits.tokens[at].is_sign("{"):
            yield from _blocks_of_group(edits, at)
        elif edits.begins_block(at):
            yield opening, (at, edits.end_of_block(at, closing))


def named_iri(edits: Edits, prologue: Prologue, span: TokenSpan) -> str:
    """Return the IRI of a term or of a one-step path, or an empty string for any other."""
    token = edits.tokens[span[0]]
    if span[1] - span[0] != 1:
        return ""
    if token.text == "a":
        return RDF_TYPE
    return prologue.resolve(edits.text, token) if token.kind in (TokenKind.IRI, TokenKind.NAME) else ""


def variable_name(edits: Edits, span: TokenSpan) -> str:
    """Return the name of a term that is a variable, or an empty string for any other."""
    token = edits.tokens[span[0]]
    return token.text[1:] if token.kind is TokenKind.VARIABLE else ""
