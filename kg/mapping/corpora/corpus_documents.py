"""Loads the documents of a corpus, checks them together without the articles' texts, and builds their triples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import Location, MappingError, Problem, raise_if
from kg.mapping.checks.declared_kinds import add_kinds
from kg.mapping.checks.passage_checks import passage_faults
from kg.mapping.checks.quotation_checks import quotation_faults
from kg.mapping.checks.relation_checks import relation_faults
from kg.mapping.checks.type_checks import type_faults, types_in
from kg.mapping.checks.value_checks import identifier_faults, reference_faults, unused_value_faults, value_faults
from kg.mapping.corpora.question_files import Question, read_corpus_questions
from kg.mapping.documents.document_listing import ARTICLE, AUTHORITY, ListedDocument, listed_documents
from kg.mapping.documents.lone_article import is_lone_article, lone_corpus, no_authority, own_corpus_faults
from kg.mapping.documents.mapping_vocabulary import Json, MappingVocabulary
from kg.mapping.documents.schema_check import schema_faults
from kg.mapping.documents.yaml_document import MappingDocument, YamlText, load_document, texts_in
from kg.mapping.triples.document_defaults import add_defaults, defaults_in
from kg.mapping.triples.document_triples import DocumentTriples, article_base, build_triples
from kg.mapping.triples.links_to_withdrawn import without_articles


@dataclass(frozen=True)
class CorpusDocuments:
    """The documents of a corpus, its questions and its vocabulary."""

    root: MappingDocument
    documents: tuple[DocumentTriples, ...]
    questions: tuple[Question, ...]
    vocabulary: MappingVocabulary
    """Includes the kinds that the corpus declares."""
    withdrawn: tuple[str, ...] = ()
    """The IRI prefixes of the withdrawn articles."""

    @property
    def base(self) -> str:
        """Return the corpus's persistent base."""
        return self.root.value_of("base")

    @property
    def articles(self) -> tuple[MappingDocument, ...]:
        """Return the articles' documents."""
        return tuple(triples.document for triples in self.documents if triples.kind == ARTICLE)


@dataclass(frozen=True)
class UnreadDocuments:
    """Documents of a corpus that are not read, because they have not changed and are known to have no faults."""

    files: frozenset[Path] = frozenset()
    slugs: frozenset[str] = frozenset()
    """The articles among them."""
    defines: Callable[[str], bool] = lambda _: False
    """Whether one of them defines a node."""
    check: Callable[[Sequence[DocumentTriples]], None] = lambda _: None
    """Raises an error if the documents that were read, without faults of their own, may not fit the unread ones."""


NONE_UNREAD = UnreadDocuments()


def read_documents(file: Path, vocabulary: MappingVocabulary, unread: UnreadDocuments = NONE_UNREAD) -> CorpusDocuments:
    """Read the documents of a corpus. Raises MappingError with every fault."""
    documents, stages = load_documents(file, vocabulary, unread=unread)
    # Stage by stage: otherwise a faulty value would be reported again by every fault that follows from it.
    for problems in stages:
        raise_if(problems)
    unread.check(documents.documents)
    return with_questions(without_withdrawn(documents))


def without_withdrawn(documents: CorpusDocuments) -> CorpusDocuments:
    """Return documents without what is withdrawn along with articles."""
    return replace(documents, documents=tuple(without_articles(documents.documents, documents.withdrawn)))


def with_questions(documents: CorpusDocuments) -> CorpusDocuments:
    """Return documents with the corpus's questions. Raises MappingError if one is faulty."""
    return replace(documents, questions=_read_questions(documents.root))


