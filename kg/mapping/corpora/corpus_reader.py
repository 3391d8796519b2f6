"""Reads the mapping documents of a corpus into one graph each, and compares their passages with the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Graph

from kg.datasets import GraphNames
from kg.errors import Location, Problem, raise_if
from kg.mapping.checks.passage_checks import digest_faults
from kg.mapping.corpora.corpus_documents import NONE_UNREAD, CorpusDocuments, UnreadDocuments, read_documents
from kg.mapping.corpora.question_files import Question
from kg.mapping.documents.document_listing import ARTICLE, AUTHORITY
from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.mapping.documents.yaml_document import MappingDocument
from kg.mapping.passages.source_texts import read_source_texts
from kg.mapping.passages.text_copies import TextCopy, find_copy
from kg.mapping.triples.curated_identities import move_to_articles
from kg.mapping.triples.document_triples import DocumentTriples, article_base
from kg.shipped_files import ontology_folder
from kg.terms import new_graph


@dataclass(frozen=True)
class Article:
    """One article of a corpus; `text` is None if `sources` does not have the text that it was anchored to."""

    slug: str
    iri: str
    file: Path
    digest: str
    length: int
    """In code points."""
    text: str | None = None


@dataclass(frozen=True)
class UncheckedArticle:
    """An article whose passages were not compared with its text, and why."""

    slug: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """The content of a corpus's documents."""

    file: Path
    names: GraphNames
    title: str
    licence: str
    creator: str
    graphs: Mapping[str, Graph]
    """The triples by graph name: one graph for each article, the authority's, and the outside's if there is one."""
    files: Mapping[str, Path]
    """The document of each named graph."""
    locations: Mapping[str, Location]
    """Where the node of each IRI is defined."""
    articles: tuple[Article, ...]
    unchecked: tuple[UncheckedArticle, ...]
    questions: tuple[Question, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of each named graph's document, as read."""
    described_by_authority: frozenset[str] = frozenset()
    """The graphs of the articles, read or not, that have nodes about which the authority states something."""


def read_corpus(file: Path, sources: Path | None = None, unread: UnreadDocuments = NONE_UNREAD) -> Corpus:
    """Read a corpus document and the documents that it lists; with `sources`, compare every passage with its text.

    Unread documents are in none of the result's tables.
    Raises MappingError with every fault, and RequestError if the folder of sources is missing.
    """
    documents = read_documents(file, read_vocabulary(ontology_folder()), unread=unread)
    copies = find_copies(documents, sources)
    compared = ((article, copies.get(article.value_of("article"))) for article in documents.articles)
    problems = [problem for article, copy in compared for problem in text_faults(article, copy)]
    raise_if(problems)
    return corpus_of(documents, copies, sources, unread.slugs)


def find_copies(documents: CorpusDocuments, sources: Path | None) -> dict[str, TextCopy]:
    """Return, by slug, the text of each article, or a copy of it, if `sources` has one."""
    candidates = list(read_source_texts(sources)) if sources is not None else []
    copies = {article.value_of("article"): find_copy(article, candidates) for article in documents.articles}
    return {slug: copy for slug, copy in copies.items() if copy is not None}


def corpus_of(
    documents: CorpusDocuments,
    copies: Mapping[str, TextCopy],
    sources: Path | None,
    unread_slugs: frozenset[str] = frozenset(),
) -> Corpus:
    """Return the corpus of these documents; `copies` are the texts that were found in `sources`."""
    root, names = documents.root, GraphNames(documents.base)
    by_graph = {_graph_name(names, document): document for document in documents.documents}
    graphs = {name: new_graph(document.all_triples()) for name, document in by_graph.items()}
    slugs = [article.value_of("article") for article in documents.articles]
    bases = {article_base(documents.base, slug): names.article(slug) for slug in (*slugs, *unread_slugs)}
    # What the authority states about a node of an article belongs to the article, and is withdrawn with it.
    own = {base: graphs.get(name, Graph()) for base, name in bases.items()}
    moved = move_to_articles(graphs[names.authority], own, f"{documents.base}article/")
    return Corpus(
        root.file,
        names,
        title=root.value_of("title"),
        licence=root.value_of("licence"),
        creator=root.value_of("creator"),
        graphs=graphs,
        files={name: document.document.file for name, document in by_graph.items()},
        locations={iri: location for document in documents.documents for iri, location in document.defined},
        articles=tuple(_article(article, documents.base, copies) for article in documents.articles),
        unchecked=tuple(UncheckedArticle(slug, unchecked_reason(sources)) for slug in slugs if slug not in copies),
        questions=documents.questions,
        digests={name: document.document.digest for name, document in by_graph.items()},
        described_by_authority=frozenset(bases[base] for base in moved),
    )


def text_faults(article: MappingDocument, copy: TextCopy | None) -> Iterator[Problem]:
    """Yield a problem for every passage that differs in the article's text, or one if the copy as a whole differs."""
    if copy is None:
        return
    if copy.same:
        yield from digest_faults(article.root, copy.text.text)
        return
    fault = f"{copy.text.file} is a copy of this text that differs: its digest is {copy.text.digest}"
    hint = f"of the passages {copy.summary()}; `kg check` lists them"
    yield Problem(article.root.nodes["digest"].location, f"{fault}; expected {article.value_of('digest')} ({hint}).")


def _graph_name(names: GraphNames, document: DocumentTriples) -> str:
    if document.kind == ARTICLE:
        return names.article(document.document.value_of("article"))
    return names.authority if document.kind == AUTHORITY else names.outside


def _article(document: MappingDocument, base: str, copies: Mapping[str, TextCopy]) -> Article:
    slug, digest, length = (document.value_of(key) for key in ("article", "digest", "length"))
    copy = copies.get(slug)
    # A copy that differs is only good for an error message: it need not contain any of the article's passages.
    text = copy.text.text if copy and copy.same else None
    return Article(slug, article_base(base, slug), document.file, digest, int(length), text)


def unchecked_reason(sources: Path | None) -> str:
    """Return why an article's passages were not compared with its text, as a phrase."""
    if sources is None:
        return "no folder with the articles' texts was given (--sources)"
    return f"no text in {sources} has its digest or is a copy of it"
