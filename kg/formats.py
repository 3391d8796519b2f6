"""The only table of formats: the name, media types, file extension and content of each.

No other module spells out a media type or an extension of data; what serves none (errors, health, styles) has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kg.errors import RequestError


class Holds(Enum):
    """What a document of a format can hold."""

    TRIPLES = "one graph"
    QUADS = "named graphs"
    RESULTS = "query results"
    PROPERTY_GRAPH = "a property graph"
    REQUEST = "what a client sends"
    PAGE = "something to read"


@dataclass(frozen=True, eq=False)
class Format:
    """A row of the table, compared by identity; the first media type is the one that responses have."""

    name: str
    label: str
    media_types: tuple[str, ...]
    extension: str
    holds: Holds
    charset: bool = True
    """Whether `charset=utf-8` is added to the media type in a response."""
    w3c: str = ""
    """The last part of the W3C's IRI of the format, under http://www.w3.org/ns/formats/."""

    @property
    def media_type(self) -> str:
        """Return the registered media type."""
        return self.media_types[0]

    def __reduce__(self) -> str:
        """Have a copy or a pickle be the table's own row, since rows are compared by identity."""
        return next(constant for constant, row in globals().items() if row is self)


TURTLE = Format("turtle", "Turtle", ("text/turtle", "application/x-turtle"), "ttl", Holds.TRIPLES, w3c="Turtle")
# N-Triples were sent as text/plain before RDF 1.1 registered a media type for them.
NTRIPLES = Format(
    "ntriples", "N-Triples", ("application/n-triples", "text/plain"), "nt", Holds.TRIPLES, w3c="N-Triples"
)
RDFXML = Format("rdfxml", "RDF/XML", ("application/rdf+xml",), "rdf", Holds.TRIPLES, w3c="RDF_XML")
JSONLD = Format("jsonld", "JSON-LD", ("application/ld+json",), "jsonld", Holds.QUADS, w3c="JSON-LD")
TRIG = Format("trig", "TriG", ("application/trig", "application/x-trig"), "trig", Holds.QUADS, w3c="TriG")
NQUADS = Format("nquads", "N-Quads", ("application/n-quads", "text/x-nquads"), "nq", Holds.QUADS, w3c="N-Quads")
JSON = Format(
    "json",
    "SPARQL JSON",
    ("application/sparql-results+json", "application/json"),
    "srj",
    Holds.RESULTS,
    w3c="SPARQL_Results_JSON",
)
XML = Format(
    "xml",
    "SPARQL XML",
    ("application/sparql-results+xml", "application/xml", "text/xml"),
    "srx",
    Holds.RESULTS,
    w3c="SPARQL_Results_XML",
)
CSV = Format("csv", "CSV", ("text/csv",), "csv", Holds.RESULTS, w3c="SPARQL_Results_CSV")
TSV = Format("tsv", "TSV", ("text/tab-separated-values",), "tsv", Holds.RESULTS, w3c="SPARQL_Results_TSV")

