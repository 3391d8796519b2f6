"""Mapping documents: read, checked and turned into RDF, with every fault named by file, line, column and key."""

from __future__ import annotations

from kg.mapping.anchoring import Anchored, AnchorReport, anchor
from kg.mapping.corpus_check import CheckReport, check
from kg.mapping.corpus_reader import Article, Corpus, Unchecked, read_corpus
from kg.mapping.passage_stamps import Found, Stamp, State
from kg.mapping.source_texts import SourceText, texts
from kg.mapping.text_copies import Copy, nearest
from kg.mapping.text_spans import Span

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
