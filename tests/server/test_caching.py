"""Validators and conditional requests (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlencode

import pytest
import zstandard
from rdflib import RDFS, Literal

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.support.http_client import Client, Serving
from tests.support.people_store import ANN, BASE

ALL = "SELECT * { ?s ?p ?o }"
DOCUMENTS = {
    "a query": "/sparql?" + urlencode({"query": ALL}),
    "a question": "/sparql?" + urlencode({"query": "ASK {}"}),
    "the service": "/sparql",
    "a graph": "/data?" + urlencode({"graph": f"{BASE}graph/article/one"}),
    "the default graph": "/data?default",
    "the dataset": "/data",
    "the dataset's description": "/.well-known/void",
    "a thing": "/about/ann",
    "the examples": "/examples",
}


@pytest.mark.requirement("protocol", "2.1.6", "SHOULD", "responses can be cached according to HTTP")
@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_current_response_is_a_304(client: Client, what: str) -> None:
    first = client.get(DOCUMENTS[what])
    again = client.get(DOCUMENTS[what], **{"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Last-Modified"]
    assert first.headers["Cache-Control"] == "no-cache"
    assert {"Accept", "Accept-Encoding"} <= set(first.headers["Vary"].split(", "))


def test_different_responses_have_different_tags(client: Client) -> None:
    tags = [client.get(path).headers["ETag"] for path in DOCUMENTS.values()]
    tags += [client.query(ALL, "text/csv").headers["ETag"]]
    tags += [client.query(ALL, "text/csv", **{"default-graph-uri": f"{BASE}graph/authority"}).headers["ETag"]]
    tags += [client.get(DOCUMENTS["a query"], **{"Accept-Encoding": "gzip"}).headers["ETag"]]
    assert len(set(tags)) == len(tags)


def test_an_older_version_has_another_tag(client: Client) -> None:
    assert client.query(ALL, version="000001").headers["ETag"] != client.query(ALL).headers["ETag"]


def test_a_tag_is_strong_only_if_the_bytes_never_change(client: Client) -> None:
    assert client.query("ASK {}").headers["ETag"].startswith('"')
    assert client.query(ALL).headers["ETag"].startswith('W/"')


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()", "rand()", r"R\u0041ND()"])
def test_a_volatile_query_has_no_tag_and_is_not_cached(client: Client, call: str) -> None:
    reply = client.query(f"SELECT ({call} AS ?x) {{}}")
    assert reply.status == 200
    assert "ETag" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_volatile_word_in_a_string_is_only_a_string(client: Client) -> None:
    assert client.query('SELECT * { ?s ?p "RAND() NOW()" }').headers["ETag"]


def test_a_syntax_error_is_an_error_whatever_tag_the_client_has(client: Client) -> None:
    reply = client.get("/sparql?query=SELECT", **{"If-None-Match": "*"})
    assert reply.status == 400


def test_a_response_is_compressed_if_the_client_accepts_it(client: Client) -> None:
    path = DOCUMENTS["a query"]
    plain = client.get(path)
    zipped = client.get(path, **{"Accept-Encoding": "gzip"})
    zstd = client.get(path, **{"Accept-Encoding": "gzip;q=0.5, zstd"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert zstd.headers["Content-Encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompressobj().decompress(zstd.body) == plain.body


@pytest.mark.parametrize("what", DOCUMENTS)
def test_if_none_match_with_a_star_is_a_304_for_an_existing_response(client: Client, what: str) -> None:
    reply = client.get(DOCUMENTS[what], **{"If-None-Match": "*"})
    assert (reply.status, reply.body) == (304, b"")
    assert reply.headers["ETag"]


def test_if_match_of_another_state_is_a_412(client: Client) -> None:
    path = DOCUMENTS["a graph"]
    tag = client.get(path).headers["ETag"]
    for condition, status in ((tag, 200), (f'"x", {tag}', 200), ("*", 200), ('"x"', 412), (f"W/{tag}", 412)):
        assert client.get(path, **{"If-Match": condition}).status == status
    assert client.get(DOCUMENTS["a query"], **{"If-Match": tag}).status == 412


def test_a_recreated_store_has_other_tags(tmp_path: Path, serving: Serving) -> None:
    tags = []
    for value in (1, 2):
        store = EmbeddedStore.open(tmp_path / str(value), GraphNames(BASE))
        with store.write() as transaction:
            transaction.replace_graph(f"{BASE}g", [(ANN, RDFS.label, Literal(value))])
            transaction.commit("made", "2026-01-01T00:00:00Z")
        with serving(create_app(UnlimitedStore(store), Settings(base=BASE))) as client:
            tags.append(client.get("/data?default", Host="always.example").headers["ETag"])
    assert tags[0].startswith('"000001-')
    assert tags[0] != tags[1]


@pytest.mark.parametrize("accept", ["identity;q=0", "*;q=0", "gzip;q=0, *;q=0", "br, identity;q=0"])
def test_refusing_every_encoding_is_a_406_that_lists_them(client: Client, accept: str) -> None:
    reply = client.get(DOCUMENTS["a query"], **{"Accept-Encoding": accept})
    assert (reply.status, "identity, zstd, gzip" in reply.text) == (406, True)


@pytest.mark.parametrize("accept", ["", "identity", "gzip;q=0", "br", "identity, gzip;q=0.5", "identity;q=0.1, *;q=0"])
def test_a_response_is_not_compressed_by_default(client: Client, accept: str) -> None:
    reply = client.get(DOCUMENTS["a query"], **{"Accept-Encoding": accept})
    assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("*", "zstd"),
        ("gzip, deflate, br", "gzip"),
        ("gzip, zstd", "zstd"),
        ("GZIP", "gzip"),
        ("gzip, identity;q=0", "gzip"),
        ("*;q=0, gzip;q=0.5", "gzip"),
    ],
)
def test_the_preferred_encoding_is_used(client: Client, accept: str, encoding: str) -> None:
    reply = client.get(DOCUMENTS["a query"], **{"Accept-Encoding": accept})
    assert reply.headers["Content-Encoding"] == encoding


def test_an_older_version_is_queried_by_name(client: Client) -> None:
    question = f"ASK {{ <{BASE}gone> ?p ?o }}"
    assert client.query(question).json["boolean"] is False
    assert client.query(question, version="000001").json["boolean"] is True


def test_an_unknown_version_is_not_found(client: Client) -> None:
    reply = client.query("ASK {}", version="999999")
    assert reply.status == 404
    assert "999999" in reply.text
