"""Limits of an RDF document that a client sends: its triples, lengths, nesting and XML entities."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PayloadLimits:
    """The limits for one document."""

    triples: int = 500_000
    term: int = 1_000_000
    """Characters of a literal."""
    iri: int = 10_000
    """Characters of an IRI."""
    nesting: int = 100
    """Levels of nested brackets or XML elements."""
    entity: int = 300
    """Characters of an XML entity."""
    expansion: int = 1_000_000
    """Characters that all references to XML entities together may expand to."""


DEFAULTS = PayloadLimits()
