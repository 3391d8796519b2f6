"""Triples of mapping documents, each with the location of the key or value that states it."""

from __future__ import annotations

from typing import NamedTuple

from rdflib import Literal, URIRef

from kg.errors import Location


class LocatedTriple(NamedTuple):
    """A triple and its location in the document."""

    subject: URIRef
    predicate: URIRef
    object: URIRef | Literal
    location: Location
