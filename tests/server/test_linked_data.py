"""Every IRI under the base is served under the server's own host."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDFS, Literal, URIRef

from kg.datasets import Owner
from kg.formats import GRAPH_FORMATS, Format
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.support.http_client import Client, Serving
from tests.support.people_store import ANN, BASE, NAMES

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_thing_redirects_to_its_description(client: Client) -> None:
    reply = client.get("/data/ann")
    assert reply.status == 303
    assert reply.headers["Location"] == "/about/ann"


@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_a_thing_is_described_in_every_format(client: Client, format_: Format) -> None:
    reply = client.get("/about/bob", format_.media_type)
    assert (reply.status, reply.type) == (200, format_.media_type)
    assert f"{BASE}bob" in reply.text


def test_a_description_has_incoming_triples_and_labels(client: Client) -> None:
    lines = client.get("/about/bob", "application/n-triples").text.splitlines()
    assert f"<{BASE}ann> <http://xmlns.com/foaf/0.1/knows> <{BASE}bob> ." in lines
    assert f'<{BASE}ann> <http://www.w3.org/2000/01/rdf-schema#label> "Ann" .' in lines
    assert len(lines) == len(set(lines))


def test_a_thing_outside_the_default_graph_is_described(client: Client) -> None:
    assert client.get("/data/outsider").status == 303
    assert "outsider" in client.get("/about/outsider", "text/turtle").text


def test_a_thing_has_a_page(client: Client) -> None:
    reply = client.get("/about/ann", BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    assert "Bob &lt;b&gt;bold&lt;/b&gt;" in reply.text


def test_letters_beyond_ascii_are_found_as_a_browser_sends_them(client: Client) -> None:
    assert client.get("/data/jos%C3%A9").status == 303
    assert client.get("/about/jos%C3%A9", "text/turtle").status == 200


@pytest.mark.parametrize("path", ["/data/nobody", "/about/nobody"])
def test_an_unknown_thing_is_not_found(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 404
    assert f"{BASE}nobody" in reply.text


@pytest.mark.parametrize("path", ["/data/gone", "/about/gone"])
def test_a_thing_of_an_earlier_version_is_gone(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 410
    assert "?version=000001" in reply.text
    assert client.get("/about/gone?version=000001").status == 200


def test_a_removed_graph_is_gone_although_provenance_names_it(tmp_path: Path, serving: Serving) -> None:
    store, names = EmbeddedStore.open(tmp_path, NAMES), [URIRef(f"{BASE}mine/{name}") for name in ("one", "two")]
    with store.write() as first:
        for name in names:
            first.replace_graph(name, [(ANN, RDFS.seeAlso, names[1])])
        first.commit("first")
    with store.write() as second:
        second.remove_graph(names[0])
        second.replace_graph(NAMES.provenance, [(name, RDFS.label, Literal("removed")) for name in names], Owner.SYSTEM)
        second.commit("second")
    with serving(create_app(UnlimitedStore(store), Settings(base=BASE))) as client:
        removed = client.get("/data/mine/one")
        assert (removed.status, "?version=000001" in removed.text) == (410, True)
        assert client.get("/data/mine/one?version=000001").status == 200
        assert client.get("/about/mine/one").status == 200
    with store.write() as third:
        third.remove_graph(names[1])
        third.replace_graph(f"{BASE}mine/three", [(ANN, RDFS.seeAlso, names[1])])
        third.commit("third")
    with serving(create_app(UnlimitedStore(store), Settings(base=BASE))) as client:
        assert client.get("/data/mine/two").status == 303


def test_the_base_redirects_to_the_dataset_description(client: Client) -> None:
    reply = client.get("/data/")
    assert (reply.status, reply.headers["Location"]) == (303, "/.well-known/void")


@pytest.mark.parametrize("path", ["/data/x>}", "/about/a{b", '/data/"', "/about?iri=a", "/about?iri=http://a/%7B"])
def test_a_malformed_iri_is_a_400(client: Client, path: str) -> None:
    assert client.get(path).status == 400
