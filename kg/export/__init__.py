"""Exports: a dataset or a graph in every RDF format and as a property graph, the same bytes for the same triples."""

from __future__ import annotations

from kg.export.blanks import named_blanks
from kg.export.ntriples import read_ntriples
from kg.export.ntriples_terms import Dataset
from kg.export.prefixes import prefixes
from kg.export.write import EXPORT_FORMATS, write

__all__ = ["EXPORT_FORMATS", "Dataset", "named_blanks", "prefixes", "read_ntriples", "write"]
