"""Rewriting a text, all differences at once, and the functions that the engine is to call for what is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyoxigraph as ox

from kg.store.tokens import Token, tokens
from kg.store.workarounds.edits import Edits
from kg.store.workarounds.ordering import EXTREMES, KEYS, rewrite_order

NAMESPACE = "urn:communique:"
"""What the names of our own functions begin with."""
_CONCERNED = re.compile(r"order|min|max", re.IGNORECASE)
FUNCTIONS = {ox.NamedNode(name[1:-1]): function for name, function in KEYS.items()}
AGGREGATES: dict[ox.NamedNode, Callable[[], ox.AggregateFunctionAccumulator]] = {
    ox.NamedNode(name[1:-1]): function for name, function in EXTREMES.items()
}


def rewrite(text: str, resolve: Callable[[Token], str], read: Sequence[Token] | None = None) -> str:
    """Return a query, or a part of an update, that means to the engine what the text means to SPARQL.

    `resolve` returns the IRI of a token; `read` are the text's tokens, where they are known. What is not rewritten is
    returned as it is. Raises QuerySyntaxError for what only the engine's parser would read as it is not meant.
    """
    if not _CONCERNED.search(text):
        return text
    edits = Edits(text, read if read is not None else list(tokens(text)), resolve)
    rewrite_order(edits)
    return edits.result()
