"""The files that `kg new` writes: a document, the words of its passages, and a corpus if it belongs to none."""

from __future__ import annotations

from pathlib import Path

from kg.errors import RequestError
from kg.mapping.anchoring import passage_values
from kg.mapping.corpus_check import MAX_PARENT_FOLDERS
from kg.mapping.document_listing import CORPUS_FILE
from kg.mapping.new_document import new_document, passage_words, read_article_text
from kg.mapping.source_texts import WORDS_ENDING
from kg.mapping.text_spans import TextSpan
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
    if document.exists():
        raise RequestError(f"There is a file {str(document)!r} already: expected the name of a new document.")
    content = new_document(source, document, language)
    values = passage_values(parse_document(document, content).root)
    spans = [span for value in values if (span := TextSpan.read(value.value))]
    files = {document: content, text.with_suffix(WORDS_ENDING): passage_words(spans, source.text)}
    folders = [document.resolve().parent, *document.resolve().parents[1 : MAX_PARENT_FOLDERS + 1]]
    if not any((folder / CORPUS_FILE).is_file() for folder in folders):
        files |= {document.parent / CORPUS_FILE: CORPUS.format(name=document.name.replace("'", "''"))}
        files |= {} if (authority := document.parent / "authority.yaml").exists() else {authority: AUTHORITY}
    for file, words in files.items():
        file.write_text(words, "utf-8", newline="")
    return [*files, *_ignored(text.parent / ".gitignore")]


def _ignored(file: Path) -> list[Path]:
    """Keep files of words out of a repository, as the texts may not be published; return the file if it was changed."""
    line, present = f"*{WORDS_ENDING}\n", file.read_text("utf-8") if file.is_file() else ""
    if line in present:
        return []
    file.write_text(f"{present}{'' if present.endswith(chr(10)) or not present else chr(10)}{line}", "utf-8")
    return [file]
