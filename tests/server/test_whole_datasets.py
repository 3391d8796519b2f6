"""POST of whole datasets, and errors of updates to whole graphs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.app.schema import read_schema
from kg.app.write import write_plain, write_validated
from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from tests.server.test_command import serving as command_serving
from tests.support.http_client import Client, Serving
from tests.support.people_store import BASE, NAMES

TRIG = "application/trig"
TWO = '<urn:g> { _:b <urn:p> "1" } <urn:h> { _:b <urn:p> "2" . <urn:s> <urn:q> <urn:o> }'
LINES = '<urn:s> <urn:p> "1" <urn:g> .\n<urn:s> <urn:p> "2" <urn:h> .\n'


@pytest.fixture
def checked(tmp_path: Path, serving: Serving) -> Iterator[Client]:
    """Return a client of a server that infers and validates, and knows of graphs that are not a client's."""
    store = EmbeddedStore.open(tmp_path, NAMES)
    writer = LocalWriter(partial(write_validated, store, NAMES, read_schema()))
    with serving(create_app(UnlimitedStore(store), Settings(base=BASE), writer)) as client:
        yield client


@pytest.fixture
def plain(tmp_path: Path, serving: Serving) -> Iterator[Client]:
    """Return a client of a server over a store of anything."""
    store = EmbeddedStore.open(tmp_path, GraphNames(""), plain=True)
    with serving(
        create_app(UnlimitedStore(store), Settings(base=None), LocalWriter(partial(write_plain, store)))
    ) as client:
        yield client


def held(client: Client, graph: str) -> list[str]:
    reply = client.get(f"/data?graph={quote(graph, safe='')}", "application/n-triples")
    return sorted(reply.text.splitlines()) if reply.status == 200 else []


def current(client: Client) -> str:
    return client.get("/data", TRIG).headers["ETag"]


def test_a_dataset_is_added_graph_by_graph(checked: Client) -> None:
    reply = checked.post("/data", TWO, TRIG)
    assert (reply.status, reply.text) == (200, "2 graphs have changed, in version 000001.\n")
    (first,), (two, other) = held(checked, "urn:g"), held(checked, "urn:h")
    assert (first.partition(" ")[2], two.partition(" ")[0], other) == ('<urn:p> "1" .', "<urn:s>", other)
    shared = "SELECT ?a ?b { GRAPH <urn:g> { ?x <urn:p> ?a } GRAPH <urn:h> { ?x <urn:p> ?b } }"
    assert checked.query(shared, "text/csv").text == "a,b\r\n1,2\r\n"
    assert checked.post("/data", LINES, "application/n-quads").status == 200
    assert len(held(checked, "urn:g")) == 2
    again = checked.post("/data", LINES, "application/n-quads")
    assert again.status in (200, 204)
    assert len(held(checked, "urn:g")) == 2


def test_the_whole_dataset_can_be_posted_back(plain: Client, tmp_path: Path, serving: Serving) -> None:
    assert plain.post("/data", f"{TWO} <urn:d> <urn:p> 1 .", TRIG).status == 200
    lines = plain.get("/data", "application/n-quads").text
    other = EmbeddedStore.open(tmp_path / "other", GraphNames(""), plain=True)
    with serving(
        create_app(UnlimitedStore(other), Settings(base=None), LocalWriter(partial(write_plain, other)))
    ) as second:
        for kind in ("application/n-quads", TRIG, "application/ld+json"):
            assert second.post("/data", plain.get("/data", kind).text, kind).status in (200, 204), kind
        assert len({line for line in lines.splitlines() if "_:" not in line}) == 2
        counts = {name: other.current().counts[name] for name in ("urn:g", "urn:h")}
    assert counts["urn:h"] >= 2
    assert other.current().default == 1


def test_a_document_without_named_graphs_creates_one_graph(checked: Client) -> None:
    made = checked.post("/data", "<urn:s> <urn:p> 1 .", TRIG)
    assert made.status == 201
    assert checked.get(made.headers["Location"].removeprefix(checked.address.rstrip("/")), "text/turtle").status == 200


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"{TWO} <{NAMES.authority}> {{ <urn:s> <urn:p> 1 }}", 403),
        (f"{TWO} <{NAMES.inferred}> {{ <urn:s> <urn:p> 1 }}", 403),
        (f"{TWO} <{GraphNames(BASE).description}> {{ <urn:s> <urn:p> 1 }}", 403),
        (f"{TWO} <urn:s> <urn:p> 1 .", 403),
        (f"{TWO} _:g {{ <urn:s> <urn:p> 1 }}", 400),
        (f"{TWO} <urn:i> {{ <urn:s> <urn:p> }}", 400),
    ],
)
def test_a_dataset_is_added_whole_or_not_at_all(checked: Client, text: str, status: int) -> None:
    before = current(checked)
    assert checked.post("/data", text, TRIG).status == status
    assert (held(checked, "urn:g"), current(checked)) == ([], before)


