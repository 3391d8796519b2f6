"""The names of things elsewhere in the corpus that an article's document refers to."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kg.durable_files import FileMark, file_mark
from kg.errors import MappingError
from kg.mapping.documents.document_listing import ARTICLE, AUTHORITY, listed_documents, nearest_corpus_file
from kg.mapping.documents.yaml_document import MappingDocument, YamlMapping, load_document, mappings_in, texts_below
from kg.review.review_items import item_labels

OF_ARTICLES = "article:"
"""The prefix of references to articles' own things."""


def corpus_names(document: MappingDocument) -> dict[str, str]:
    """Return the names of things in the authority and in other articles, and of the corpus's kinds, by identifier.

    There are none if the corpus cannot be read.
    """
    referred = {text.value for _, text in texts_below(document.root)}
    return {identifier: name for identifier, name in _all_names(document).items() if identifier in referred}


def _all_names(document: MappingDocument) -> dict[str, str]:
    names = _kinds(document.root)
    corpus_file = nearest_corpus_file(document.file)
    if corpus_file is None:
        return names
    try:
        corpus = load_document(corpus_file)
        names |= _kinds(corpus.root)
        for entry in listed_documents(corpus):
            if not entry.file.is_file():
                continue
            if entry.kind == AUTHORITY:
                names |= _names(entry.file, file_mark(entry.file))[1]
            # Few documents refer to other articles; otherwise these are not parsed.
            elif entry.kind == ARTICLE and OF_ARTICLES in document.text:
                slug, own = _names(entry.file, file_mark(entry.file))
                names |= {f"{OF_ARTICLES}{slug}/{key}": name for key, name in own.items()}
    except MappingError:
        return names  # `kg check` reports what is wrong with the corpus, and the review continues
    return names


def _kinds(root: YamlMapping) -> dict[str, str]:
    return {kind.text_of("id"): kind.text_of("prefLabel") for kind in mappings_in(root.nodes.get("kinds"))}


@lru_cache(maxsize=500)  # the files' marks are part of the key: pages call this again after each change
def _names(file: Path, _mark: FileMark) -> tuple[str, dict[str, str]]:
    """Return the slug of a document, and the names of its items by key."""
    document = load_document(file)
    return document.value_of("article"), {key: label for key, label in item_labels(document).items() if label != key}
