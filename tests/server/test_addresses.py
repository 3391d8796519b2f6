"""Addresses and IRIs convert to each other, whatever characters the IRI has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from html import unescape
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from rdflib import RDFS, Literal, URIRef

from kg.app.write import write_plain
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from server import Settings, create_app
from server.descriptions.addresses import candidate_iris, decode_path, encode_path, thing_address, with_parameters
from server.http.parameters import Parameters
from server.pages.lists.facets import chosen_values, value_in_address
from server.search.statement_facets import FACETS, Facet
from tests.support.http_client import Client, Serving
from tests.support.people_store import BASE, NAMES

PIECES = (
    *("b", "é", "%C3%A9", "%c3%a9", "%E9", "%2F", "%2f", "%20", "%2520", "%25", "%3F", "%00", "+", "&", "=", ";"),
    *("?b=1", "?", "?format=turtle", "?version=1&a", "?a=é", "#b", "#", "/b", "/", "//b", "/../b", "/..", "/./b"),
    *(
        "/%2e%2E/b",
        ":b",
        "@b",
        "'b",
        "(b)",
        "中",
        "%E4%B8%AD",
        "\U0001f600",
        "%F0%9F%98%80",
        "\u202eb",
        "~b",
        ",",
        "%F0%9F",
    ),
)
"""What IRIs are made of that addresses get wrong."""
RESTS = [f"{start}{rest}" for start, rest in product(("thing/a", "graph/a"), PIECES)]
ODD = [
    *RESTS,
    *(f"thing/{first}{second}" for first, second in product(PIECES[:14], PIECES[10:20])),
    "",
    "/",
    "/thing",
    "..",
    "a/",
    *(f"thing/a{between}b" for between in ("/", "%2F", "%2f", "%20", "")),
]
THINGS = [*dict.fromkeys(f"{BASE}{rest}" for rest in ODD)]
LABELLED = [(URIRef(iri), RDFS.label, Literal(f"thing {number}.")) for number, iri in enumerate(THINGS)]
HUB = f"{BASE}hub"
PAGE = "text/html"
TURTLE = {"Content-Type": "text/turtle"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return a store of things with odd names, and one that points at all of them."""
    odd_store = EmbeddedStore.open(tmp_path_factory.mktemp("odd"), NAMES)
    pointing = [(URIRef(HUB), RDFS.seeAlso, URIRef(iri)) for iri in THINGS]
    with odd_store.write() as transaction:
        transaction.replace_graph("urn:things", [*LABELLED, *pointing])
        transaction.commit("first", "2026-01-01T00:00:00Z")
    return odd_store


@pytest.fixture(scope="module")
def app(store: EmbeddedStore) -> Flask:
    """Return an application over the store."""
    return create_app(UnlimitedStore(store), Settings(base=BASE))


@pytest.fixture(scope="module")
def odd(app: Flask, serving: Serving) -> Iterator[Client]:
    """Return a client of a server over the store."""
    with serving(app) as client:
        yield client


def told(client: Client, address: str) -> set[str]:
    """Return the labels that the document at an address gives to the thing it is about, and to no other."""
    lines = client.get(with_parameters(address, [("format", "ntriples")])).text.splitlines()
    labels = {line.split(" ", 2)[0]: line.split('"')[1] for line in lines if f"<{RDFS.label}>" in line}
    return {label for subject, label in labels.items() if subject != f"<{HUB}>"}


def test_the_example_iris_are_accepted_by_the_store() -> None:
    assert len(THINGS) > 200
    assert [NamedNode(iri).value for iri in THINGS] == THINGS


def test_every_link_of_a_page_leads_to_its_thing(app: Flask, odd: Client) -> None:
    page = odd.get("/about/hub", PAGE).text
    links = {unescape(link) for link in re.findall(r'<a class="thing[^"]*" href="([^"]*)"', page)}
    with app.test_request_context("/"):
        made = {thing_address(iri): (iri, f"thing {number}.") for number, iri in enumerate(THINGS)}
    assert len(made) == len(THINGS)
    assert {*made} <= links
    for address, (iri, label) in made.items():
        if address.startswith("/about"):
            assert told(odd, address) == {label}, (iri, address)
            assert label in odd.get(address, PAGE).text, (iri, address)


def test_what_an_iri_redirects_to_is_its_own_page(app: Flask, odd: Client) -> None:
    for number, iri in enumerate(THINGS):
        with app.test_request_context("/"):
            address = thing_address(iri)
        if address.startswith("/about/"):
            reply = odd.get(address.replace("/about/", "/data/", 1))
            assert (reply.status, reply.headers["Location"]) == (303, address), (number, iri)


