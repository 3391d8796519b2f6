"""`kg check`: checks a mapping document in its corpus and compares it with the article's text or a copy of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location, Problem, RequestError, raise_if
from kg.mapping.checks.passage_checks import digest_faults
from kg.mapping.corpora.corpus_documents import CorpusDocuments, load_documents, with_questions, without_withdrawn
from kg.mapping.corpora.corpus_reader import Corpus, corpus_of, find_copies
from kg.mapping.documents.document_listing import CORPUS_FILE, is_listed, nearest_corpus_file
from kg.mapping.documents.lone_article import is_lone_article
from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.mapping.documents.yaml_document import load_document
from kg.mapping.passages.text_copies import TextCopy
from kg.shipped_files import ontology_folder

OWN_PART = re.compile(r"(?<=\.)(\w+)\[[0-9]+\]$|\.link(?:Object|Predicate|Subject)$")
"""The end of a key path within a list of values, or within a link, whose keys state one triple together."""


@dataclass(frozen=True)
class CheckReport:
    """A checked corpus, and the text that each article was compared with, by slug."""

    corpus: Corpus
    copies: dict[str, TextCopy]


def check_document(
    document: Path,
    sources: Path | None = None,
    graph_faults: Callable[[CorpusDocuments, Path, Sequence[Problem]], list[Problem]] = lambda *_: [],
) -> CheckReport:
    """Check a corpus document, or an article's document in the nearest corpus at or above it.

    `graph_faults` returns the faults of the documents' graph, given the faults that were already found.

    An article that the corpus does not list yet is checked as if it were listed. A copy of the text that differs is not
    a fault; the report has each passage that is moved, changed or not found in it. Raises MappingError with every
    fault, and RequestError if there is no corpus or the folder of sources is missing.
    """
    corpus_file = corpus_file_of(document)
    extra = None if is_listed(document, corpus_file) else document
    documents, stages = load_documents(corpus_file, read_vocabulary(ontology_folder()), extra)
    copies = find_copies(documents, sources)
    problems: list[Problem] = []
    # Each mistake is reported once, by the earliest stage that finds it.
    for stage in (*stages, _digest_faults(documents, copies)):
        problems += [problem for problem in stage if not is_explained(problem.location, problems)]
    documents = without_withdrawn(documents)
    raise_if([*problems, *graph_faults(documents, document, problems)])
    return CheckReport(corpus_of(with_questions(documents), copies, sources), copies)


def is_explained(place: Location, earlier: Iterable[Problem]) -> bool:
    """Return whether an earlier problem is about the same value, so that one at this location may follow from it."""
    return any(_value_at(place) == _value_at(other.location) for other in earlier)


def _value_at(place: Location) -> tuple[Path, str | int]:
    return place.file, OWN_PART.sub(r"\1", place.key) or place.line


def _digest_faults(documents: CorpusDocuments, copies: dict[str, TextCopy]) -> Iterator[Problem]:
    for article in documents.articles:
        copy = copies.get(article.value_of("article"))
        if copy is not None and copy.same:
            yield from digest_faults(article.root, copy.text.text)


def corpus_file_of(document: Path) -> Path:
    """Return the corpus document of a document: itself if it is one or a lone article, else the nearest one.

    Raises RequestError if there is none.
    """
    loaded = load_document(document)
    if "base" in loaded.root.nodes or is_lone_article(loaded):
        return document
    corpus_file = nearest_corpus_file(document)
    if corpus_file is None:
        expected = f"a {CORPUS_FILE} in its folder or one above it"
        raise RequestError(f"{str(document)!r} belongs to no corpus: expected {expected}.")
    # Faults name files relative to the working folder if the caller does.
    return corpus_file if document.is_absolute() else Path(os.path.relpath(corpus_file))
