"""A corpus of mapping documents, read into one graph a document: what the build loads and the checker checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph

from kg.dataset import GraphNames
from kg.errors import Location, MappingError, Problem
from kg.mapping.corpus_questions import CorpusQuestion, read_corpus_questions
from kg.mapping.document_triples import DocumentTriples, article_base, build_triples
from kg.mapping.linked import to_graph, without_triple
from kg.mapping.mapping_vocabulary import MappingVocabulary, read_vocabulary
from kg.mapping.passage_stamps import digest_faults, passage_faults
from kg.mapping.schema_check import schema_faults
from kg.mapping.source_texts import read_source_texts
from kg.mapping.text_copies import TextCopy, find_copy
from kg.mapping.value_checks import identifier_faults, reference_faults, value_faults
from kg.mapping.yaml_document import MappingDocument, YamlList, YamlText, load_document
from kg.resources import ontology_folder


@dataclass(frozen=True)
class Article:
    """One article of a corpus; `text` is there where `sources` hold the text that it was anchored to."""

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
    """What a corpus's documents say."""

    file: Path
    names: GraphNames
    title: str
    licence: str
    creator: str
    graphs: Mapping[str, Graph]
    """Named graph's IRI to its triples: each article's, the authority's, and the outside's where there is one."""
    files: Mapping[str, Path]
    """Named graph's IRI to the document that it is from."""
    locations: Mapping[str, Location]
    """IRI to where the node that it names is defined."""
    articles: tuple[Article, ...]
    unchecked: tuple[UncheckedArticle, ...]
    questions: tuple[CorpusQuestion, ...] = ()
    """The example questions that it brings."""


@dataclass(frozen=True)
class CorpusMember:
    """A document of a corpus: its kind in the schema, and where the corpus names it."""

    kind: str
    file: Path
    location: Location


def read_corpus(file: Path, sources: Path | None = None, ontology: Path | None = None) -> Corpus:
    """Read a corpus document and all documents that it names; with `sources`, hold every passage against its text.

    MappingError holds every fault found, one a fault; RequestError where there is no such folder of sources.
    """
    reading = read_documents(file, read_vocabulary(ontology or ontology_folder()))
    copies = find_copies(reading, sources)
    problems = [problem for article in reading.articles for problem in _source_faults(article, copies)]
    if problems:
        raise MappingError(problems)
    return reading.corpus(copies, sources)


@dataclass(frozen=True)
class CorpusDocuments:
    """The documents of a corpus, free of every fault that shows without the articles' texts."""

    root: MappingDocument
    documents: tuple[DocumentTriples, ...]
    graphs: tuple[Graph, ...]
    kinds: tuple[str, ...]

    @property
    def base(self) -> str:
        """Return the corpus's persistent base."""
        return scalar(self.root, "base")

    @property
    def articles(self) -> tuple[DocumentTriples, ...]:
        """Return the articles' documents."""
        kinds = zip(self.documents, self.kinds, strict=True)
        return tuple(document for document, kind in kinds if kind == "articleDocument")

    def corpus(self, copies: Mapping[str, TextCopy], sources: Path | None) -> Corpus:
        """Return what the documents say, with the texts that were found."""
        names = GraphNames(self.base)
        graphs = [_graph_name(names, document, kind) for document, kind in zip(self.documents, self.kinds, strict=True)]
        slugs = [scalar(article.document, "article") for article in self.articles]
        return Corpus(
            self.root.file,
            names,
            scalar(self.root, "title"),
            scalar(self.root, "licence"),
            scalar(self.root, "creator"),
            dict(zip(graphs, self.graphs, strict=True)),
            {graph: document.document.file for graph, document in zip(graphs, self.documents, strict=True)},
            {iri: location for document in self.documents for iri, location in document.defined},
            tuple(_article(article, self.base, copies) for article in self.articles),
            tuple(UncheckedArticle(slug, _reason(sources)) for slug in slugs if slug not in copies),
            _questions(self.root),
        )


def read_documents(file: Path, vocabulary: MappingVocabulary, extra: Path | None = None) -> CorpusDocuments:
    """Read a corpus's documents, and `extra` as one more article; MappingError where anything in them is wrong."""
    root = load_document(file)
    if problems := schema_faults(root.root, vocabulary.schema, "corpusDocument"):
        raise MappingError(problems)
    members = [*_members(root, extra)]
    loaded = _load_all(members, vocabulary)
    base = scalar(root, "base")
    documents = [
        build_triples(document, member.kind, base, vocabulary) for document, member in zip(loaded, members, strict=True)
    ]
    problems = [problem for document in documents for problem in value_faults(document, vocabulary)]
    problems += [problem for document in documents for problem in passage_faults(document)]
    problems += [*identifier_faults(documents), *reference_faults(documents, base)]
    if problems:
        raise MappingError(problems)
    return CorpusDocuments(root, tuple(documents), tuple(_graphs(documents)), tuple(member.kind for member in members))


