"""Reads and checks one article of a corpus with what all articles share, but without the other articles.

So articles can be read in any order and by several processes. What an article states about nodes of other articles is
returned as `cross_references`, to be checked when all articles have been read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Graph, URIRef

from kg.errors import Location, Problem, raise_if
from kg.mapping.checks.relation_checks import CROSSING_RELATIONS, shared_relation_faults, time_faults
from kg.mapping.checks.type_checks import Types, type_faults, types_in
from kg.mapping.checks.value_checks import (
    dangling_reference,
    identifier_faults,
    undefined_references,
    unused_value_faults,
)
from kg.mapping.corpora.corpus_documents import (
    CorpusDocuments,
    UnreadDocuments,
    load_listed,
    own_faults,
    read_documents,
)
from kg.mapping.corpora.corpus_reader import text_faults
from kg.mapping.documents.document_listing import ARTICLE, ListedDocument
from kg.mapping.documents.lone_article import own_corpus_faults
from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.mapping.documents.yaml_document import MappingDocument
from kg.mapping.passages.source_texts import SourceText, read_source_texts, read_text_file
from kg.mapping.passages.text_copies import find_copy
from kg.mapping.triples.curated_identities import authority_triples_by_article
from kg.mapping.triples.document_triples import DocumentParts, DocumentTriples, DocumentValue, build_triples
from kg.mapping.triples.links_to_withdrawn import without_articles
from kg.shipped_files import ontology_folder
from kg.terms import RdflibTriple, new_graph


@dataclass(frozen=True)
class ReadArticle:
    """An article without faults of its own."""

    slug: str
    digest: str
    """The SHA-256 of the article's document."""
    text: str
    """The digest of the text that its passages were compared with, empty if there is none."""
    cross_references: DocumentParts
    """What the article defines, refers to and states beyond its own nodes."""
    foreign_iris: frozenset[str]
    """The IRIs in the article's graph that are not its own nodes, including vocabulary terms."""
    locations: Mapping[str, Location]


@dataclass(frozen=True)
class SharedDocuments:
    """What all articles of a corpus share: the authority, the outside document, the vocabulary and the texts."""

    documents: CorpusDocuments
    references: tuple[DocumentValue, ...]
    """References from the shared documents to nodes that articles have to define."""
    sources: Path | None = None
    texts: Mapping[str, Path] = field(default_factory=dict)
    """The files of the articles' texts by their digests."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files of the shared documents: the authority (or else the corpus document) and the outside."""
        return tuple(document.document.file for document in self.documents.documents)

    @property
    def base(self) -> str:
        """Return the corpus's persistent base."""
        return self.documents.base

    @cached_property
    def defined(self) -> frozenset[str]:
        """Return the nodes that the shared documents define."""
        return frozenset(iri for document in self.documents.documents for iri, _ in document.defined)

    @cached_property
    def types(self) -> Types:
        """Return the types of the nodes that the shared documents define."""
        return types_in(self.documents.documents)

    @cached_property
    def authority(self) -> Graph:
        """Return the authority's triples except those about articles' nodes."""
        moved = {triple for triples in self.authority_triples_by_article.values() for triple in triples}
        return new_graph(triple for triple in self._authority if triple not in moved)

    @cached_property
    def authority_triples_by_article(self) -> dict[str, list[RdflibTriple]]:
        """Return the authority's triples about articles' nodes, by the prefix of the article's IRIs."""
        return authority_triples_by_article(self._authority, f"{self.base}article/")

    @cached_property
    def _authority(self) -> list[RdflibTriple]:
        authority = next(document for document in self.documents.documents if document.kind != ARTICLE)
        return [*authority.all_triples()]


def read_shared(file: Path, articles: Iterable[Path], sources: Path | None = None) -> SharedDocuments:
    """Read a corpus without its articles. Raises MappingError with every fault."""
    # References to articles' nodes pass for now: whether an article defines them is checked when all have been read.
    unread = UnreadDocuments(frozenset(articles), defines=lambda _: True)
    documents = read_documents(file, read_vocabulary(ontology_folder()), unread=unread)
    references = undefined_references(documents.documents, documents.base, documents.withdrawn)
    texts = {} if sources is None else {text.digest: text.file for text in read_source_texts(sources)}
    return SharedDocuments(documents, tuple(references), sources, texts)


