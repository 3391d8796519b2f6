"""Exports: a dataset or a graph in every RDF format and as a property graph, the same bytes for the same triples."""

from __future__ import annotations

from kg.export.blanks import named_blanks
from kg.export.prefixes import prefixes
from kg.export.rdf import write_rdf
from kg.export.terms import Dataset

__all__ = ["Dataset", "named_blanks", "prefixes", "write_rdf"]
