"""Reading graphs (SPARQL 1.1 Graph Store HTTP Protocol)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from kg.formats import GRAPH_FORMATS, Format
from kg.store import read_dataset
from tests.support.http_client import Client
from tests.support.people_store import ARTICLE, AUTHORITY, BASE

ONE = f"{BASE}graph/article/one"
INDIRECT = "/data?" + urlencode({"graph": ONE})


@pytest.mark.requirement("graph store", "5.2", "SHOULD", "GET returns the graph in the negotiated format")
@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
@pytest.mark.parametrize("path", [INDIRECT, "/data/graph/article/one", "/data?default"])
def test_a_graph_is_read_in_every_format(client: Client, format_: Format, path: str) -> None:
    reply = client.get(path, format_.media_type)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == f"{format_.media_type}; charset=utf-8"
    assert read_dataset(reply.body, format_).keys() == {None}
    expected = {*ARTICLE, *(AUTHORITY if "default" in path else [])}
    assert {*read_dataset(reply.body, format_)[None]} == expected
    assert reply.headers["Content-Disposition"].endswith(f'.{format_.extension}"')


@pytest.mark.requirement("graph store", "4.1", "MUST", "the IRI of a graph returns that graph")
def test_direct_and_indirect_identification_return_the_same_graph(client: Client) -> None:
    named, direct = client.get(INDIRECT, "application/n-triples"), client.get("/data/graph/article/one?format=nt")
    assert sorted(named.text.splitlines()) == sorted(direct.text.splitlines())


def test_the_parameter_graph_may_be_an_address_of_this_server(client: Client) -> None:
    for name in ("/data/graph/article/one", client.address + "data/graph/article/one"):
        assert client.get(f"/data?graph={name}", "application/n-triples").text.count("\n") == 5


def test_the_default_graph_is_the_union_without_what_is_outside(client: Client) -> None:
    text = client.get("/data?default", "application/n-triples").text
    assert text.count("\n") == len(set(text.splitlines()))
    assert "outside" not in text


@pytest.mark.requirement("graph store", "5.6", "MUST", "HEAD is GET without the body")
def test_head_is_get_without_the_body(client: Client) -> None:
    head, get = client.send("HEAD", INDIRECT), client.get(INDIRECT)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


WRONG = {
    "an unknown graph": ("/data?graph=https://example.org/none", 404, "https://example.org/none"),
    "an unknown graph in an old version": (f"/data?graph={BASE}none&version=000001", 404, "000001"),
    "a graph and the default": ("/data?default&graph=https://example.org/one", 400, "both"),
    "two graphs": ("/data?graph=https://a.example/&graph=https://b.example/", 400, "given 2 times"),
    "an empty name": ("/data?graph=", 400, "'graph' is empty"),
    "a name that is no IRI": ("/data?graph=https://a.example/%3Cb%3E", 400, "not an absolute IRI"),
    "a relative name": ("/data?graph=graph/article/one", 400, "not an absolute IRI"),
    "a default with a value": ("/data?default=yes", 400, "'default'"),
    "an unknown format": ("/data?default&format=csv", 400, "'format' is 'csv'"),
}


@pytest.mark.requirement("graph store", "4.2", "MUST", "400 if the name of a graph is not an absolute IRI")
@pytest.mark.requirement("graph store", "5.1", "MUST", "404 if the graph does not exist")
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_request_is_a_4xx_with_a_sentence(client: Client, what: str) -> None:
    path, status, sentence = WRONG[what]
    reply = client.get(path)
    assert (reply.status, sentence in reply.text) == (status, True), reply.text


@pytest.mark.requirement("graph store", "5.2", "SHOULD", "406 if no format is acceptable")
def test_nothing_acceptable_is_a_406_that_lists_what_is_offered(client: Client) -> None:
    reply = client.get(INDIRECT, "image/png")
    assert reply.status == 406
    assert "text/turtle" in reply.text


def test_the_whole_dataset_keeps_its_graphs_apart(client: Client) -> None:
    lines = client.get("/data", "application/n-quads").text.splitlines()
    assert any(f"<{ONE}>" in line for line in lines)
    assert any(f"<{BASE}graph/outside>" in line for line in lines)
