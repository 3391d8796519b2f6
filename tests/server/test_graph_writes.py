"""Writing graphs (SPARQL 1.1 Graph Store HTTP Protocol), on a plain store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

import pytest
from rdflib import Graph
from rdflib.compare import to_isomorphic

from kg.app.write import write_plain
from kg.datasets import GraphNames
from kg.formats import GRAPH_FORMATS, Format
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from tests.support.http_client import Client, run_server

NAMED = "/data?" + urlencode({"graph": "http://a.example/g"})
TURTLE = "<http://a.example/s> <http://a.example/p> {} ."
WAYS = [NAMED, "/data/person/1", "/data?default"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return a client of a writable server over a plain store."""
    store = EmbeddedStore.open(tmp_path_factory.mktemp("store"), GraphNames(""), plain=True)
    with run_server(
        create_app(UnlimitedStore(store), Settings(base=None), LocalWriter(partial(write_plain, store)))
    ) as client:
        yield client


@pytest.fixture
def plain(server: Client) -> Client:
    """Return a client of a writable server whose store is empty."""
    assert server.post("/update", "DROP ALL", "application/sparql-update").status == 204
    return server


def put(client: Client, path: str, value: int, **headers: str) -> int:
    return client.send("PUT", path, TURTLE.format(value), {"Content-Type": "text/turtle", **headers}).status


def lines(client: Client, path: str) -> set[str]:
    reply = client.get(path, "application/n-triples")
    assert reply.status == 200, reply.text
    return set(reply.text.splitlines())


@pytest.mark.requirement("graph store", "5.3", "SHOULD", "PUT replaces the graph's content")
@pytest.mark.requirement("graph store", "5.1", "SHOULD", "201 if the graph is created, 200 or 204 if it existed")
@pytest.mark.parametrize("path", WAYS)
def test_put_makes_a_graph_and_replaces_it(plain: Client, path: str) -> None:
    first, second = put(plain, path, 1), put(plain, path, 2)
    assert (first, second) == (201, 204)
    assert len(lines(plain, path)) == 1
    assert '"2"' in lines(plain, path).pop()


@pytest.mark.requirement("graph store", "5.5", "SHOULD", "POST adds to the graph's content")
@pytest.mark.parametrize("path", WAYS)
def test_post_adds_to_a_graph(plain: Client, path: str) -> None:
    first = plain.post(path, TURTLE.format(1), "text/turtle")
    second = plain.post(path, TURTLE.format(2), "text/turtle")
    assert (first.status, second.status) == (201, 200)
    assert "holds 2 triples" in second.text
    assert len(lines(plain, path)) == 2


@pytest.mark.parametrize("path", WAYS)
def test_post_of_known_triples_is_a_204(plain: Client, path: str) -> None:
    put(plain, path, 1)
    for body in ("", TURTLE.format(1)):
        reply = plain.post(path, body, "text/turtle")
        assert (reply.status, reply.body, "Content-Type" in reply.headers) == (204, b"", False)


@pytest.mark.requirement("graph store", "5.5", "SHOULD", "POST of an empty body is a 204")
@pytest.mark.parametrize("path", ["/data", NAMED, "/data/person/1"])
def test_post_of_nothing_makes_nothing(plain: Client, path: str) -> None:
    reply = plain.post(path, "", "text/turtle")
    assert (reply.status, reply.body) == (204, b"")
    assert plain.query("ASK { GRAPH ?g {} }").json["boolean"] is False


@pytest.mark.requirement("graph store", "5", "SHOULD", "a payload without a media type is read as RDF/XML")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_body_without_a_media_type_is_read_as_rdf_xml(plain: Client, method: str) -> None:
    text = (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://a.example/">'
        '<r:Description r:about="http://a.example/s"><e:p>1</e:p></r:Description></r:RDF>'
    )
    assert plain.send(method, NAMED, text).status == 201
    assert lines(plain, NAMED) == {'<http://a.example/s> <http://a.example/p> "1" .'}


def test_put_of_nothing_into_an_empty_default_graph_is_a_204(plain: Client) -> None:
    assert plain.send("PUT", "/data?default", "", {"Content-Type": "text/turtle"}).status == 204


