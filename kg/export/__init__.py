"""Exports: a dataset or a graph in every RDF format and as a property graph, the same bytes for the same triples."""

from __future__ import annotations

from kg.export.blank_node_names import named_blanks
from kg.export.graph_documents import GraphsByName
from kg.export.write import EXPORT_FORMATS, write, write_documents

__all__ = ["EXPORT_FORMATS", "GraphsByName", "named_blanks", "write", "write_documents"]