GRAPHML = Format("graphml", "GraphML", ("application/graphml+xml",), "graphml", Holds.PROPERTY_GRAPH)
GEXF = Format("gexf", "GEXF", ("application/gexf+xml",), "gexf", Holds.PROPERTY_GRAPH)
NODES = Format("nodes", "CSV of the nodes", ("text/csv",), "nodes.csv", Holds.PROPERTY_GRAPH)
EDGES = Format("edges", "CSV of the edges", ("text/csv",), "edges.csv", Holds.PROPERTY_GRAPH)
NEO4J_NODES = Format("neo4j-nodes", "nodes for neo4j-admin", ("text/csv",), "neo4j-nodes.csv", Holds.PROPERTY_GRAPH)
NEO4J_EDGES = Format("neo4j-edges", "edges for neo4j-admin", ("text/csv",), "neo4j-edges.csv", Holds.PROPERTY_GRAPH)
CYPHER = Format("cypher", "Cypher", ("application/x-cypher-query",), "cypher", Holds.PROPERTY_GRAPH)
_PARQUET = ("application/vnd.apache.parquet",)
PARQUET_NODES = Format(
    "parquet-nodes", "Parquet of the nodes", _PARQUET, "nodes.parquet", Holds.PROPERTY_GRAPH, charset=False
)
PARQUET_EDGES = Format(
    "parquet-edges", "Parquet of the edges", _PARQUET, "edges.parquet", Holds.PROPERTY_GRAPH, charset=False
)

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX = Format("xlsx", "XLSX", (_SHEET,), "xlsx", Holds.PAGE, charset=False)
HTML = Format("html", "HTML", ("text/html", "application/xhtml+xml"), "html", Holds.PAGE)
SCHEMA_ORG = Format(
    "schema.org", "JSON-LD of schema.org", ("application/ld+json",), "schema.jsonld", Holds.PAGE, charset=False
)
FRAMED = Format("framed", "framed JSON-LD", ("application/ld+json",), "framed.jsonld", Holds.PAGE, charset=False)
NANOPUBLICATION = Format("nanopub", "nanopublications", ("application/trig",), "nanopub.trig", Holds.PAGE)
TEXT = Format("text", "plain text", ("text/plain",), "txt", Holds.PAGE)
MARKDOWN = Format("markdown", "Markdown", ("text/markdown",), "md", Holds.PAGE)
BIBTEX = Format("bibtex", "BibTeX", ("application/x-bibtex",), "bib", Holds.PAGE)
CSL = Format("csl", "CSL-JSON", ("application/vnd.citationstyles.csl+json",), "json", Holds.PAGE, charset=False)
SVG = Format("svg", "SVG", ("image/svg+xml",), "svg", Holds.PAGE, charset=False)
PNG = Format("png", "PNG", ("image/png",), "png", Holds.PAGE, charset=False)
PROBLEM = Format("problem", "problem details", ("application/problem+json", "application/json"), "json", Holds.PAGE)
# JSON has no parameter for its charset (RFC 8259, section 11).
SCRIPTED = Format("scripted", "JSON for scripts", ("application/json",), "json", Holds.PAGE, charset=False)

QUERY = Format("query", "a SPARQL query", ("application/sparql-query",), "rq", Holds.REQUEST)
UPDATE = Format("update", "a SPARQL update", ("application/sparql-update",), "ru", Holds.REQUEST)
FORM = Format("form", "a form", ("application/x-www-form-urlencoded",), "", Holds.REQUEST)
MULTIPART = Format("multipart", "a form with files", ("multipart/form-data",), "", Holds.REQUEST)

FORMATS = (TURTLE, NTRIPLES, RDFXML, JSONLD, TRIG, NQUADS, JSON, XML, CSV, TSV)
GRAPH_FORMATS = tuple(format_ for format_ in FORMATS if format_.holds in (Holds.TRIPLES, Holds.QUADS))
THING_FORMATS = (SCHEMA_ORG, FRAMED, NANOPUBLICATION)
"""Formats that single things are exported in; requested by name, since whole graphs have the same media types."""
CITATION_FORMATS = (TEXT, MARKDOWN, BIBTEX, CSL)
CARD_FORMATS = (SVG, PNG)
COLLECTION_FORMATS = (HTML, CSV, MARKDOWN, *GRAPH_FORMATS)
DATASET_FORMATS = tuple(format_ for format_ in GRAPH_FORMATS if format_.holds is Holds.QUADS)
PROPERTY_GRAPH_FORMATS = (GRAPHML, GEXF, NODES, EDGES, NEO4J_NODES, NEO4J_EDGES, CYPHER, PARQUET_NODES, PARQUET_EDGES)
# `.json` means JSON-LD here: the table's own JSON is for query results, which no RDF file holds.
FILE_EXTENSIONS = {format_.extension: format_ for format_ in GRAPH_FORMATS} | {
    "owl": RDFXML,
    "xml": RDFXML,
    "json": JSONLD,
}
"""The RDF formats by the extensions that their files commonly have."""
RESULT_FORMATS = tuple(format_ for format_ in FORMATS if format_.holds is Holds.RESULTS)


def by_name(name: str, offered: tuple[Format, ...] = FORMATS) -> Format:
    """Return the offered format with a name, extension or media type. Raises RequestError if there is none."""
    lower = name.lower()
    for format_ in offered:
        if lower in (format_.name, format_.extension, *format_.media_types):
            return format_
    names = ", ".join(format_.name for format_ in offered)
    raise RequestError(f"{name!r} is not a format offered here: expected one of {names}.")
