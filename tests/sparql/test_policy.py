"""No request reaches another host or ends the process, however it is written."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from itertools import product

import pytest

from kg import formats
from kg.errors import CommuniqueError, ForbiddenError, QuerySyntaxError
from kg.sparql.policy import MAX_DEPTH, MAX_OPERATORS
from kg.sparql.query_request import read_query
from kg.sparql.update_request import read_update
from kg.store import EmbeddedStore, Query, RequestDataset

NONE = RequestDataset()


class Canary:
    """A listening socket that counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.visits = 0
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.close()


SERVICES = [
    "SERVICE <URL> { ?s ?p ?o }",
    "service<URL>{ ?s ?p ?o }",
    "SERVICE SILENT <URL> { ?s ?p ?o }",
    "SERVICE#\n<URL>#\n{ ?s ?p ?o }",
    "SERVICE ex:x { ?s ?p ?o }",
    "SERVICEex:x{ ?s ?p ?o }",
    "SERVICESILENTex:x{ ?s ?p ?o }",
    "SERVICESILENT<URL>{ ?s ?p ?o }",
    "?s ?p trueSERVICE<URL>{ ?s ?p ?o }",
    "?s ?p trueSERVICEex:x{ ?s ?p ?o }",
    "?s ?p 1SERVICE<URL>{ ?s ?p ?o }",
    "?s ?p 1.SERVICE<URL>{ ?s ?p ?o }",
    "?s ?p ex:a.b.SERVICE<URL>{ ?s ?p ?o }",
    "?s ?p ex:a.b.SERVICEex:c{ ?s ?p ?o }",
    "VALUES ?u { <URL> } SERVICE ?u { ?s ?p ?o }",
    "{ SELECT * { SERVICE <URL> { ?s ?p ?o } } }",
    "FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } }",
    'FILTER(1 < 2) ?s ?p "<" . SERVICE <URL> { ?s ?p ?o } ',
    'FILTER(?a<?b#> """\n) SERVICE <URL> { ?s ?p ?o } #""")\n',
    'BIND(1 AS ?a) FILTER(?a<true#> """\n) SERVICE <URL> { ?s ?p ?o } #""")\n',
    'BIND(1 AS ?a) FILTER(?a<ex:b#> """\n) SERVICE <URL> { ?s ?p ?o } #""")\n',
    'FILTER(("""x\\q") SERVICE <URL> { ?s ?p ?o } # """',
    "\\u0053ERVICE <URL> { ?s ?p ?o }",
]


@pytest.mark.parametrize("pattern", SERVICES)
def test_no_spelling_of_service_connects(filled: EmbeddedStore, canary: Canary, pattern: str) -> None:
    text = f"PREFIX ex: <{canary.url}> SELECT * {{ {pattern} }}".replace("URL", canary.url)
    update = f"PREFIX ex: <{canary.url}> INSERT {{ GRAPH <x:g> {{ ?s ?p ?o }} }} WHERE {{ {pattern} }}"
    with pytest.raises((ForbiddenError, QuerySyntaxError)):
        b"".join(filled.query(Query(text, formats.JSON, formats.TURTLE)).chunks)
    with pytest.raises((ForbiddenError, QuerySyntaxError)):
        read_update(update.replace("URL", canary.url), None, NONE)
    assert canary.visits == 0


def test_no_joining_of_neighbours_makes_the_engine_see_a_service(filled: EmbeddedStore, canary: Canary) -> None:
    before = (
        "",
        "?s ?p ex:a.",
        "?s ?p ?o",
        "?s ?p _:a.b.",
        "?s ?p 'x'@en",
        "?s ?p false",
        "?s ?p 1e1",
        "{}",
        "?s ?p ex:a.b.c.",
    )
    words = ("SERVICE", "service", "SERVICESILENT", "sErViCe silent")
    endpoints = ("<URL>", "ex:x", "ex:", "?u", ":x")
    for left, word, endpoint in product(before, words, endpoints):
        text = (
            f"PREFIX ex: <URL> PREFIX : <URL> SELECT * {{ VALUES ?u {{<URL>}} {left}{word}{endpoint}{{ ?a ?b ?c }} }}"
        )
        try:
            b"".join(filled.query(Query(text.replace("URL", canary.url), formats.CSV, None)).chunks)
        except CommuniqueError:
            continue
    assert canary.visits == 0


