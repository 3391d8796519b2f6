"""Curated identities: an authority's triples about articles' nodes, which belong to the graphs of these articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import Graph

from kg.iterables import grouped
from kg.terms import RdflibTriple


def move_to_articles(authority: Graph, articles: Mapping[str, Graph], start: str) -> frozenset[str]:
    """Move an authority's triples about articles' nodes into the articles' graphs, which are given by IRI prefix.

    So a curated identity is removed with its article, whether by a build or a client. `start` is the prefix of the IRIs
    of all articles; the prefixes of those to which triples were moved are returned.
    """
    moved = authority_triples_by_article(authority, start)
    for base in moved.keys() & articles.keys():
        for triple in moved[base]:
            authority.remove(triple)
            articles[base].add(triple)
    return frozenset(moved.keys() & articles.keys())


def authority_triples_by_article(authority: Iterable[RdflibTriple], start: str) -> dict[str, list[RdflibTriple]]:
    """Return an authority's triples about articles' nodes, by the prefix of the article's IRIs."""
    about_articles = (triple for triple in authority if str(triple[0]).startswith(start))
    return grouped(
        (start + "".join(str(triple[0]).removeprefix(start).partition("/")[:2]), triple) for triple in about_articles
    )
