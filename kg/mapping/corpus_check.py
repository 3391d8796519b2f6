"""`kg check`: a mapping document in its corpus, held against the article's text, whichever copy the reader has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import MappingError, Problem, RequestError
from kg.mapping.corpus_reader import Corpus, CorpusDocuments, find_copies, read_documents, scalar
from kg.mapping.mapping_vocabulary import read_vocabulary
from kg.mapping.passage_stamps import digest_faults
from kg.mapping.text_copies import TextCopy
from kg.mapping.yaml_document import YamlList, YamlText, load_document
from kg.resources import ontology_folder

CORPUS_FILE_NAME = "corpus.yaml"
MAX_PARENT_FOLDERS = 3
"""Folders above a document in which its corpus is looked for."""


@dataclass(frozen=True)
class CheckReport:
    """A checked corpus, and by slug the text that each article was held against; a copy that differs says where."""

    corpus: Corpus
    copies: dict[str, TextCopy]


def check_document(document: Path, sources: Path | None = None, ontology: Path | None = None) -> CheckReport:
    """Check a corpus document, or an article's document in the nearest corpus at or above it.

    An article that its corpus does not name yet is checked as one more. MappingError holds every fault; a copy of the
    text that differs is none, but is in the report with each passage that moved, changed or is not found in it.
    RequestError where there is no corpus or no such folder of sources.
    """
    vocabulary = read_vocabulary(ontology or ontology_folder())
    file = _corpus_of(document)
    reading = read_documents(file, vocabulary, None if _names(file, document) else document)
    copies = find_copies(reading, sources)
    if problems := [*_digest_faults(reading, copies)]:
        raise MappingError(problems)
    return CheckReport(reading.corpus(copies, sources), copies)


def _digest_faults(reading: CorpusDocuments, copies: dict[str, TextCopy]) -> Iterator[Problem]:
    for article in reading.articles:
        copy = copies.get(scalar(article.document, "article"))
        if copy is not None and copy.same:
            yield from digest_faults(article.document.root, copy.text.text)


def _corpus_of(document: Path) -> Path:
    if "base" in load_document(document).root.nodes:
        return document
    folders = [document.resolve().parent, *document.resolve().parents[1 : MAX_PARENT_FOLDERS + 1]]
    found = next((folder / CORPUS_FILE_NAME for folder in folders if (folder / CORPUS_FILE_NAME).is_file()), None)
    if found is None:
        raise RequestError(
            f"{str(document)!r} is in no corpus: expected a {CORPUS_FILE_NAME} in its folder or one above it."
        )
    return found


def _names(corpus: Path, document: Path) -> bool:
    """Tell whether a corpus names a document, or is it."""
    nodes = load_document(corpus).root.nodes
    values = [each for key in ("authority", "outside", "articles") if (each := nodes.get(key))]
    texts = [text for value in values for text in (value.nodes if isinstance(value, YamlList) else [value])]
    files = [corpus, *(corpus.parent / text.value for text in texts if isinstance(text, YamlText))]
    return document.resolve() in [file.resolve() for file in files]
