"""A write in a process of its own is answered as one in the server's is: status, headers, sentence, report, content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.app.builds.build import build
from kg.app.write import Committer
from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.query_limits import QueryLimits
from kg.workers.served_store import UnlimitedStore
from kg.writer.local_writer import LocalWriter
from kg.writer.process_writer import ProcessWriter
from kg.writer.write_requests import Writer
from server import Settings, create_app
from tests.support.http_client import Client, Reply, run_server
from tests.support.tiny_corpus import QUICKLY, TINY
from tests.support.writing_server import TURTLE, UPDATE

NAMES = GraphNames("https://example.org/communique/")
MINE = f"/data?graph={quote('http://a.example/mine')}"
NOWHERE = f"/data?graph={quote('http://a.example/nowhere')}"
CQ = "PREFIX cq: <https://w3id.org/communique/ontology#>"
PERSON = f"{CQ}\n<http://a.example/p> a cq:Person ; cq:name 'Ann' ."
LONG_TEXT = "x" * 3_000_000
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="a.ttl"\r\nContent-Type: text/turtle\r\n\r\n'
    b'<http://a.example/1> <http://a.example/p> 1 .\r\n--b\r\nContent-Disposition: form-data; name="b"; '
    b'filename="b.nt"\r\n\r\n<http://a.example/2> <http://a.example/p> "2" .\r\n--b--\r\n'
)
BROKEN = "INSERT DATA { GRAPH <x:g> {\n<x:a <x:b> 1 } }"
FORGET = "DELETE WHERE { GRAPH <http://a.example/mine> { <http://a.example/r> ?p ?o } }"
Asked = tuple[str, str, bytes | str | None, dict[str, str]]
STEPS: dict[str, Asked] = {
    "put": ("PUT", MINE, PERSON, {"Content-Type": TURTLE}),
    "put again": ("PUT", MINE, PERSON, {"Content-Type": TURTLE}),
    "put where there is one": ("PUT", MINE, PERSON, {"Content-Type": TURTLE, "If-None-Match": "*"}),
    "put of another state": ("PUT", MINE, PERSON, {"Content-Type": TURTLE, "If-Match": '"000001"'}),
    "put of what is no Turtle": ("PUT", MINE, "<x:a> <x:b", {"Content-Type": TURTLE}),
    "put of what violates": ("PUT", MINE, f"{CQ}\n<http://a.example/e> a cq:Event .", {"Content-Type": TURTLE}),
    "its report": (
        "PUT",
        MINE,
        f"{CQ}\n<http://a.example/e> a cq:Event .",
        {"Content-Type": TURTLE, "Accept": "text/turtle"},
    ),
    "post": ("POST", MINE, "<http://a.example/q> <http://a.example/p> 1 .", {"Content-Type": TURTLE}),
    "post of a form": ("POST", MINE, FORM, {"Content-Type": "multipart/form-data; boundary=b"}),
    "post of much": (
        "POST",
        MINE,
        f"<http://a.example/q> <http://a.example/p> '{LONG_TEXT[:900_000]}', '{LONG_TEXT[:899_999]}' .",
        {"Content-Type": TURTLE},
    ),
    "post to a graph of ours": (
        "POST",
        f"/data?graph={quote(NAMES.inferred)}",
        "<http://a.example/q> <http://a.example/p> 1 .",
        {"Content-Type": TURTLE},
    ),
    "patch": ("PATCH", MINE, "INSERT DATA { <http://a.example/r> <http://a.example/p> 2 }", {"Content-Type": UPDATE}),
    "patch of another graph": (
        "PATCH",
        MINE,
        "INSERT DATA { GRAPH <x:g> { <x:a> <x:b> 1 } }",
        {"Content-Type": UPDATE},
    ),
    "patch of no graph": ("PATCH", NOWHERE, "DELETE WHERE { ?s ?p ?o }", {"Content-Type": UPDATE}),
    "update": (
        "POST",
        "/update",
        "INSERT DATA { GRAPH <http://a.example/mine> { <http://a.example/s> <x:p> '\\u00e9\U0001f600' } }",
        {"Content-Type": UPDATE},
    ),
    "update that does not parse": (
        "POST",
        "/update",
        BROKEN,
        {"Content-Type": UPDATE},
    ),
    "the same as problem details": (
        "POST",
        "/update",
        BROKEN,
        {"Content-Type": UPDATE, "Accept": "application/problem+json"},
    ),
    "update that loads": ("POST", "/update", "LOAD <http://elsewhere.example/>", {"Content-Type": UPDATE}),
    "update that loads in silence": (
        "POST",
        "/update",
        f"LOAD SILENT <http://elsewhere.example/> ; {FORGET}",
        {"Content-Type": UPDATE},
    ),
    "delete": ("DELETE", MINE, None, {}),
    "delete again": ("DELETE", MINE, None, {}),
}
"""Writes, one after another."""


@dataclass
class Site:
    """A server over a built corpus, and its store."""

    client: Client
    store: EmbeddedStore


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the folders of two stores of one corpus."""
    first, second = (tmp_path_factory.mktemp("same") / "store" for _ in range(2))
    for folder in (first, second):
        build(TINY, partial(EmbeddedStore.open, folder), QUICKLY)
    return first, second


