"""Writes graphs, from a store or from rdflib, in any format of the table."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import RequestError
from kg.export.graph_documents import DocumentsByName, GraphsByName, from_document, to_document
from kg.export.jsonld import write_jsonld
from kg.export.property_graph import property_graph
from kg.export.property_graph_files import write_property_graph
from kg.export.rdf import SORTED_FORMATS, write_sorted
from kg.formats import GRAPH_FORMATS, JSONLD, PROPERTY_GRAPH_FORMATS, Format, Holds

EXPORT_FORMATS = (*GRAPH_FORMATS, *PROPERTY_GRAPH_FORMATS)


def write(dataset: GraphsByName, format_: Format, base: str) -> Iterator[bytes]:
    """Yield a dataset in a format, with a corpus's prefixes; graphs are merged if the format only holds one.

    Raises RequestError if the format holds no graph, DataError if it cannot express a triple.
    """
    if format_ in SORTED_FORMATS:
        return write_sorted({name: to_document(graph) for name, graph in dataset.items()}, format_, base)
    if format_ is JSONLD:
        return write_jsonld(dataset, base)
    if format_.holds is Holds.PROPERTY_GRAPH:
        return write_property_graph(property_graph(dataset, base), format_)
    raise RequestError(
        f"{format_.label} holds no graph: expected one of {', '.join(known.name for known in EXPORT_FORMATS)}."
    )


def write_documents(documents: DocumentsByName, format_: Format, base: str) -> Iterator[bytes]:
    """Yield graphs given in N-Triples, like `write`; only for JSON-LD and property graphs, memory grows with them."""
    if format_ in SORTED_FORMATS:
        return write_sorted(documents, format_, base)
    # Only for formats that need whole graphs at once, since rdflib's graphs are in memory.
    return write({name: from_document(document) for name, document in documents.items()}, format_, base)
