"""Mapping documents: read, checked and turned into RDF, with every fault named by file, line, column and key."""

from __future__ import annotations

from kg.mapping.anchor import Anchored, AnchorReport, anchor
from kg.mapping.check import CheckReport, check
from kg.mapping.copies import Copy, nearest
from kg.mapping.corpus import Article, Corpus, Unchecked, read_corpus
from kg.mapping.passages import Found, Stamp, State
from kg.mapping.spans import Span
from kg.mapping.texts import SourceText, texts

__all__ = [
    "AnchorReport",
    "Anchored",
    "Article",
    "CheckReport",
    "Copy",
    "Corpus",
    "Found",
    "SourceText",
    "Span",
    "Stamp",
    "State",
    "Unchecked",
    "anchor",
    "check",
    "nearest",
    "read_corpus",
    "texts",
]
