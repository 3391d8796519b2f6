"""Withdraws, along with an article, the links from other articles to it and its curated identities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rdflib import Graph, URIRef

from kg.iterables import grouped
from kg.mapping.triples.document_triples import DocumentTriples
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CQ
from kg.terms import RdflibTriple

ENDS_OF_LINKS = (CQ.linkSubject, CQ.linkObject)


def without_articles(documents: Iterable[DocumentTriples], bases: tuple[str, ...]) -> Iterator[DocumentTriples]:
    """Yield the documents without the triples that involve nodes of the articles whose IRIs start with `bases`.

    Passages that only support a removed link are kept: the document still stamps them.
    """
    for document in documents:
        if bases:
            links = {triple.subject for triple in document.triples if _ends_there(triple, bases)}
            document.triples = [triple for triple in document.triples if not _goes(triple, links, bases)]
            document.implied = [triple for triple in document.implied if triple.subject not in links]
        yield document


def _ends_there(triple: LocatedTriple, bases: tuple[str, ...]) -> bool:
    return triple.predicate in ENDS_OF_LINKS and str(triple.object).startswith(bases)


def _goes(triple: LocatedTriple, links: set[URIRef], bases: tuple[str, ...]) -> bool:
    return triple.subject in links or str(triple.subject).startswith(bases) or str(triple.object).startswith(bases)


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
