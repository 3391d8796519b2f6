"""Exports: a dataset or a graph in every RDF format and as a property graph, the same bytes for the same triples."""

from kg.export.blank_node_names import named_blanks
from kg.export.difference import TripleChange, differences, labels_in
from kg.export.difference_texts import as_update, counted, in_words
from kg.export.format_writers import EXPORT_FORMATS, write, write_documents
from kg.export.graph_documents import DocumentsByName, GraphsByName, to_document
from kg.export.projections import PROJECTIONS, Projection, project, projection_by_name
from kg.export.property_graph import EVERYTHING
from kg.export.property_graph_files import write_property_graph
from kg.export.spreadsheet_cells import SpreadsheetRows, spreadsheet_cell

__all__ = [
    "EVERYTHING",
    "EXPORT_FORMATS",
    "PROJECTIONS",
    "DocumentsByName",
    "GraphsByName",
    "Projection",
    "SpreadsheetRows",
    "TripleChange",
    "as_update",
    "counted",
    "differences",
    "in_words",
    "labels_in",
    "named_blanks",
    "project",
    "projection_by_name",
    "spreadsheet_cell",
    "to_document",
    "write",
    "write_documents",
    "write_property_graph",
]
