"""Lists over the ontology's words without sense: blank nodes, literals for things, places and times that are none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.datasets import GraphNames
from kg.formats import TURTLE
from kg.store import EmbeddedStore, read_graph
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import Reader, running

NAMES = GraphNames("https://example.org/")
ODD = """
PREFIX cq: <https://w3id.org/communique/ontology#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX : <https://example.org/>

[] a cq:Statement ; cq:gist "blank" ; cq:source [ cq:name "blank" ] .
:s a cq:Statement ; cq:gist "said", 7, true ; cq:source "literal", [], :p ; cq:about 3.5, [] ; cq:act 1e3 ;
  cq:saidEarliest "0001-01-01T00:00:00+14:00"^^xsd:dateTime, "never" ;
  cq:evidence :e ; cq:statedIn [] ; cq:contradicts [], :s, "x" .
:e oa:hasSelector [ oa:start "abc" ], :selector .
:selector oa:start "-", 1.5, 9 .
[] a cq:Person ; cq:name "anonymous" .
:p a cq:Person, cq:Organization ; cq:name 5, "P\\ty\\n" .
[] a cq:Event ; cq:earliestBegin "x" .
:v a cq:Event, cq:Scenario ; cq:earliestBegin "9999-12-31T23:59:59-14:00"^^xsd:dateTime, 12 ; cq:latestEnd "" .
[] cq:participant :p, "q", [] ; cq:participationIn :v ; cq:side [], "s" .
[] cq:linkSubject [] ; cq:linkPredicate "p", :v ; cq:linkObject :p .
[] a cq:Scenario ; cq:status "odd" .
[] a skos:Concept ; skos:prefLabel "c"@en .
"""
LISTS = (
    "/",
    "/articles",
    "/people",
    "/events",
    "/timeline",
    "/statements",
    "/statements?q=b&sort=said",
    "/statements?sort=source",
    "/disagreements",
    "/network",
    "/network/graph",
    "/search?q=b",
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    store = EmbeddedStore.open(tmp_path_factory.mktemp("odd"), NAMES)
    with store.write() as change:
        change.replace_graph(f"{NAMES.base}graph/odd", read_graph(ODD.encode(), TURTLE))
        change.commit("odd")
    with running(create_app(UnlimitedStore(store), Settings(base=NAMES.base))) as site:
        yield site


@pytest.mark.parametrize("path", LISTS)
def test_a_list_over_odd_data_is_a_page(odd: Reader, path: str) -> None:
    page = odd.get(path)
    assert (page.status, page.words.count("_:")) == (200, 0)


def test_what_can_be_made_sense_of_is_shown(odd: Reader) -> None:
    assert "/about/p" in odd.get("/people").links
    assert "/about/v" in odd.get("/events?kind=unreal").links
    assert "1 statement" in odd.get("/statements").words
    assert "literal" in odd.get("/statements").words
