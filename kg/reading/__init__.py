"""Mapping documents: read, checked and turned into RDF, with every fault named by file, line, column and key."""

from __future__ import annotations

from kg.reading.anchor import Anchored, AnchorReport, anchor

__all__ = ["AnchorReport", "Anchored", "anchor"]
