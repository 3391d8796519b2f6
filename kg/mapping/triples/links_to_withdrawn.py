"""Drops from documents what involves withdrawn articles: the links to them, and triples about their nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import URIRef

from kg.mapping.triples.document_triples import DocumentTriples
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import CQ

ENDS_OF_LINKS = (CQ.linkSubject, CQ.linkObject)


def without_articles(documents: Iterable[DocumentTriples], bases: tuple[str, ...]) -> Iterator[DocumentTriples]:
    """Yield the documents without the triples that involve nodes of the articles whose IRIs start with `bases`.

    Passages that only support a removed link are kept: the document still stamps them.
    """
    for document in documents:
        if bases:
            links = {triple.subject for triple in document.triples if _ends_there(triple, bases)}
            document.triples = [triple for triple in document.triples if not _is_dropped(triple, links, bases)]
            document.implied = [triple for triple in document.implied if triple.subject not in links]
        yield document


def _ends_there(triple: LocatedTriple, bases: tuple[str, ...]) -> bool:
    return triple.predicate in ENDS_OF_LINKS and str(triple.object).startswith(bases)


def _is_dropped(triple: LocatedTriple, links: set[URIRef], bases: tuple[str, ...]) -> bool:
    return triple.subject in links or str(triple.subject).startswith(bases) or str(triple.object).startswith(bases)
