"""`kg serve --store URL`: the pages and answers of our own store, read from engines of others."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import communique
from kg.namespaces import ONTOLOGY
from tests.durability.harness import Server
from tests.support.engine_servers import EngineServer
from tests.support.http_client import Client

LISTS = (
    "/",
    "/articles",
    "/statements",
    "/people",
    "/people?kind=organization",
    "/events",
    "/timeline",
    "/network",
    "/network/graph?most=300",
    "/disagreements",
    "/search?q=kayani",
    "/examples",
    "/shapes",
    "/ontology",
    "/dataset",
    "/statements?format=csv",
    "/people?format=csv",
    "/events?format=csv",
)
THINGS = "SELECT ?kind (MIN(STR(?one)) AS ?thing) WHERE { ?one a ?kind } GROUP BY ?kind"
TOPICS = "SELECT ?topic { ?said cq:about ?topic FILTER(CONTAINS(STR(?topic), '/topic/')) } ORDER BY ?topic LIMIT 1"
KINDS = (
    *("Article", "Person", "Organization", "Place", "Post", "Holding", "Passage"),
    *("Event", "Meeting", "Scenario", "Statement", "ForetoldStatement", "Proposition"),
)
ANSWERS = ("01-talks-by-side", "30-contradictions", "78-order-of-the-text")
UNHURRIED = ("--timeout", "500", "--cpu", "500")
PROBE = "SELECT ?name { ?person a <https://schema.org/Person> ; <https://schema.org/name> ?name } ORDER BY ?name"


@pytest.fixture(scope="session")
def served(engine: EngineServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an engine of others, whose queries may take as long as they take on a busy machine."""
    server = Server(tmp_path_factory.mktemp("served") / "engine", "--store", engine.query, *UNHURRIED)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def own(shipped: Path) -> Iterator[Server]:
    """Serve our own store."""
    server = Server(shipped, *UNHURRIED)
    yield server
    assert server.stop() == 0


def page(server: Server, path: str) -> str:
    """Return a page without what differs between stores: the version's name, time and note, and the port."""
    reply = Client("127.0.0.1", server.port).get(path, "text/html")
    assert reply.status == 200, (path, reply.text.partition("<main")[2][:1000])
    version = json.loads(server.send("GET", "/ready")[1])["version"]
    text = reply.text.replace(version, "VERSION").replace(f"127.0.0.1:{server.port}", "HOST")
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)
    text = re.sub(r"(made |<td>)\d{1,2} \w+ \d{4}, \d\d:\d\d UTC", r"\1TIME", text)
    # An engine does not say when its version was made.
    text = text.replace(", made TIME", "").replace("<td>TIME</td>", "<td></td>")
    return text.replace("on another engine", "NOTE").replace("build of 5 graphs", "NOTE")


def lines(server: Server, path: str) -> list[str]:
    """Return a page's lines; rows of CSV come in no order of their own."""
    shown = page(server, path).replace("><", ">\n<").splitlines()
    return sorted(shown) if "format=csv" in path else shown


def test_pages_are_equal(served: Server, own: Server) -> None:
    for path in LISTS:
        assert lines(served, path) == lines(own, path), path


def test_pages_of_things_are_equal(served: Server, own: Server, shipped: Path) -> None:
    graph = communique.open(shipped)
    first = {row["kind"].removeprefix(ONTOLOGY): row["thing"] for row in graph.rows(THINGS)}
    relayed = max(
        (statement for statement in graph.statements() if statement.chain[1:]), key=lambda statement: statement.iri
    ).iri
    topic = graph.rows(TOPICS)[0]["topic"]
    for thing in sorted({*(first[kind] for kind in KINDS), relayed, topic}):
        path = f"/about?iri={quote(thing, safe='')}"
        assert lines(served, path) == lines(own, path), thing
    cited = f"/cite?iri={quote(relayed, safe='')}"
    assert lines(served, cited) == lines(own, cited)
    for name in ANSWERS:
        # The order of what a query orders by alone is its own: words may sort alike.
        theirs, ours = (sorted(lines(server, f"/examples/{name}")) for server in (served, own))
        assert theirs == ours, name


def test_queries_are_answered_in_every_format(served: Server, own: Server) -> None:
    for name in ("csv", "tsv", "json", "xml"):
        path = f"/sparql?query={quote(PROBE)}&format={name}"
        assert served.send("GET", path) == own.send("GET", path)
    described = f"/sparql?query={quote('CONSTRUCT WHERE { ?s a <https://schema.org/Person> }')}&format=ntriples"
    theirs, ours = (sorted(server.send("GET", described)[1].splitlines()) for server in (served, own))
    assert theirs == ours != []
    theirs, ours = (sorted(server.send("GET", "/dump.nq")[1].splitlines()) for server in (served, own))
    assert theirs == ours != []


def test_health_names_the_engine(served: Server, engine: EngineServer) -> None:
    name = "Virtuoso" if engine.options else "Oxigraph"
    assert json.loads(served.send("GET", "/health")[1]) == {"status": "alive", "engine": name}
    ready = json.loads(served.send("GET", "/ready")[1])
    assert (ready["ready"], ready["engine"]) == (True, name)
    metric = re.search(r"^communique_version (.*)$", served.send("GET", "/metrics")[1], re.MULTILINE)
    assert metric is not None
    assert float(metric[1]) == float(ready["version"])


def test_what_is_refused_and_what_is_not_written(served: Server, own: Server) -> None:
    for text in ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SELECT * {", "SELECT * { ?s sh:x ?o }"):
        path = f"/sparql?query={quote(text)}"
        assert served.send("GET", path) == own.send("GET", path), text
    written = served.send("PUT", "/data?graph=urn:x", "<urn:a> <urn:b> <urn:c> .", "text/turtle")
    assert written == (403, "This server is read-only: its store takes no writes.\n")
    status, text = served.send("POST", "/update", "CLEAR ALL", "application/sparql-update")
    assert (status, text) == (403, "This server is read-only: its store takes no writes.\n")


def test_limits_of_rows_bytes_and_time_hold(engine: EngineServer, tmp_path: Path) -> None:
    server = Server(tmp_path / "engine", "--store", engine.query, "--rows", "10", "--size", "1", *UNHURRIED)
    try:
        everything, triples = quote("SELECT * { ?s ?p ?o }"), quote("CONSTRUCT WHERE { ?s ?p ?o }")
        status, text = server.send("GET", f"/sparql?query={everything}&format=csv")
        assert (status, text) == (422, "The answer has more rows than the limit of 10.\n")
        with pytest.raises(http.client.IncompleteRead):
            server.send("GET", f"/sparql?query={triples}&format=ntriples")
        endless = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        status, text = server.send("GET", f"/sparql?query={endless}&timeout=0.3")
        assert (status, text.endswith("did not answer in the time that a query has.\n")) == (504, True)
    finally:
        server.stop()
