"""The only table of engines: their addresses, login methods, and the peculiarities of their answers."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import XSD


@dataclass(frozen=True)
class Engine:
    """A row of the table. Addresses are relative to the server's; `is_tested` says for which they have been tried."""

    name: str
    query: str
    """The address for queries (SPARQL 1.1 Protocol)."""
    graphs: str
    """The address to which `kg push` sends graphs (SPARQL 1.1 Graph Store Protocol); empty if there is none."""
    logins: tuple[str, ...] = ("basic", "bearer")
    server: str = ""
    """The beginning of its Server field, in lower case; empty if that does not identify it."""
    spellings: tuple[tuple[bytes, bytes], ...] = ()
    """Non-standard spellings in its JSON, each with the standard one; quotation marks keep them from matching texts."""
    row_limit: str = ""
    """The header field of its answers with the maximum of rows that it sends, beyond which an answer is cut off."""
    cut_short: str = ""
    """The header field that is present if it gave up midway although the status is 200."""
    timeout: tuple[str, int] | None = None
    """The parameter for its time limit, and the number of the parameter's units in a second."""
    counts_truth_values: bool = False
    """Whether it turns booleans that a query computes into numbers: see `kg.engines.boolean_casts`."""
    needs_total_order: bool = False
    """Whether ORDER BY over values without an order may end its process (oxigraph/oxigraph#1542)."""
    is_tested: bool = False
    """Whether tests run against it."""
    differs: str = ""
    """Notes for users."""


ANY = Engine("any", "/sparql", "", differs="SPARQL 1.1 as in the recommendations")
"""The assumptions about a server that is not in the table."""
ENGINES = (
    Engine(
        "Virtuoso",
        "/sparql, /sparql-auth",
        "/sparql-graph-crud-auth",
        ("digest",),
        server="virtuoso",
        spellings=tuple(
            (f'"{XSD.boolean}", "value": "{digit}"'.encode(), f'"{XSD.boolean}", "value": "{word}"'.encode())
            for digit, word in (("0", "false"), ("1", "true"))
        ),
        row_limit="X-SPARQL-MaxRows",
        cut_short="X-SQL-State",
        timeout=("timeout", 1000),
        counts_truth_values=True,
        is_tested=True,
        differs="`true` in `VALUES`, `sameTerm` or a triple pattern may mean 1; version 7 has no `BNODE()`",
    ),
    Engine(
        "Oxigraph",
        "/query",
        "/store",
        (),
        server="oxigraph",
        needs_total_order=True,
        is_tested=True,
        differs="no login of its own",
    ),
    Engine("Fuseki", "/DATASET/query", "/DATASET/data", ("basic", "digest", "bearer"), server="apache jena fuseki"),
    Engine(
        "GraphDB",
        "/repositories/NAME",
        "/repositories/NAME/rdf-graphs/service",
        differs="without a dataset, its default graph is the union of all graphs",
    ),
    Engine("RDF4J", "/repositories/NAME", "/repositories/NAME/rdf-graphs/service", differs="as GraphDB"),
    Engine("Stardog", "/NAME/query", "/NAME", differs="blank nodes get new labels in each answer"),
    Engine(
        "Neptune", "/sparql", "/sparql/gsp/", (), differs="as GraphDB; a login by IAM needs a proxy that signs requests"
    ),
    Engine("QLever", "/", "/", ("bearer",), differs="the Graph Store Protocol in newer versions only"),
)


def engine_of(server: str) -> Engine:
    """Return the row of a server by its Server field (RFC 9110, section 10.2.4), or `ANY` if there is none."""
    known = (engine for engine in ENGINES if engine.server and server.lower().startswith(engine.server))
    return next(known, ANY)