@pytest.mark.requirement("graph store", "5.5", "MUST", "POST to the store creates a graph and names it in Location")
def test_post_to_the_store_creates_a_graph_with_a_location(plain: Client) -> None:
    reply = plain.post("/data", TURTLE.format(1), "text/turtle")
    assert reply.status == 201
    location = reply.headers["Location"]
    assert location.startswith(plain.address)
    assert len(lines(plain, "/" + location.removeprefix(plain.address))) == 1
    assert len(lines(plain, f"/data?graph={location}")) == 1


@pytest.mark.requirement("graph store", "5.4", "SHOULD", "DELETE removes the graph; 404 if it does not exist")
def test_delete_removes_a_graph(plain: Client) -> None:
    put(plain, NAMED, 1)
    reply = plain.send("DELETE", NAMED)
    assert (reply.status, "http://a.example/g" in reply.text) == (200, True)
    assert plain.get(NAMED).status == 404
    assert plain.send("DELETE", NAMED).status == 404


def test_delete_empties_the_default_graph(plain: Client) -> None:
    put(plain, "/data?default", 1)
    assert plain.send("DELETE", "/data?default").status == 200
    assert lines(plain, "/data?default") == set()


@pytest.mark.requirement("graph store", "5.3", "SHOULD", "PUT without triples creates an empty graph")
def test_an_empty_graph_is_a_graph(plain: Client) -> None:
    assert plain.send("PUT", NAMED, "", {"Content-Type": "text/turtle"}).status == 201
    assert lines(plain, NAMED) == set()


@pytest.mark.requirement("graph store", "5.7", "MAY", "PATCH runs an update on the graph")
@pytest.mark.parametrize("path", WAYS)
@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <http://a.example/s> <http://a.example/p> 2 }",
        "\ufeff" + r"INS\u0045RT DATA \u007B <http://a.example/s> <http://a.example/p> 2 }",
        "PREFIX : <http://a.example/> INSERT { ?s :p 2 } WHERE { ?s :p 1 } ;",
        "PREFIX : <http://a.example/> DELETE DATA { :s :p 1 }; INSERT DATA { :s :p 1 }; INSERT DATA { :s :p 2 }",
        "PREFIX : <http://a.example/> DELETE { ?s ?p ?o } INSERT { ?s ?p 1, 2 } WHERE { ?s ?p ?o }",
        "DELETE WHERE { ?s ?p ?o }; INSERT DATA { <http://a.example/s> <http://a.example/p> 1, 2 }",
        r"PREFIX : <http://a.example/> \u0049NSERT DATA { :s\u0074 :p 2 }",
    ],
)
def test_a_patch_changes_one_graph(plain: Client, path: str, text: str) -> None:
    for name in WAYS:
        put(plain, name, 1)
    reply = plain.send("PATCH", path, text, {"Content-Type": "application/sparql-update"})
    assert reply.status == 204, reply.text
    assert {name: len(lines(plain, name)) for name in WAYS} == {name: 2 if name == path else 1 for name in WAYS}


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { GRAPH <http://a.example/h> { <http://a.example/s> <http://a.example/p> 2 } }",
        "WITH <http://a.example/h> INSERT { ?s ?p 3 } WHERE { ?s ?p ?o }",
        "INSERT { ?s ?p 3 } USING <http://a.example/h> WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "INSERT DATA { <http://a.example/s> <http://a.example/p> 2 }; DROP NAMED",
    ],
)
@pytest.mark.parametrize("path", WAYS)
def test_a_patch_that_reaches_beyond_its_graph_is_refused(plain: Client, path: str, text: str) -> None:
    put(plain, path, 1)
    put(plain, "/data?graph=http://a.example/h", 1)
    reply = plain.send("PATCH", path, text, {"Content-Type": "application/sparql-update"})
    expected = {422, 204} if "default" in path and "USING" in text else {422}
    assert reply.status in expected, reply.text
    assert len(lines(plain, "/data?graph=http://a.example/h")) == 1