def read_article(file: Path, shared: SharedDocuments) -> tuple[ReadArticle, list[RdflibTriple]]:
    """Read an article's document and return it with its triples, some of them twice.

    Raises MappingError with every fault of its own.
    """
    vocabulary, base = shared.documents.vocabulary, shared.base
    ((kind, loaded),) = load_listed([ListedDocument(ARTICLE, file, Location(file))], vocabulary)
    document = build_triples(loaded, kind, base, vocabulary)
    withdrawn, documents = shared.documents.withdrawn, [document]
    deferred, dangling = _undefined_references(document, shared)
    misplaced = own_corpus_faults(loaded, shared.documents.root)
    raise_if([*misplaced, *own_faults(documents, vocabulary), *identifier_faults(documents), *dangling])
    # In stages, as for a whole corpus: later faults can follow from earlier ones.
    raise_if(unused_value_faults(document))
    raise_if(type_faults(documents, {**shared.types, **types_in(documents)}, vocabulary))
    # If it refers to other articles, its orders and statuses can only be checked together with theirs.
    raise_if([*time_faults(document), *([] if deferred else shared_relation_faults(document.triples))])
    (document,) = without_articles(documents, withdrawn)
    return _checked_with_text(document, deferred, shared)


def _undefined_references(document: DocumentTriples, shared: SharedDocuments) -> tuple[set[str], list[Problem]]:
    """Return the IRIs that other articles have to define, and a problem for each dangling reference to an own node."""
    own = {iri for iri, _ in document.defined}
    values = [
        value
        for value in undefined_references([document], shared.base, shared.documents.withdrawn)
        if value.iri not in shared.defined
    ]
    deferred = {value.iri for value in values if not value.iri.startswith(document.base)}
    return deferred, [dangling_reference(value, own) for value in values if value.iri not in deferred]


def _checked_with_text(
    document: DocumentTriples, deferred: set[str], shared: SharedDocuments
) -> tuple[ReadArticle, list[RdflibTriple]]:
    article = document.document
    copy = find_copy(article, _candidates(article, shared))
    raise_if(text_faults(article, copy))
    triples = [*document.all_triples(), *shared.authority_triples_by_article.get(document.base, ())]
    nodes = {subject for subject, _, _ in triples} | {value for _, _, value in triples if isinstance(value, URIRef)}
    read = ReadArticle(
        slug=article.value_of("article"),
        digest=article.digest,
        text=copy.text.digest if copy else "",
        cross_references=_cross_references(document, deferred),
        foreign_iris=frozenset(str(node) for node in nodes if not str(node).startswith(document.base)),
        locations=dict(document.defined),
    )
    return read, triples


def _candidates(article: MappingDocument, shared: SharedDocuments) -> Iterable[SourceText]:
    if shared.sources is None:
        return ()
    digest = article.value_of("digest")
    file = shared.texts.get(digest)
    text = None if file is None else read_text_file(file)
    # All texts are read only if the article's own is no longer there: it may have moved, or there may be a copy.
    return [text] if text is not None and text.digest == digest else read_source_texts(shared.sources)


def _cross_references(document: DocumentTriples, deferred: set[str]) -> DocumentParts:
    """Return what a document defines, refers to and states beyond its own nodes, as far as other documents affect it.

    If it refers to nodes of other articles, this includes everything that orders and statuses depend on.
    """
    own = document.base
    return DocumentParts(
        triples=[
            triple
            for triple in document.triples
            if triple.predicate in CROSSING_RELATIONS
            and (deferred or not (triple.subject.startswith(own) and str(triple.object).startswith(own)))
        ],
        defined=[(iri, location) for iri, location in document.defined if not iri.startswith(own)],
        derived={iri for iri in document.derived if not iri.startswith(own)},
        values=[value for value in document.values if value.iri in deferred],
    )
