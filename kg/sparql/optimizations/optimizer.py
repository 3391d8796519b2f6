"""Applies the optimizations to a query in turn, and reports what each has done and why."""

from __future__ import annotations

from dataclasses import dataclass

from kg.sparql.optimizations.data_facts import Fact, Knowledge, Reasons
from kg.sparql.optimizations.distinct_subselects import nest_distinct
from kg.sparql.optimizations.filtered_patterns import filtered_first
from kg.sparql.optimizations.redundant_types import remove_types
from kg.sparql.prologue import Prologue
from kg.sparql.tokenized_text import MalformedTextError, TokenizedText

MAX_OPTIMIZED_CHARACTERS = 10_000
"""The longest text that is optimized, in characters: a generated text of that size is slow in the engine anyway."""


@dataclass(frozen=True)
class Optimized:
    """The text for the engine, the reasons for its changes, and the unknown facts that might allow further ones."""

    tokenized: TokenizedText
    reasons: Reasons = ()
    unknown: tuple[Fact, ...] = ()


def optimize(tokenized: TokenizedText, prologue: Prologue, knows: Knowledge | None) -> Optimized:
    """Return a query that has the same answers; a malformed text is returned unchanged."""
    if len(tokenized.text) > MAX_OPTIMIZED_CHARACTERS:
        return Optimized(tokenized)
    try:
        untyped, reasons, unknown = remove_types(tokenized, prologue, knows)
        # The order matters: without a redundant type, patterns may become divisible, and only patterns without a
        # constant are reordered.
        ordered, order_reasons, more_unknown = filtered_first(untyped, prologue, knows)
        nested, nesting_reasons = nest_distinct(ordered)
    # The engine reports the syntax error, for the text as it was sent.
    except MalformedTextError:
        return Optimized(tokenized)
    return Optimized(nested, (*reasons, *order_reasons, *nesting_reasons), (*unknown, *more_unknown))
