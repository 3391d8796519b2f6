"""The files that `kg new` writes: a document, the words of its passages, and a corpus once there are two articles."""

from __future__ import annotations

from pathlib import Path

from kg.durable_files import replace_synced
from kg.errors import RequestError
from kg.mapping.anchoring import passage_values
from kg.mapping.new_corpus import join_lone_articles
from kg.mapping.new_document import new_document, read_article_text
from kg.mapping.passage_words_files import write_words
from kg.mapping.source_texts import SourceText
from kg.mapping.text_spans import TextSpan
from kg.mapping.yaml_document import parse_document


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
    """Write a document, the words of its passages and, beside a lone article, a corpus; return what was written."""
    values = passage_values(parse_document(document, content).root)
    spans = [span for value in values if (span := TextSpan.read(value.value))]
    written = join_lone_articles(document)
    words, *ignored = write_words(spans, source)
    # Last and in one step: where there is a document, there are its other files, and it is whole.
    replace_synced(document, content)
    return [document, words, *written, *ignored]