def find_copies(reading: CorpusDocuments, sources: Path | None) -> dict[str, TextCopy]:
    """Return, by slug, the text of each article that `sources` hold one of, or a copy of it."""
    candidates = list(read_source_texts(sources)) if sources is not None else []
    found = {scalar(each.document, "article"): find_copy(each.document, candidates) for each in reading.articles}
    return {slug: copy for slug, copy in found.items() if copy is not None}


def scalar(document: MappingDocument, key: str) -> str:
    """Return the text of a key at a document's root, or an empty one."""
    node = document.root.nodes.get(key)
    return node.value if isinstance(node, YamlText) else ""


def _questions(root: MappingDocument) -> tuple[CorpusQuestion, ...]:
    node = root.root.nodes.get("questions")
    return read_corpus_questions(root.file.parent / node.value, node.location) if isinstance(node, YamlText) else ()


def _members(root: MappingDocument, extra: Path | None) -> Iterator[CorpusMember]:
    for key, kind in (
        ("authority", "authorityDocument"),
        ("outside", "outsideDocument"),
        ("articles", "articleDocument"),
    ):
        value = root.root.nodes.get(key)
        for text in value.nodes if isinstance(value, YamlList) else [value]:
            if isinstance(text, YamlText):
                yield CorpusMember(kind, root.file.parent / text.value, text.location)
    if extra is not None:
        yield CorpusMember("articleDocument", extra, Location(extra))


def _load_all(members: list[CorpusMember], vocabulary: MappingVocabulary) -> list[MappingDocument]:
    problems: list[Problem] = []
    documents: list[MappingDocument] = []
    for index, member in enumerate(members):
        if member.file in [other.file for other in members[:index]]:
            problems.append(Problem(member.location, f"the document {member.file.name} is named here a second time."))
        elif not member.file.is_file():
            problems.append(Problem(member.location, f"there is no file {member.file}; expected a mapping document."))
        else:
            problems += _loaded(member, vocabulary, documents)
    if problems:
        raise MappingError(problems)
    return documents


def _loaded(member: CorpusMember, vocabulary: MappingVocabulary, documents: list[MappingDocument]) -> list[Problem]:
    """Append a member's document, or return what keeps it from being one."""
    try:
        documents.append(load_document(member.file))
    except MappingError as error:
        return error.problems
    return schema_faults(documents[-1].root, vocabulary.schema, member.kind)


def _graphs(documents: list[DocumentTriples]) -> Iterator[Graph]:
    problems: list[Problem] = []
    for document in documents:
        graph = to_graph(document)
        problems += without_triple(document, graph)
        yield graph
    if problems:
        raise MappingError(problems)


def _source_faults(article: DocumentTriples, copies: Mapping[str, TextCopy]) -> Iterator[Problem]:
    copy = copies.get(scalar(article.document, "article"))
    root = article.document.root
    if copy is None:
        return
    if copy.same:
        yield from digest_faults(root, copy.text.text)
        return
    found = f"{copy.text.file} is a copy of this text that differs: its digest is {copy.text.digest}"
    hint = f"of the passages {copy.summary()}; `kg check` lists them"
    yield Problem(root.nodes["digest"].location, f"{found}; expected {scalar(article.document, 'digest')} ({hint}).")


def _graph_name(names: GraphNames, document: DocumentTriples, kind: str) -> str:
    if kind == "articleDocument":
        return names.article(scalar(document.document, "article"))
    return names.authority if kind == "authorityDocument" else names.outside


def _article(article: DocumentTriples, base: str, copies: Mapping[str, TextCopy]) -> Article:
    document = article.document
    slug = scalar(document, "article")
    copy = copies.get(slug)
    text = copy.text.text if copy and copy.same else None
    iri = article_base(base, slug)
    return Article(slug, iri, document.file, scalar(document, "digest"), int(scalar(document, "length")), text)


def _reason(sources: Path | None) -> str:
    if sources is None:
        return "no folder with the articles' texts was given (--sources)"
    return f"no text in {sources} has its digest or is a copy of it"