@pytest.fixture(scope="module")
def sites(built: tuple[Path, Path]) -> Iterator[tuple[Site, Site]]:
    """Return two servers: one writes by itself, the other in processes."""
    here, there = (EmbeddedStore.open(folder, NAMES) for folder in built)
    process = ProcessWriter(built[1], there, QueryLimits(time=120, cpu=120))
    writers: tuple[Writer, Writer] = LocalWriter(Committer(here, NAMES).commit), process
    apps = [
        create_app(UnlimitedStore(store), Settings(base=NAMES.base), writer)
        for store, writer in zip((here, there), writers, strict=True)
    ]
    try:
        with run_server(apps[0]) as first, run_server(apps[1]) as second:
            yield Site(first, here), Site(second, there)
    finally:
        process.close()


def sent(site: Site, step: Asked) -> Reply:
    return site.client.send(*step)


def told(reply: Reply, site: Site) -> tuple[int, dict[str, str], str]:
    """Return what an answer says, without its moment and its address."""
    passed = {"date", "x-request-id", "content-length"}
    headers = {key.lower(): value for key, value in reply.headers.items() if key.lower() not in passed}
    return reply.status, {k: v.replace(site.client.address, "/") for k, v in headers.items()}, reply.text


def test_a_write_is_answered_the_same_wherever_it_is_carried_out(sites: tuple[Site, Site]) -> None:
    statuses = {}
    for name, step in STEPS.items():
        here, there = (sent(site, step) for site in sites)
        if name == "its report":
            report, other = (Graph().parse(data=reply.text, format="turtle") for reply in (here, there))
            assert len(report) > 5
            assert isomorphic(report, other)
        else:
            assert told(there, sites[1]) == told(here, sites[0]), name
        statuses[name] = there.status
    assert statuses == {
        "put": 201,
        "put again": 204,
        "put where there is one": 412,
        "put of another state": 412,
        "put of what is no Turtle": 400,
        "put of what violates": 422,
        "its report": 422,
        "post": 200,
        "post of a form": 200,
        "post of much": 200,
        "post to a graph of ours": 403,
        "patch": 204,
        "patch of another graph": 422,
        "patch of no graph": 404,
        "update": 204,
        "update that does not parse": 400,
        "the same as problem details": 400,
        "update that loads": 403,
        "update that loads in silence": 204,
        "delete": 200,
        "delete again": 404,
    }


def test_what_is_written_and_what_follows_is_the_same_wherever_it_is_carried_out(sites: tuple[Site, Site]) -> None:
    for site in sites:
        sent(site, STEPS["put"])
    here, there = (site.store.current() for site in sites)
    assert dict(here.counts) == dict(there.counts)
    assert (here.default, here.changed, here.note) == (there.default, there.changed, there.note)
    for name in (NAMES.inferred, "http://a.example/mine"):
        path = f"/data?graph={quote(name)}"
        first, second = (sorted(site.client.get(path, "application/n-triples").text.splitlines()) for site in sites)
        assert first
        assert first == second
