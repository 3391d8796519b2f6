"""Rewriting a text, all differences at once, and the functions that the engine is to call for what is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

import pyoxigraph as ox

from kg.sparql.lexer import Token, tokens
from kg.sparql.workarounds.alternatives import with_unions
from kg.sparql.workarounds.blank_nodes import FUNCTION, HIDDEN, labelled, rewrite_blank_nodes
from kg.sparql.workarounds.casts import CASTS, rewrite_casts
from kg.sparql.workarounds.edits import Edits
from kg.sparql.workarounds.matching import MATCHERS, rewrite_patterns
from kg.sparql.workarounds.ordering import EXTREMES, KEYS, rewrite_order
from kg.sparql.workarounds.stars import without_hidden
from kg.sparql.workarounds.total_order import Term

_CONCERNED = re.compile(r"order|min|max|bnode|regex|replace|group_concat|strdt|(?::[a-z]+|>)\s*\(", re.IGNORECASE)
_BAR = re.compile(r"(?<!\|)\|(?!\|)")
_FUNCTIONS: dict[str, Callable[..., Term | None]] = {**KEYS, **MATCHERS, **CASTS, FUNCTION: labelled}
_NAMESPACE = "urn:communique:"
Functions = dict[ox.NamedNode, Callable[..., Term | None]]


def functions_in(text: str) -> Functions:
    """Return our functions that a rewritten text calls: handing all over would take as long as an ASK does."""
    if _NAMESPACE not in text:
        return {}
    return {ox.NamedNode(name[1:-1]): function for name, function in _FUNCTIONS.items() if name in text}


def aggregates_in(text: str) -> dict[ox.NamedNode, Callable[[], ox.AggregateFunctionAccumulator]]:
    """Return our aggregates that a rewritten text calls."""
    if _NAMESPACE not in text:
        return {}
    return {ox.NamedNode(name[1:-1]): function for name, function in EXTREMES.items() if name in text}


class Names(Protocol):
    """What a text's prologue declares."""

    def resolve(self, text: str, token: Token) -> str:
        """Return the IRI that an IRI or a prefixed name stands for, or raise QuerySyntaxError."""

    def text(self) -> str:
        """Return the prologue as SPARQL."""


def rewrite(text: str, names: Names, read: Sequence[Token] | None = None) -> str:
    """Return a query, or a part of an update, that means to the engine what the text means to SPARQL.

    `read` are the text's tokens, where they are known.
    What is not rewritten is returned as it is. Raises QuerySyntaxError for what only the engine's parser would read,
    and not as it is meant.
    """
    meant = with_unions(text) if _BAR.search(text) else text
    if not _CONCERNED.search(meant):
        return meant
    known = read if read is not None and meant is text else list(tokens(meant))
    edits = Edits(meant, known, lambda token: names.resolve(meant, token))
    rewrite_order(edits)
    rewrite_blank_nodes(edits)
    rewrite_patterns(edits)
    rewrite_casts(edits)
    found = edits.result()
    if HIDDEN in found:
        return without_hidden(found, edits.resolve, HIDDEN, lambda query: _asked(names, query))
    return found


def _asked(names: Names, query: str) -> object:
    try:
        functions, aggregates = functions_in(query), aggregates_in(query)
        return ox.Store().query(names.text() + query, custom_functions=functions, custom_aggregate_functions=aggregates)
    except (SyntaxError, RuntimeError):  # the text does not parse, which is for the engine to say
        return None
