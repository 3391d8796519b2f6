"""Applies all rewritings of a text at once, and lists the functions of ours that a rewritten text calls."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from kg.sparql.layout import Layout
from kg.sparql.prologue import Prologue
from kg.sparql.workarounds.blank_nodes import FUNCTION, HIDDEN, labelled, rewrite_blank_nodes
from kg.sparql.workarounds.casts import CASTS, rewrite_casts
from kg.sparql.workarounds.edits import Edits
from kg.sparql.workarounds.extension_functions import Function, Functions
from kg.sparql.workarounds.ordering import EXTREMES, KEYS, rewrite_order
from kg.sparql.workarounds.path_alternatives import with_unions
from kg.sparql.workarounds.regex_functions import MATCHERS, rewrite_patterns
from kg.sparql.workarounds.select_stars import hide_variables

# The last two alternatives are casts: a prefixed name or an IRI before a parenthesis.
_CONCERNED = re.compile(r"order|min|max|bnode|regex|replace|group_concat|strdt|(?::[a-z]+|>)\s*\(", re.IGNORECASE)
_BAR = re.compile(r"(?<!\|)\|(?!\|)")
_FUNCTIONS: dict[str, Function] = {**KEYS, **MATCHERS, **CASTS, FUNCTION: labelled}
_NAMESPACE = "urn:communique:"


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


def rewrite(layout: Layout, prologue: Prologue) -> Layout:
    """Return a query, or a part of an update, that the engine evaluates as SPARQL evaluates the text.

    A text that needs no rewriting is returned unchanged. Raises QuerySyntaxError at keywords that only the engine's
    parser would accept, and take for something else.
    """
    # Unions come first, since they copy triples; all other changes are made to the tokens that they leave.
    if _BAR.search(layout.text):
        layout = with_unions(layout)
    if not _CONCERNED.search(layout.text):
        return layout
    edits = Edits(layout)
    rewrite_order(edits)
    has_hidden = rewrite_blank_nodes(edits)
    rewrite_patterns(edits)
    rewrite_casts(edits, prologue)
    # Last, since which variables a star stands for is asked of the group as it has become.
    if has_hidden:
        hide_variables(edits, HIDDEN, lambda query: _results(prologue, query))
    return edits.result()


def _results(prologue: Prologue, query: str) -> object:
    text = prologue.text() + query
    functions, aggregates = functions_in(query), aggregates_in(query)
    try:
        return ox.Store().query(text, custom_functions=functions, custom_aggregate_functions=aggregates)
    except (SyntaxError, RuntimeError):  # the engine reports it when it gets the text
        return None