def test_a_dataset_is_taken_under_a_condition(checked: Client) -> None:
    def sent(**headers: str) -> int:
        return checked.send("POST", "/data", TWO, {"Content-Type": TRIG, **headers}).status

    assert sent(**{"If-Match": "*"}) == 412
    assert sent(**{"If-None-Match": "*"}) == 200
    assert sent(**{"If-None-Match": "*"}) == 412
    assert sent(**{"If-Match": '"000099"'}) == 412
    assert sent(**{"If-Match": '"000001"'}) in (200, 204)


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("DROP GRAPH <urn:none>", 404, "urn:none"),
        ("DROP SILENT GRAPH <urn:none>", 204, ""),
        ("CREATE GRAPH <urn:g>", 409, "urn:g"),
        ("CREATE SILENT GRAPH <urn:g>", 204, ""),
        ("CREATE GRAPH <urn:new>", 204, ""),
        ("DROP GRAPH <urn:g>", 204, ""),
        ("CREATE GRAPH <urn:n> ; CREATE GRAPH <urn:n>", 409, "urn:n"),
        ("DROP GRAPH <urn:g> ; DROP GRAPH <urn:g>", 404, "urn:g"),
        ("DROP GRAPH <urn:g> ; CREATE GRAPH <urn:g>", 204, ""),
        ("MOVE <urn:none> TO <urn:m>", 404, "urn:none"),
        ("MOVE SILENT <urn:none> TO <urn:m>", 204, ""),
        ("COPY <urn:none> TO <urn:g>", 404, "urn:none"),
        ("COPY <urn:none> TO DEFAULT", 404, "urn:none"),
        ("COPY SILENT <urn:none> TO <urn:m>", 204, ""),
        ("ADD <urn:none> TO <urn:g>", 404, "urn:none"),
        ("ADD SILENT <urn:none> TO <urn:g>", 204, ""),
        ("CREATE GRAPH <urn:n> ; COPY <urn:n> TO <urn:m>", 204, ""),
        ("CLEAR GRAPH <urn:none>", 204, ""),
        ("DROP GRAPH urn:none", 400, ""),
        ("CREATE GRAPH", 400, ""),
        ("LOAD", 400, "IRI"),
        ("LOAD urn:x", 400, ""),
        ("LOAD <http://127.0.0.1:1/x> INTO <urn:g>", 400, "INTO GRAPH"),
        ("LOAD <http://127.0.0.1:1/x> INTO GRAPH", 400, "IRI"),
        ("LOAD <http://127.0.0.1:1/x> INTO GRAPH <urn:g> <urn:h>", 400, "expected"),
        ("LOAD SILENT", 400, "IRI"),
        ("INSERT DATA { <urn:s> <urn:p> 1 ; LOAD <http://127.0.0.1:1/x>", 400, ""),
        ("INSERT DATA { <urn:s> <urn:p> 1 } LOAD <http://127.0.0.1:1/x>", 400, ""),
        ("LOAD <http://127.0.0.1:1/x>", 403, "allow-host"),
        ("INSERT DATA { <urn:s> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> }", 400, "RDF 1.1"),
        ("INSERT DATA { << <urn:a> <urn:b> <urn:c> >> <urn:p> 1 }", 400, "RDF 1.1"),
    ],
)
@pytest.mark.parametrize("store", ["plain", "checked"])
def test_an_update_error_names_its_reason(
    request: pytest.FixtureRequest, store: str, text: str, status: int, words: str
) -> None:
    client: Client = request.getfixturevalue(store)
    assert client.post("/data", "<urn:g> { <urn:s> <urn:p> 1 }", TRIG).status == 200
    before = current(client)
    reply = client.post("/update", text, "application/sparql-update")
    assert (reply.status, text) == (status, text), reply.text
    assert words in reply.text
    if status != 204:
        assert current(client) == before


def test_a_writer_process_gives_the_same_results(tmp_path: Path) -> None:
    with command_serving("--plain", "--writable", "--store", str(tmp_path / "store")) as client:
        reply = client.post("/data", TWO, TRIG)
        assert (reply.status, reply.text) == (200, "2 graphs have changed, in version 000001.\n")
        assert len(held(client, "urn:h")) == 2
        for text, status in (("DROP GRAPH <urn:none>", 404), ("CREATE GRAPH <urn:g>", 409), ("CREATE GRAPH", 400)):
            assert client.post("/sparql", text, "application/sparql-update").status == status
