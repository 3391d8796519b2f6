"""Triples as the engine stores them, each literal in canonical form, and their parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from rdflib.term import Node

from kg.terms import to_term

Term = NamedNode | BlankNode | Literal


def parts(triple: Triple) -> tuple[NamedNode | BlankNode, NamedNode, Term]:
    """Return subject, predicate and object, typed without triple terms, which do not occur in inference."""
    return cast("tuple[NamedNode | BlankNode, NamedNode, Term]", (triple.subject, triple.predicate, triple.object))


def canonical(triples: Iterable[Triple]) -> frozenset[Triple]:
    """Return the triples with each literal in the form that the engine stores (`+00:00` as `Z`, `01` as `1`)."""
    # The triples go through a store, because the engine has no function that returns the stored form of a literal.
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return frozenset(quad.triple for quad in store)


def canonical_term(node: Node) -> Term:
    """Return rdflib's term as pyoxigraph's, a literal in the form that the engine stores."""
    placeholder = NamedNode("urn:placeholder")
    (triple,) = canonical([Triple(placeholder, placeholder, to_term(node))])
    return parts(triple)[2]
