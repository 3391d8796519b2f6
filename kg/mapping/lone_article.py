"""An article's document in no corpus, which is one by itself: it shares nothing, its people and places are its own."""

from __future__ import annotations

from kg.mapping.document_listing import nearest_corpus_file
from kg.mapping.yaml_document import MappingDocument, YamlMapping, parse_document, single_quoted

CORPUS = """\
base: https://example.org/news/
title: {title}
licence: http://rightsstatements.org/vocab/CNE/1.0/
creator: nobody yet
articles: [{name}]
"""
"""What the corpus document of a lone article would say; its licence is "copyright not evaluated"."""


def is_lone_article(document: MappingDocument) -> bool:
    """Tell whether a document is an article's, and no corpus is in its folder or above it."""
    is_article = "article" in document.root.nodes and "base" not in document.root.nodes
    return is_article and nearest_corpus_file(document.file) is None


def lone_corpus(article: MappingDocument) -> MappingDocument:
    """Return the corpus document that a lone article does without."""
    title = " ".join(article.value_of("title").split()) or article.file.stem
    text = CORPUS.format(title=single_quoted(title), name=single_quoted(article.file.name))
    return MappingDocument(article.file, article.text, parse_document(article.file, text).root)


def no_authority(article: MappingDocument) -> MappingDocument:
    """Return the authority that a lone article does without."""
    return MappingDocument(article.file, article.text, YamlMapping(article.root.location))
