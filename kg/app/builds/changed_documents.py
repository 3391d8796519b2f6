"""Reading only the documents of a corpus that differ from the last build; the others are already in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kg.app.build_options import BuildOptions
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.last_build import BuiltDocument, LastBuild
from kg.app.builds.new_version import read_document_records
from kg.app.builds.shared_content import SharedContent, read_shared_content
from kg.app.builds.stored_documents import StoredDocuments, WholeBuildNeededError
from kg.errors import Location, MappingError, Problem, raise_if
from kg.mapping.checks.relation_checks import CROSSING_RELATIONS
from kg.mapping.checks.value_checks import dangling_reference, identifier_faults
from kg.mapping.corpora.article_reader import ReadArticle, read_article
from kg.mapping.corpora.corpus_documents import UnreadDocuments
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.mapping.triples.document_triples import DocumentParts, article_base
from kg.mapping.triples.located_triples import LocatedTriple
from kg.store import Transaction
from kg.terms import RdflibTriple, new_graph

Documents = dict[str, BuiltDocument]
"""The records of documents by name."""
ReadArticles = dict[Path, tuple[ReadArticle, list[RdflibTriple]]]


def read_changed(
    transaction: Transaction, inputs: BuildInputs, last: LastBuild, options: BuildOptions
) -> tuple[Corpus, Documents]:
    """Read the documents that have changed, and return them with the records of all documents.

    Raises WholeBuildNeededError, with the reason, if they depend on the others, MappingError with all faults.
    """
    unread = inputs.unchanged_documents(last)
    if inputs.names_of_shared <= unread:
        return _ChangedArticles(transaction, inputs, last, options).read(unread)
    corpus, unread = _read_with_shared(transaction, inputs, last, options)
    return corpus, {name: last.documents[name] for name in unread} | read_document_records(corpus, inputs)


@dataclass(frozen=True)
class _ChangedArticles:
    """Changed articles, while the shared documents are unchanged and need not be read."""

    transaction: Transaction
    inputs: BuildInputs
    last: LastBuild
    options: BuildOptions

    def read(self, unread: frozenset[str]) -> tuple[Corpus, Documents]:
        """Read the articles, and return them with the records of all documents."""
        inputs, last = self.inputs, self.last
        shared = read_shared_content(inputs, self.options.sources)
        files = [file for file in inputs.corpus.articles if inputs.names_of_files[file] not in unread]
        articles = self._articles(files, shared)
        records = {name: last.documents[name] for name in unread} | {
            inputs.names_of_files[file]: BuiltDocument(article.digest, inputs.names.article(article.slug), article.text)
            for file, (article, _) in articles.items()
        }
        before, after = ({document.graph for document in documents.values()} for documents in (last.documents, records))
        if any(self._base_of(graph) in shared.documents.authority_triples_by_article for graph in before ^ after):
            raise WholeBuildNeededError("the authority refers to an article that was added or removed")
        self._check(articles, shared, frozenset(last.documents[name].graph for name in unread))
        return self._corpus(articles, shared), records

    def _articles(self, files: list[Path], shared: SharedContent) -> ReadArticles:
        problems: list[Problem] = []
        articles: ReadArticles = {}
        for file in files:
            try:
                articles[file] = article, _ = read_article(file, shared.documents)
                self.inputs.require(file, article.digest)
            except MappingError as error:
                problems += error.problems
        raise_if(problems)
        return articles

    def _check(self, articles: ReadArticles, shared: SharedContent, unread: frozenset[str]) -> None:
        """Raise WholeBuildNeededError or MappingError if the articles are incompatible with the others."""
        slugs = [article.slug for article, _ in articles.values()]
        if len({*slugs}) < len(slugs):
            raise WholeBuildNeededError("several documents have the same name")
        replaced = frozenset(document.graph for document in self.last.documents.values()) - unread
        stored = StoredDocuments(self.transaction, unread, replaced)
        stored.check([_parts(file, article, triples) for file, (article, triples) in articles.items()])
        defined = {iri for article, _ in articles.values() for iri in article.locations}
        own = tuple(map(self._base_of, {*replaced, *(self.inputs.names.article(slug) for slug in slugs)}))
        references = (value.iri for value in shared.documents.references if value.iri.startswith(own))
        if not all(self._is_defined(iri, defined, stored) for iri in references):
            raise WholeBuildNeededError("the authority refers to something that is no longer defined")
        problems = [*identifier_faults(article.cross_references for article, _ in articles.values())]
        problems += [
            dangling_reference(value, {*defined, *stored.defined_near(value.iri, self.inputs.names)})
            for article, _ in articles.values()
            for value in article.cross_references.values
            if not self._is_defined(value.iri, defined, stored)
        ]
        raise_if(problems)

    def _is_defined(self, iri: str, defined: set[str], stored: StoredDocuments) -> bool:
        return iri in defined or stored.defines(iri)

    def _corpus(self, articles: ReadArticles, shared: SharedContent) -> Corpus:
        names = {file: self.inputs.names.article(article.slug) for file, (article, _) in articles.items()}
        corpus = shared.corpus
        return replace(
            corpus,
            graphs={names[file]: new_graph(triples) for file, (_, triples) in articles.items()},
            files={**corpus.files, **{name: file for file, name in names.items()}},
            locations={
                **corpus.locations,
                **{iri: place for article, _ in articles.values() for iri, place in article.locations.items()},
            },
            described_by_authority=frozenset(self.last.described_by_authority),
        )

    def _base_of(self, graph: str) -> str:
        """Return the prefix of the IRIs of the article with a graph."""
        return article_base(self.inputs.corpus.base, graph.removeprefix(self.inputs.names.article("")))


def _parts(file: Path, article: ReadArticle, triples: Iterable[RdflibTriple]) -> DocumentParts:
    """Return the parts of an article that are checked with others: its definitions, orders and statuses."""
    # Only with the location of the document, since it only matters whether there is a fault.
    return DocumentParts(triples=[*_crossing(file, triples)], defined=[*article.locations.items()])


def _crossing(file: Path, triples: Iterable[RdflibTriple]) -> Iterator[LocatedTriple]:
    for subject, relation, value in triples:
        if relation in CROSSING_RELATIONS:
            yield LocatedTriple(subject, relation, value, Location(file))  # type: ignore[arg-type]


def _read_with_shared(
    transaction: Transaction, inputs: BuildInputs, last: LastBuild, options: BuildOptions
) -> tuple[Corpus, frozenset[str]]:
    """Read the changed documents, the authority, and if that has changed, the documents that it describes.

    Also return the names of the documents that were not read.
    """
    names, touched_graphs = inputs.names, {*last.described_by_authority}
    unchanged = inputs.unchanged_documents(last)
    authority = next(name for name, document in last.documents.items() if document.graph == names.authority)
    while True:
        unread = unchanged - {authority}
        if authority not in unchanged:
            unread = frozenset(name for name in unread if last.documents[name].graph not in touched_graphs)
        corpus = read_corpus(inputs.corpus.file, options.sources, unread=_unread(transaction, inputs, last, unread))
        if authority in unchanged or corpus.described_by_authority <= touched_graphs:
            return corpus, unread
        # The new authority describes articles that the old one did not: they are read too, in another round.
        touched_graphs |= corpus.described_by_authority


def _unread(transaction: Transaction, inputs: BuildInputs, last: LastBuild, unread: frozenset[str]) -> UnreadDocuments:
    graphs = frozenset(last.documents[name].graph for name in unread)
    replaced = frozenset(document.graph for document in last.documents.values()) - graphs
    stored, start = StoredDocuments(transaction, graphs, replaced), inputs.names.article("")
    slugs = frozenset(graph.removeprefix(start) for graph in graphs if graph.startswith(start))
    files = inputs.corpus.left_out | {inputs.files[name] for name in unread}
    return UnreadDocuments(files, slugs, stored.defines, stored.check)
