"""Columns of labels beside columns of IRIs, looked up term by term as an answer is written.

With `OPTIONAL`, several labels multiply the rows, and after a `UNION` or another `OPTIONAL` the engine compares every
row with every label (30 s for the statements of 1,000 articles). So a custom function looks up each term once: it is
called in the projection only, and exists only for queries that request label columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pyoxigraph as ox
from rdflib import DCTERMS, RDFS, SKOS

from kg.namespaces import CQ

LABEL_PROPERTIES = tuple(str(term) for term in (CQ.name, SKOS.prefLabel, CQ.gist, DCTERMS.title, RDFS.label))
"""Properties that name things, in order of preference."""
LABEL_FUNCTION = ox.NamedNode("urn:communique:label")
"""The function's IRI in the texts that this module writes; it is not available to other queries."""
_PREFERRED_LANGUAGES = {"en": 0, "": 1}


def preferred_label(labels: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the best of several (label, language) pairs: English, else without a language, else the first."""
    return min(labels, key=lambda label: (_PREFERRED_LANGUAGES.get(label[1], 2), label))


def with_label_columns(text: str, columns: Sequence[str]) -> str:
    """Return a SELECT query whose projection has a column `xLabel` after each column `x` of `columns`."""
    if not columns:
        return text
    # Patterns instead of the lexer, since this is only used for the pages' own query files.
    projection = re.compile(r"\bSELECT\b.*?\bWHERE\b", re.DOTALL)
    # Not inside brackets: `(COUNT(?x) AS ?n)` has no column `x`.
    column = re.compile(rf"\?({'|'.join(columns)})\b(?![^(]*\))")
    labelled = rf"?\1 ({LABEL_FUNCTION}(?\1) AS ?\1Label)"
    return projection.sub(lambda clause: column.sub(labelled, clause[0]), text, count=1)


def label_function(store: ox.Store, words: Mapping[str, str]) -> Callable[..., ox.Literal | None]:
    """Return a function from a term to its words or its label in any graph of a store; results are cached."""

    @cache
    def label(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.Literal | None:
        if not isinstance(term, ox.NamedNode):
            return None
        if term.value in words:
            return ox.Literal(words[term.value], language="en")
        for name in LABEL_PROPERTIES:
            objects = (quad.object for quad in store.quads_for_pattern(term, ox.NamedNode(name), None, None))
            labels = [(value.value, value.language or "") for value in objects if isinstance(value, ox.Literal)]
            if labels:
                lexical, language = preferred_label(labels)
                return ox.Literal(lexical, language=language or None)
        return None

    return label
