"""Mapping documents: read, checked and turned into RDF, with every fault named by file, line, column and key."""

from __future__ import annotations

from kg.reading.anchor import Anchored, AnchorReport, anchor
from kg.reading.check import CheckReport, check
from kg.reading.copies import Copy, nearest
from kg.reading.corpus import Article, Corpus, Unchecked, read_corpus
from kg.reading.passages import Found, Stamp, State
from kg.reading.spans import Span
from kg.reading.texts import SourceText, texts

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
