"""Support of statements: the facet counts what the statement's own page calls independent sources, and nothing else."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from rdflib import RDF, Literal, URIRef

from kg.datasets import GraphNames
from kg.namespaces import CQ, SCHEME
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server.search.property_columns import tsv_rows
from server.search.record_paths import PREFIXES
from server.search.statement_facets import SUPPORT
from server.search.statement_support import ONE_SOURCE, SEVERAL_SOURCES
from server.search.version_index import read_index
from tests.pages.conftest import Reader

STATEMENT = "https://example.org/strait/article/{}/statement/{}"
SAME, CONFIRMED = "The same is said by other sources", "Confirmed by other sources"


def several(reader: Reader) -> set[str]:
    """Return the statements that have several independent sources according to the facet."""
    text = reader.get("/statements?support=several+independent+sources", "text/csv").text
    return {row["statement"] for row in csv.DictReader(text.splitlines())}


def test_the_facet_and_each_page_agree_on_what_has_several_sources(series: Reader) -> None:
    everything = csv.DictReader(series.get("/statements", "text/csv").text.splitlines())
    statements = sorted(row["statement"] for row in everything)
    supported = set()
    for statement in {*several(series), *statements[::4]}:  # of those that have one source, some
        path = re.sub(r"^.*?/(?=article/)", "/about/", statement)
        titles = re.findall(r'<h3 class="relation[^"]*">([^<]*) <span class="count">\d', series.get(path).text)
        supported |= {statement} if {SAME, CONFIRMED} & {title.strip() for title in titles} else set()
    assert several(series) == supported
    assert len(supported) == 9


def test_an_article_alone_whose_sources_repeat_themselves_has_no_second_source(site: Reader) -> None:
    assert several(site) == set()


def test_who_confirms_himself_is_no_second_source(series: Reader) -> None:
    supported = several(series)
    assert STATEMENT.format("ferry-fire", "fire-set") in supported
    # Falk, of whom Roux says it, is a source of hers; she says independently what he confesses.
    assert STATEMENT.format("harbour-books", "named") not in supported
    assert STATEMENT.format("harbour-books", "it-was-i") in supported


@pytest.mark.parametrize(("identified", "support"), [("falk", ONE_SOURCE), ("roux", SEVERAL_SOURCES)])
def test_two_unnamed_sources_are_one_if_they_turn_out_to_be_one_person(
    tmp_path: Path, identified: str, support: str
) -> None:
    names = GraphNames("https://example.org/")
    triples: list[tuple[URIRef, URIRef, URIRef | Literal]] = [
        (URIRef("urn:official"), CQ.identifiedAs, URIRef("urn:falk")),
        (URIRef("urn:aide"), CQ.identifiedAs, URIRef(f"urn:{identified}")),
    ]
    for name in ("official", "aide"):
        statement, proposition = URIRef(f"urn:says-{name}"), URIRef(f"urn:content-{name}")
        triples += [
            (statement, RDF.type, CQ.Statement),
            (statement, CQ.source, URIRef(f"urn:{name}")),
            (statement, CQ.sourceInChain, URIRef(f"urn:{name}")),
            (statement, CQ.polarity, URIRef(f"{SCHEME}polarity/positive")),
            (statement, CQ.tense, URIRef(f"{SCHEME}tense/past")),
            (statement, CQ.says, proposition),
            (proposition, CQ.contentKey, Literal("the fire was set")),
        ]
    store = EmbeddedStore.open(tmp_path, names)
    with store.write() as change:
        change.add(f"{names.base}graph/a", triples)
        version = change.commit("two officials")
    statements = read_index(UnlimitedStore(store), version).statements
    assert statements.value_counts(statements.matching((), ()), SUPPORT.name, 2) == ([(support, 2)], 1)
    query = f"{PREFIXES} SELECT ?value {{ ?statement a cq:Statement . {SUPPORT.values.pattern('?value')} }}"
    assert [value for (value,) in tsv_rows(UnlimitedStore(store), version, query)] == [support] * 2
