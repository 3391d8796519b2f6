"""The files that `kg new` writes: a document, the words of its passages, and a corpus if it belongs to none."""

from __future__ import annotations

from pathlib import Path

from kg.durable_files import replace_synced
from kg.errors import RequestError
from kg.mapping.anchoring import passage_values
from kg.mapping.document_listing import CORPUS_FILE, MAX_PARENT_FOLDERS
from kg.mapping.new_document import new_document, read_article_text
from kg.mapping.source_texts import SourceText
from kg.mapping.text_spans import TextSpan
from kg.mapping.word_files import write_words
from kg.mapping.yaml_document import parse_document

CORPUS = """\
base: https://example.org/news/  # the persistent IRI that all identifiers start with: your own
title: A corpus
licence: https://creativecommons.org/licenses/by/4.0/
creator: nobody yet
authority: authority.yaml
articles: ['{name}']
"""
AUTHORITY = (
    "people: []  # what several articles share, as in {id: person:name, name: A Name, voiceKind: named-person}\n"
)


def write_new_document(text: Path, document: Path, language: str) -> list[Path]:
    """Begin a document of a text, and return what was written.

    Raises PayloadError if the file is no text of an article, RequestError if the document is there already.
    """
    source = read_article_text(text)
    require_new_file(document)
    return write_document_files(new_document(source, document, language), document, source)


def require_new_file(document: Path) -> None:
    """Raise RequestError if there is a file already."""
    if document.exists():
        raise RequestError(f"There is a file {str(document)!r} already: expected the name of a new document.")


def write_document_files(content: str, document: Path, source: SourceText) -> list[Path]:
    """Write a document, the words of its passages and, in a folder of no corpus, one; return what was written."""
    values = passage_values(parse_document(document, content).root)
    spans = [span for value in values if (span := TextSpan.read(value.value))]
    written = write_corpus_of(document.parent, document.name)
    words, *ignored = write_words(spans, source)
    # Last and in one step: where there is a document, there are its other files, and it is whole.
    replace_synced(document, content)
    return [document, words, *written, *ignored]


def write_corpus_of(folder: Path, articles: str) -> list[Path]:
    """Write a corpus and its authority in a folder that belongs to none, and return what was written."""
    folders = [folder.resolve(), *folder.resolve().parents[:MAX_PARENT_FOLDERS]]
    if any((parent / CORPUS_FILE).is_file() for parent in folders):
        return []
    files = {folder / CORPUS_FILE: CORPUS.format(name=articles.replace("'", "''"))}
    files |= {} if (authority := folder / "authority.yaml").exists() else {authority: AUTHORITY}
    for file, content in files.items():
        file.write_text(content, "utf-8", newline="")
    return [*files]
