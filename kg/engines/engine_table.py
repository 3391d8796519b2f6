"""The one table of engines: where each is asked, how one logs in, and what its answers differ in."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import XSD


@dataclass(frozen=True)
class Engine:
    """A row of the table. Addresses are those after the server's own; `is_tested` says of which they were tried."""

    name: str
    query: str
    """Where it is asked (SPARQL 1.1 Protocol)."""
    graphs: str
    """Where `kg push` puts graphs (SPARQL 1.1 Graph Store Protocol); empty where there is no such place."""
    logins: tuple[str, ...] = ("basic", "bearer")
    server: str = ""
    """How its Server field begins, in small letters; empty where it cannot be told by that."""
    spellings: tuple[tuple[bytes, bytes], ...] = ()
    """What its JSON spells in a way of its own, and how the recommendations do; quotes make it no part of a text."""
    row_limit: str = ""
    """The field of its answers that names the most rows that it sends, after which an answer may be cut off."""
    cut_short: str = ""
    """The field of its answers that is there if it has given up in the middle, though their status is 200."""
    timeout: tuple[str, int] | None = None
    """The parameter that tells it how long it may take, and its units in a second."""
    counts_truth_values: bool = False
    """Whether it makes numbers of the truth values that a query computes: see `kg.engines.truth_values`."""
    needs_total_order: bool = False
    """Whether ORDER BY over values that have no order may end its process (oxigraph/oxigraph#1542)."""
    is_tested: bool = False
    """Whether tests run against it."""
    differs: str = ""
    """What a reader should know of it."""


ANY = Engine("any", "/sparql", "", differs="SPARQL 1.1 as the recommendations have it")
"""What is assumed of a server that is none of the table."""
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
    """Return the row of a server by its Server field (RFC 9110, section 10.2.4); `ANY` if it is in none."""
    known = (engine for engine in ENGINES if engine.server and server.lower().startswith(engine.server))
    return next(known, ANY)
