"""What a payload may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PayloadLimits:
    """What a payload may hold."""

    triples: int = 500_000
    term: int = 1_000_000
    """Characters of a literal."""
    iri: int = 10_000
    """Characters of an IRI."""
    nesting: int = 100
    """How deep brackets or elements may stand in each other."""
    entity: int = 300
    """Characters of an XML entity."""
    expansion: int = 1_000_000
    """Characters that all references to XML entities may come to."""


DEFAULTS = PayloadLimits()
