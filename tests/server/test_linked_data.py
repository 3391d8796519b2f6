"""Every IRI under the base answers under the server's own host."""

from __future__ import annotations

import pytest

from kg.formats import GRAPH_FORMATS, Format
from tests.server.conftest import BASE, Client

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_thing_is_no_document_and_sends_to_one(client: Client) -> None:
    reply = client.get("/data/ann")
    assert reply.status == 303
    assert reply.headers["Location"] == "/about/ann"


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.name)
def test_what_is_known_of_a_thing_is_told_in_every_format(client: Client, row: Format) -> None:
    reply = client.get("/about/bob", row.media_type)
    assert (reply.status, reply.type) == (200, row.media_type)
    assert f"{BASE}bob" in reply.text


def test_a_thing_is_told_with_what_points_at_it_and_their_labels(client: Client) -> None:
    lines = client.get("/about/bob", "application/n-triples").text.splitlines()
    assert f"<{BASE}ann> <http://xmlns.com/foaf/0.1/knows> <{BASE}bob> ." in lines
    assert f'<{BASE}ann> <http://www.w3.org/2000/01/rdf-schema#label> "Ann" .' in lines
    assert len(lines) == len(set(lines))


def test_a_thing_of_a_graph_outside_the_default_one_answers_too(client: Client) -> None:
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
def test_what_nothing_is_known_of_is_not_found(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 404
    assert f"{BASE}nobody" in reply.text


@pytest.mark.parametrize("path", ["/data/gone", "/about/gone"])
def test_what_an_earlier_version_knew_is_gone(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 410
    assert "?version=000001" in reply.text
    assert client.get("/about/gone?version=000001").status == 200


def test_the_base_itself_sends_to_the_description(client: Client) -> None:
    reply = client.get("/data/")
    assert (reply.status, reply.headers["Location"]) == (303, "/.well-known/void")


@pytest.mark.parametrize("path", ["/data/x%3E%20%7D", "/about/a%7Bb", "/data/%22"])
def test_what_is_no_iri_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status == 400