def load_documents(
    file: Path, vocabulary: MappingVocabulary, extra: Path | None = None, unread: UnreadDocuments = NONE_UNREAD
) -> tuple[CorpusDocuments, Iterator[list[Problem]]]:
    """Load the documents of a corpus, with their faults in stages; later faults can follow from earlier ones.

    `extra` is read as one more article. Raises MappingError with every structural fault.
    """
    root = read_root(file, vocabulary.schema)
    base, vocabulary = root.value_of("base"), replace(vocabulary, defaults=defaults_in(root.root))
    listed = [entry for entry in _listed(root, extra) if entry.file not in unread.files]
    documents = [build_triples(document, kind, base, vocabulary) for kind, document in load_listed(listed, vocabulary)]
    authority = next((document for document in documents if document.kind == AUTHORITY), None)
    # Every corpus has an authority graph, so that readers need not check whether it exists.
    if authority is None:
        authority = build_triples(no_authority(root), AUTHORITY, base, vocabulary)
        documents.insert(0, authority)
    vocabulary, problems = add_kinds(root, authority, vocabulary)
    loaded = CorpusDocuments(root, tuple(documents), (), vocabulary, _withdrawn(root, base))
    return loaded, _faults_in_stages(loaded, problems, unread.defines)


def _faults_in_stages(
    loaded: CorpusDocuments, of_kinds: list[Problem], is_defined_elsewhere: Callable[[str], bool]
) -> Iterator[list[Problem]]:
    documents = [*loaded.documents]
    misplaced = [fault for article in loaded.articles for fault in own_corpus_faults(article, loaded.root)]
    dangling = reference_faults(documents, loaded.base, loaded.withdrawn, is_defined_elsewhere)
    yield [*of_kinds, *misplaced, *own_faults(documents, loaded.vocabulary), *identifier_faults(documents), *dangling]
    yield [problem for document in documents for problem in unused_value_faults(document)]
    yield [*type_faults(documents, types_in(documents), loaded.vocabulary), *relation_faults(documents)]


def own_faults(documents: Iterable[DocumentTriples], vocabulary: MappingVocabulary) -> list[Problem]:
    """Return the faults of values, passages and quotations, which are checked in each document alone."""
    checks = (lambda document: value_faults(document, vocabulary), passage_faults, quotation_faults)
    documents = tuple(documents)
    return [problem for check in checks for document in documents for problem in check(document)]


def read_root(file: Path, schema: Json) -> MappingDocument:
    """Read a corpus document, without the documents that it lists. Raises MappingError with every fault."""
    root = load_document(file)
    if is_lone_article(root):
        return lone_corpus(root, schema)
    raise_if(schema_faults(root.root, schema, "corpusDocument"))
    return root


def _withdrawn(root: MappingDocument, base: str) -> tuple[str, ...]:
    """Return the IRI prefixes of the withdrawn articles."""
    return tuple(article_base(base, text.value) for text in texts_in(root.root.nodes.get("withdrawn")))


def _read_questions(root: MappingDocument) -> tuple[Question, ...]:
    node = root.root.nodes.get("questions")
    return read_corpus_questions(root.file.parent / node.value, node.location) if isinstance(node, YamlText) else ()


def _listed(root: MappingDocument, extra: Path | None) -> list[ListedDocument]:
    further = [] if extra is None else [ListedDocument(ARTICLE, extra, Location(extra))]
    return [*listed_documents(root), *further]


def load_listed(listed: Iterable[ListedDocument], vocabulary: MappingVocabulary) -> list[tuple[str, MappingDocument]]:
    """Load documents with their kinds. Raises MappingError with the faults of all documents."""
    problems: list[Problem] = []
    documents: list[tuple[str, MappingDocument]] = []
    files: set[Path] = set()
    for entry in listed:
        # Otherwise its nodes would be defined twice, and each of them would be reported.
        if entry.file in files:
            problems.append(Problem(entry.location, f"the document {entry.file.name} is named here a second time."))
        elif not entry.file.is_file():
            problems.append(Problem(entry.location, f"{_missing(entry.file)}; expected a mapping document."))
        else:
            try:
                document = load_document(entry.file)
                # Before the check against the schema, which requires keys that defaults may supply.
                if entry.kind == ARTICLE:
                    add_defaults(document.root, vocabulary.defaults)
                if not vocabulary.checks.conforms(entry.kind, document.root):
                    problems += schema_faults(document.root, vocabulary.schema, entry.kind)
                documents.append((entry.kind, document))
            except MappingError as error:
                problems += error.problems
        files.add(entry.file)
    raise_if(problems)
    return documents


def _missing(file: Path) -> str:
    link = f": the link to {file.readlink()} leads nowhere, or in a circle" if file.is_symlink() else ""
    return f"there is no file {file}{link}"