@pytest.mark.parametrize(
    ("path", "iri"),
    [
        ("/about/thing/a%2Fb", "thing/a%2Fb"),
        ("/about/thing/a%2fb", "thing/a%2fb"),
        ("/about/thing/a?b=1", "thing/a?b=1"),
        ("/about/thing/a?b=1&format=ntriples", "thing/a?b=1"),
        ("/about/thing/a//b", "thing/a//b"),
        ("/about/thing/a/../b", "thing/a/../b"),
        ("/about//thing", "/thing"),
        ("/about/thing/a%C3%A9", "thing/aé"),
        ("/about/thing/a%c3%a9", "thing/aé"),
        ("/about/thing/a%25", "thing/a%25"),
        ("http://localhost/about/thing/a%2Fb", "thing/a%2Fb"),
    ],
)
def test_the_request_target_is_read_before_decoding(odd: Client, path: str, iri: str) -> None:
    assert told(odd, path) == {LABELLED[THINGS.index(f"{BASE}{iri}")][2].value}


@pytest.mark.parametrize("path", ["/about/thing/a?b=2", "/about/thing/a%2Fc", "/about%2Fthing/a", "/about/thing/c"])
def test_the_target_of_an_unknown_thing_is_not_found(odd: Client, path: str) -> None:
    assert odd.get(path, "application/n-triples").status == 404


def test_old_addresses_of_pages_redirect(odd: Client) -> None:
    assert told(odd, "/about/thing/a%252520") == {LABELLED[THINGS.index(f"{BASE}thing/a%2520")][2].value}
    assert told(odd, "/about/thing/a%23b") == {LABELLED[THINGS.index(f"{BASE}thing/a#b")][2].value}


def test_a_page_links_to_its_own_data(odd: Client) -> None:
    for rest in ("thing/a%2F", "thing/a?b=1", "thing/a/../b", "thing/aé"):
        iri, address = f"{BASE}{rest}", f"/about?iri={quote(BASE + rest, safe='')}"
        links = [
            unescape(link) for link in re.findall(r'href="([^"]*format=ntriples[^"]*)"', odd.get(address, PAGE).text)
        ]
        assert links, rest
        label = LABELLED[THINGS.index(iri)][2]
        assert {
            next(line for line in odd.get(link).text.splitlines() if line.startswith(f"<{iri}> ")) for link in links
        } == {f'<{iri}> <{RDFS.label}> "{label}" .'}


def test_a_graph_is_written_and_read_at_its_address(tmp_path: Path, serving: Serving) -> None:
    names = [f"{BASE}mine/{rest.partition('/')[2]}" for rest in RESTS[: len(PIECES)]] + [
        "urn:g?a#b%20",
        "http://other/é",
    ]
    store = EmbeddedStore.open(tmp_path, NAMES)

    with serving(
        create_app(UnlimitedStore(store), Settings(base=BASE), LocalWriter(partial(write_plain, store)))
    ) as client:
        for number, name in enumerate(names):
            sent = f'<urn:s> <urn:p> "{number}" .'
            made = client.send("PUT", f"/data?graph={quote(name, safe='')}", sent, TURTLE)
            assert (made.status, name) == (201, name)
            where = made.headers["Location"]
            path = where.removeprefix(client.address.rstrip("/"))
            assert client.get(path, "application/n-triples").text.strip() == f'<urn:s> <urn:p> "{number}" .'
            assert client.get(f"/data?graph={quote(where, safe='')}", "application/n-triples").text.strip() == sent
        assert {*store.current().counts} == {*names}
        for number, name in enumerate(names):
            again = client.send("PUT", _path(client, name, number), "<urn:s> <urn:p> 1 .", TURTLE)
            assert again.status == 204, name
        assert {*store.current().counts} == {*names}


def _path(client: Client, name: str, number: int) -> str:
    """Return the address of a graph as a write to another makes it known."""
    reply = client.send("POST", f"/data?graph={quote(name, safe='')}", f"<urn:s> <urn:q> {number} .", TURTLE)
    parts = urlsplit(reply.headers["Location"])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@given(st.text(st.sampled_from("ab/%2F.C3A9é?#:&=+中"), max_size=12))
def test_a_path_encodes_an_iri_only_if_it_decodes_to_it(rest: str) -> None:
    path = encode_path(rest)
    assert path is None or (decode_path(path) == rest and path.isascii())


@given(st.lists(st.sampled_from(PIECES), max_size=4).map("".join))
def test_every_iri_has_an_address_of_its_own(app: Flask, rest: str) -> None:
    with app.test_request_context("/"):
        address = thing_address(f"{BASE}thing/a{rest}")
    with app.test_request_context(address):
        named = request.args.get("iri") or next(candidate_iris())
    assert named == f"{BASE}thing/a{rest}"


@pytest.mark.parametrize(
    "facet", [choice for choice in FACETS if choice.prefix is not None], ids=lambda facet: facet.name
)
def test_the_link_of_a_facet_selects_it(app: Flask, facet: Facet) -> None:
    with app.test_request_context("/"):
        for value in (*THINGS, f"{facet.prefix or BASE}a:b", facet.prefix or BASE, str(CQ.Claim), "urn:x"):
            chosen = chosen_values(Parameters(((facet.name, value_in_address(facet, value)),)))
            assert [choice.value for choice in chosen] == [value]