def test_the_canary_sings_when_the_guard_is_away(canary: Canary) -> None:
    ox = pytest.importorskip("pyoxigraph")
    with pytest.raises(OSError, match=r"\S"):
        list(ox.Store().query(f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}"))
    assert canary.visits > 0


@pytest.mark.parametrize(
    "pattern",
    [
        "?s ex:service ?o . { ?s ?p ?o }",
        "?s ex:service ?o OPTIONAL { ?s ?p ?o }",
        "?service ?p ?o { ?s ?p ?o }",
        "?s ?p 'SERVICE <http://e.x/> { }' # SERVICE <http://e.x/> { }\n",
        "?s ?p '''SERVICE\n<http://e.x/> { }''', <http://e.x/SERVICE#SERVICE>",
        "GRAPH service:x { ?s ?p ?o }",
        "?s service:a [ service:b ?o ]",
    ],
)
def test_what_only_looks_like_a_service_is_answered(filled: EmbeddedStore, pattern: str) -> None:
    text = f"PREFIX ex: <http://e.x/> PREFIX service: <http://e.x/> SELECT * {{ {pattern} }}"
    assert b"".join(filled.query(Query(text, formats.JSON, None)).chunks)


@pytest.mark.parametrize(
    "text",
    ["LOAD <URL>", "LOAD SILENT <URL> INTO GRAPH <x:g>", "LOAD<URL>", "LOADex:x", "CLEAR GRAPH <x:g>;load <URL>"],
)
def test_load_is_refused(text: str) -> None:
    with pytest.raises(ForbiddenError, match="LOAD"):
        read_update(f"PREFIX ex: <http://e.x/> {text}", None, NONE)


DEEP = {
    "braces": ("SELECT * { ", "{", "}", " }"),
    "parentheses": ("SELECT * { FILTER(", "(", ")", "1) }"),
    "paths": ("SELECT * { ?s ", "(", ")", "ex:p ?o }"),
    "collections": ("SELECT * { ?s ?p ", "(", ")", " }"),
    "blank nodes": ("SELECT * { ?s ?p ", "[ ex:p ", "]", " }"),
    "calls": ("SELECT * { FILTER(", "STR(", ")", ") }"),
    "unclosed": ("SELECT * { ", "{", "", ""),
}


@pytest.mark.parametrize("shape", DEEP)
def test_nesting_of_a_hundred_thousand_is_refused(shape: str) -> None:
    start, opens, closes, end = DEEP[shape]
    with pytest.raises(ForbiddenError, match=f"{MAX_DEPTH}"):
        read_query(start + opens * 100_000 + closes * 100_000 + end, None, NONE)
    with pytest.raises(ForbiddenError, match=f"{MAX_DEPTH}"):
        read_update("INSERT DATA { <x:a> <x:b> " + "[ <x:p> " * 100_000, None, NONE)


CHAINS = {
    "unions": ("SELECT * { {} ", " UNION {}", " }"),
    "minus": ("SELECT * { ?s ?p ?o ", " MINUS { ?s <x:p> 1 }", " }"),
    "alternatives": ("SELECT * { ?s <x:p>", "|<x:q>", " ?o }"),
    "negations": ("SELECT * { FILTER(", "!", "true) }"),
    "sums": ("SELECT * { FILTER(1", "+1", ") }"),
    "disjunctions": ("SELECT * { ?s ?p ?o FILTER(?o", "||?o", ") }"),
    "filters": ("SELECT * { ?s ?p ?o ", " FILTER(?o = 1)", " }"),
    "expressions": ("SELECT ", "(1 AS ?x#)", " { ?s ?p ?o }"),
    "binds": ("SELECT * { ?s ?p ?o ", " BIND(1 AS ?x#)", " }"),
}


def chain(shape: str, times: int) -> str:
    start, link, end = CHAINS[shape]
    return start + "".join(link.replace("#", str(n)) for n in range(times)) + end


@pytest.mark.parametrize("shape", CHAINS)
def test_a_chain_of_a_hundred_thousand_is_refused(shape: str) -> None:
    with pytest.raises(ForbiddenError, match=f"{MAX_OPERATORS}"):
        read_query(chain(shape, 100_000), None, NONE)


@pytest.mark.parametrize("shape", CHAINS)
def test_the_longest_chain_that_is_let_through_leaves_the_process_alive(shape: str) -> None:
    times = next(n for n in range(MAX_OPERATORS, 0, -100) if _passes(chain(shape, n)))
    script = """
        import sys
        import pyoxigraph as ox
        from kg import formats
        from kg.store import Query
        from kg.store.answers import read_evaluation
        from kg.store.engine_thread import stream
        from kg.store.snapshots import Snapshot
        store = ox.Store()
        store.update("INSERT DATA { <x:s> <x:p> 1, 2 }")
        evaluation = read_evaluation(Query(sys.stdin.read(), formats.CSV, None), Snapshot(store, None), "1")
        print(len(b"".join(stream(evaluation.work)[1])))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        input=chain(shape, times),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def _passes(text: str) -> bool:
    try:
        read_query(text, None, NONE)
    except ForbiddenError:
        return False
    return True


def test_a_search_where_no_index_is_says_where_it_is_answered() -> None:
    prefix = "PREFIX search: <https://w3id.org/communique/search#> "
    clause = 'SERVICE search:index { ?s search:words "x" }'
    sentence = "Only a server's own endpoint has search:index, in queries."
    with pytest.raises(ForbiddenError, match=sentence):
        read_query(f"{prefix} SELECT * {{ {clause} }}", None, NONE)
    with pytest.raises(ForbiddenError, match=sentence):
        read_update(f"{prefix} INSERT {{ GRAPH <x:g> {{ ?s a <x:C> }} }} WHERE {{ {clause} }}", None, NONE)