def test_a_patch_of_no_graph_is_not_found(plain: Client) -> None:
    assert plain.send("PATCH", NAMED, "CLEAR DEFAULT", {"Content-Type": "application/sparql-update"}).status == 422
    assert (
        plain.send("PATCH", NAMED, "DELETE WHERE { ?s ?p ?o }", {"Content-Type": "application/sparql-update"}).status
        == 404
    )


MANY_KINDS = r"""
@prefix : <http://a.example/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:s :p _:b , [ :p _:b ] , "plain" , "tab\t, line\n, return\r, quote\", \\, <&> ]]>" ;
    :p "" , "élan"@fr , "x"@en-gb , 5 , 5.5 , 5e3 , true ;
    :日本 "2034-03-14T11:00:00+05:00"^^xsd:dateTime , "12034-03-14T11:00:00"^^xsd:dateTime , "-0044-03-15"^^xsd:date ;
    <http://a.example/q?a=b&c=d#e> <urn:x:y> , <http://b.example/a%20b> , :é , <mailto:a@b.example> .
_:b a :T ; :p ( 1 "two" _:b ) , "<a xmlns=\"urn:a\"/>"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral> .
"""


@pytest.mark.parametrize("path", ["/data?default", "/data?graph=http://a.example/from", "/data/person/2"])
@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_every_served_format_is_accepted(plain: Client, format_: Format, path: str) -> None:
    assert plain.send("PUT", path, MANY_KINDS, {"Content-Type": "text/turtle"}).status == 201
    body = plain.get(path, format_.media_type).body
    reply = plain.send("PUT", NAMED, body, {"Content-Type": format_.media_type})
    assert reply.status == 201, reply.text
    sent, original, back = (
        to_isomorphic(Graph().parse(data=text, format=kind))
        for text, kind in (
            (MANY_KINDS, "turtle"),
            *((plain.get(address, "application/n-triples").text, "nt") for address in (path, NAMED)),
        )
    )
    assert back == original
    assert len(back) == len(sent) == 28


@pytest.mark.requirement("graph store", "5.5", "SHOULD", "POST takes several documents in a form")
def test_a_form_of_files_is_added_together(plain: Client) -> None:
    parts = [
        ("one", "text/turtle; charset=utf-8", TURTLE.format(1)),
        ("two.nt", "application/octet-stream", TURTLE.format('"x"')),
        ("three.ttl", "text/plain", f"@prefix a: <a:> . {TURTLE.format(3)}"),
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="{}"\r\nContent-Type: {}\r\n\r\n'
    body = "".join(f"--cut\r\n{head.format(name, kind)}{text}\r\n" for name, kind, text in parts)
    reply = plain.post(NAMED, f"{body}--cut--\r\n", 'multipart/form-data; boundary="cut"')
    assert reply.status == 201, reply.text
    assert len(lines(plain, NAMED)) == 3


@pytest.mark.requirement("graph store", "4.1", "SHOULD", "the base of a payload is the IRI of the graph")
def test_relative_iris_are_resolved_against_the_graph(plain: Client) -> None:
    plain.send("PUT", "/data/person/1", "<> <p> <2> .", {"Content-Type": "text/turtle"})
    at = f"{plain.address}data/person/"
    assert lines(plain, "/data/person/1") == {f"<{at}1> <{at}p> <{at}2> ."}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("INSERT DATA ;\nINSERT DATA { <http://a.example/s> <http://a.example/p> 2 }", "line 1, column 13: ; stands"),
        ("DELETE WHERE { ?s ?p 9 } ;\nINSERT DATA", "line 2, column 12: it ends"),
        ("INSERT DATA <http://a.example/s> { }", "line 1, column 13: <http://a.example/s> stands"),
    ],
)
def test_a_patch_without_a_block_of_data_is_refused_at_its_place(plain: Client, text: str, place: str) -> None:
    put(plain, NAMED, 1)
    reply = plain.send("PATCH", NAMED, text, {"Content-Type": "application/sparql-update"})
    assert reply.status == 400
    assert reply.text == f"The text does not parse at {place} where {{ was expected.\n"
    assert len(lines(plain, NAMED)) == 1


