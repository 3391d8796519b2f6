"""Applies all rewritings to a text at once, and lists our functions that a rewritten text calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox

from kg.sparql.prologue import Prologue
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.workarounds.blank_nodes import FUNCTION, HIDDEN, labelled, rewrite_blank_nodes
from kg.sparql.workarounds.casts import CASTS, rewrite_casts
from kg.sparql.workarounds.extension_functions import Function, Functions
from kg.sparql.workarounds.ordering import EXTREMES, KEYS, rewrite_order
from kg.sparql.workarounds.path_alternatives import with_unions
from kg.sparql.workarounds.regex_functions import MATCHERS, rewrite_patterns

# Looked for one by one, since alternatives without regard to case take `re` ten times as long.
_CONCERNED = ("order", "min", "max", "bnode", "regex", "replace", "group_concat", "strdt")
_CAST = re.compile(r"(?::[a-z]+|>)\s*\(")
"""A prefixed name or an IRI before a parenthesis."""
_BAR = re.compile(r"(?<!\|)\|(?!\|)")
_FUNCTIONS: dict[str, Function] = {**KEYS, **MATCHERS, **CASTS, FUNCTION: labelled}
_NAMESPACE = "urn:communique:"


def functions_in(text: str) -> Functions:
    """Return our functions that a rewritten text calls: passing all of them would take as long as an ASK does."""
    if _NAMESPACE not in text:
        return {}
    return {ox.NamedNode(name[1:-1]): function for name, function in _FUNCTIONS.items() if name in text}


def aggregates_in(text: str) -> dict[ox.NamedNode, Callable[[], ox.AggregateFunctionAccumulator]]:
    """Return our aggregates that a rewritten text calls."""
    if _NAMESPACE not in text:
        return {}
    return {ox.NamedNode(name[1:-1]): function for name, function in EXTREMES.items() if name in text}


def rewrite(tokenized: TokenizedText, prologue: Prologue) -> TokenizedText:
    """Rewrite a query, or a part of an update, so that the engine evaluates it as SPARQL specifies.

    A text that needs no rewriting is returned unchanged. Raises QuerySyntaxError at keywords that only the engine's
    parser would accept, with another meaning.
    """
    # Unions come first, since they copy triples; all other changes apply to the resulting tokens.
    if _BAR.search(tokenized.text):
        tokenized = with_unions(tokenized)
    lowered = tokenized.text.lower()
    if not any(word in lowered for word in _CONCERNED) and not _CAST.search(lowered):
        return tokenized
    edits = Edits(tokenized)
    rewrite_order(edits)
    has_hidden = rewrite_blank_nodes(edits)
    rewrite_patterns(edits)
    rewrite_casts(edits, prologue)
    # Last, since the variables of a star are those in scope of the group as changed so far.
    if has_hidden:
        _hide_variables(edits, prologue)
    return edits.result()


def _hide_variables(edits: Edits, prologue: Prologue) -> None:
    """Replace each star by its variables, without those that hold a solution's own node."""
    # An inner star comes after the one around it, and is replaced before it.
    for star, group in reversed([*_stars(edits)]):
        names = _in_scope(edits.changed_group(group), prologue)
        if shown := [str(name) for name in names if not name.value.startswith(HIDDEN)]:
            edits.replace((star, star + 1), f" {' '.join(shown)} ")


def _stars(edits: Edits) -> Iterator[tuple[int, int]]:
    """Yield the position of each star that stands for variables, and of the group that has them in scope."""
    for at, token in enumerate(edits.tokens):
        if token.is_sign("*") and at and edits.tokens[at - 1].is_word("SELECT", "DISTINCT", "REDUCED", "DESCRIBE"):
            group = edits.group_of_clause(edits.enclosing_brace(at))
            # Except that of COUNT(DISTINCT *), which counts solutions and does not stand for variables.
            if group is not None and not edits.tokens[at - 2].is_sign("("):
                yield at, group


def _in_scope(group: str, prologue: Prologue) -> Sequence[ox.Variable]:
    """Return the variables in scope of a group, found by having the engine evaluate it on an empty store."""
    text, functions, aggregates = f"{prologue.text()}SELECT * {group}", functions_in(group), aggregates_in(group)
    try:
        results = ox.Store().query(text, custom_functions=functions, custom_aggregate_functions=aggregates)
    except (SyntaxError, RuntimeError):  # the engine reports it when it gets the text
        return ()
    return results.variables if isinstance(results, ox.QuerySolutions) else ()
