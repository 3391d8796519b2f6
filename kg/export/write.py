"""The one way out: a dataset in a format of the table."""

from __future__ import annotations

from collections.abc import Iterator

from kg.export.graph_files import WRITERS as PROPERTY_GRAPHS
from kg.export.graph_files import write_property_graph
from kg.export.ntriples_terms import Dataset
from kg.export.rdf import WRITERS as RDF
from kg.export.rdf import write_rdf
from kg.formats import Format, Holds

EXPORT_FORMATS = (*RDF, *PROPERTY_GRAPHS)


def write(dataset: Dataset, wanted: Format, base: str) -> Iterator[bytes]:
    """Yield a dataset in a format, with a corpus's prefixes; graphs are united where the format holds one only.

    RequestError for a format that no graph is written in, DataError for what the format cannot express.
    """
    if wanted.holds is Holds.PROPERTY_GRAPH:
        return write_property_graph(dataset, wanted, base)
    return write_rdf(dataset, wanted, base)