@pytest.mark.requirement("graph store", "5.5", "MUST", "POST merges: blank nodes of different payloads stay distinct")
def test_blank_nodes_of_two_payloads_stay_two(plain: Client) -> None:
    for _ in range(2):
        plain.post(NAMED, "_:x <http://a.example/p> 1 .", "text/turtle")
    assert len(lines(plain, NAMED)) == 2


WRONG = {
    "a wrong media type": ("PUT", NAMED, "x", "image/png", 415, "'image/png' is not supported here"),
    "no media type": ("PUT", NAMED, "x", None, 400, "cannot be read as RDF/XML"),
    "a part of no media type": (
        "POST",
        NAMED,
        '--cut\r\nContent-Disposition: form-data; name="x"; filename="x.docx"\r\n\r\nx\r\n--cut--\r\n',
        "multipart/form-data; boundary=cut",
        400,
        "'x.docx' of the form has no Content-Type",
    ),
    "broken Turtle": ("PUT", NAMED, "<a", "text/turtle", 400, "Turtle"),
    "a bad name": ("PUT", "/data?graph=a%20b", "", "text/turtle", 400, "not an absolute IRI"),
    "no name": ("PUT", "/data", "", "text/turtle", 400, "'graph' is missing"),
    "both names": ("PUT", NAMED + "&default", "", "text/turtle", 400, "both"),
    "a patch of another kind": ("PATCH", NAMED, "", "text/turtle", 415, "application/sparql-update"),
    "named graphs in a graph": (
        "PUT",
        NAMED,
        "GRAPH <http://a.example/h> { <http://a.example/s> <http://a.example/p> 1 }",
        "application/trig",
        400,
        "TriG",
    ),
    "an empty form": ("POST", NAMED, "--cut--\r\n", "multipart/form-data; boundary=cut", 400, "The form has no part"),
}


@pytest.mark.requirement("graph store", "5.1", "MUST", "400 for a payload that does not parse")
@pytest.mark.requirement("graph store", "5.1", "MUST", "415 for a payload in a format that is not understood")
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_write_is_a_4xx_with_a_sentence_and_changes_nothing(plain: Client, what: str) -> None:
    method, path, body, kind, status, sentence = WRONG[what]
    reply = plain.send(method, path, body, {"Content-Type": kind} if kind else {})
    assert (reply.status, sentence in reply.text) == (status, True), reply.text
    assert plain.get("/data", "application/n-quads").text == ""


def test_a_precondition_guards_a_write(plain: Client) -> None:
    assert put(plain, NAMED, 1, **{"If-Match": "*"}) == 412
    assert put(plain, NAMED, 1, **{"If-None-Match": "*"}) == 201
    assert put(plain, NAMED, 2, **{"If-None-Match": "*"}) == 412
    tag = plain.get(NAMED).headers["ETag"]
    assert tag.startswith('"')
    assert put(plain, NAMED, 2, **{"If-Match": tag}) == 204
    assert put(plain, NAMED, 3, **{"If-Match": tag}) == 412
    assert '"2"' in lines(plain, NAMED).pop()


def test_a_graphs_bytes_are_the_same_every_time(plain: Client) -> None:
    many = "".join(f"<http://a.example/{number}> <http://a.example/p> {number} .\n" for number in range(500))
    plain.send("PUT", NAMED, many, {"Content-Type": "text/turtle"})
    for accept in ("text/turtle", "application/n-triples", "application/ld+json"):
        assert len({plain.get(NAMED, accept).body for _ in range(3)}) == 1


def test_a_deleted_graph_is_not_found_although_its_name_is_in_use(plain: Client) -> None:
    text = "<> <http://a.example/p> </data/person/2> ."
    for path in ("/data/person/1", "/data/person/3"):
        plain.send("PUT", path, text, {"Content-Type": "text/turtle"})
    assert plain.get("/data/person/2").status == 404
    assert plain.send("DELETE", "/data/person/1").status == 200
    assert plain.get("/data/person/1").status == 404
