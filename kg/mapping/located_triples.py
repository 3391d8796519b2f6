"""Triples of mapping documents, each with the location of what states it."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Literal, URIRef

from kg.errors import Location


@dataclass(frozen=True)
class LocatedTriple:
    """A triple, and the location of the key or value that states it."""

    subject: URIRef
    predicate: URIRef
    object: URIRef | Literal
    location: Location
