"""schema.org's JSON-LD: valid by its vocabulary, and never more than the article states."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from rdflib import SDO

from kg.app.builds.build import build
from kg.errors import RequestError
from kg.formats import SCHEMA_ORG, TURTLE
from kg.lookups.property_values import Values
from kg.lookups.schema_org import embedded_node
from kg.lookups.thing_documents import export_things
from kg.store import EmbeddedStore, open_store
from tests.support.built_once import built_once
from tests.support.export_datasets import BASE, HARBOUR
from tests.support.tiny_corpus import QUICKLY

STRAIT = HARBOUR.parent / "strait-series"
STRAIT_BASE = "https://example.org/strait/article"
TALKS = f"{BASE}article/harbour-talks"
Json = dict[str, Any]

PARENTS = {
    "Claim": "CreativeWork",
    "ClaimReview": "Review",
    "CreativeWork": "Thing",
    "Event": "Thing",
    "NewsArticle": "Article",
    "Article": "CreativeWork",
    "Organization": "Thing",
    "Person": "Thing",
    "Place": "Thing",
    "PropertyValue": "Thing",
    "Quotation": "CreativeWork",
    "Review": "CreativeWork",
}
"""The classes above each, of those at https://schema.org/docs/full.html that are met here."""
PROPERTIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "about": (("CreativeWork", "Event"), ("Thing",)),
    "additionalType": (("Thing",), ("Text",)),
    "address": (("Organization", "Person", "Place"), ("Text",)),
    "alternateName": (("Thing",), ("Text",)),
    "appearance": (("Claim",), ("CreativeWork",)),
    "attendee": (("Event",), ("Organization", "Person")),
    "author": (("CreativeWork",), ("Organization", "Person")),
    "claimReviewed": (("ClaimReview",), ("Text",)),
    "creditText": (("CreativeWork",), ("Text",)),
    "dateCreated": (("CreativeWork",), ("Text",)),
    "datePublished": (("CreativeWork",), ("Text",)),
    "disambiguatingDescription": (("Thing",), ("Text",)),
    "endDate": (("Event",), ("Text",)),
    "hasPart": (("CreativeWork",), ("CreativeWork",)),
    "headline": (("CreativeWork",), ("Text",)),
    "identifier": (("Thing",), ("PropertyValue",)),
    "inLanguage": (("CreativeWork", "Event"), ("Text",)),
    "isBasedOn": (("CreativeWork",), ("CreativeWork",)),
    "isPartOf": (("CreativeWork",), ("CreativeWork",)),
    "itemReviewed": (("Review",), ("Thing",)),
    "location": (("Event", "Organization"), ("Place",)),
    "mainEntityOfPage": (("Thing",), ("Text",)),
    "name": (("Thing",), ("Text",)),
    "propertyID": (("PropertyValue",), ("Text",)),
    "reviewBody": (("Review",), ("Text",)),
    "sameAs": (("Thing",), ("Text",)),
    "startDate": (("Event",), ("Text",)),
    "subjectOf": (("Thing",), ("CreativeWork", "Event")),
    "superEvent": (("Event",), ("Event",)),
    "text": (("CreativeWork",), ("Text",)),
    "url": (("Thing",), ("Text",)),
    "value": (("PropertyValue",), ("Text",)),
}
"""Of which classes schema.org has each property, and what its values are; dates and addresses are texts here."""


@pytest.fixture(scope="module")
def strait(tmp_path_factory: pytest.TempPathFactory) -> Values:
    """Return the series, in which a denial in one article contradicts another article."""

    def make(folder: Path) -> object:
        corpus = shutil.copytree(STRAIT, tmp_path_factory.mktemp("strait") / "series")
        last = corpus / "5-correction.yaml"
        denial = 'links:\n  - {linkSubject: statement/sailors-deny, linkPredicate: contradicts, at: 1151-1164, grade: inferable, linkObject: "article:ferry-fire/statement/fire-set"}\n'  # noqa: E501
        last.write_text(last.read_text("utf-8").replace("links:\n", denial), "utf-8")
        return build(corpus, partial(EmbeddedStore.open, folder), QUICKLY)

    return Values(open_store(built_once(tmp_path_factory, "strait-with-denial", make)))


@pytest.fixture(scope="module")
def harbour(store: Path) -> Values:
    return Values(open_store(store))


def nodes(values: Values, *iris: str) -> list[Json]:
    document = json.loads(b"".join(export_things(values, iris or None, SCHEMA_ORG)))
    assert document["@context"] == "https://schema.org"
    graph: list[Json] = document["@graph"]
    return graph


def faults(node: Json) -> list[str]:
    """Return what schema.org does not have: a class, a property, or a property of that class or with that value."""
    if "@type" not in node:
        return [] if [*node] == ["@id"] else [f"no class: {node}"]
    kinds = [node["@type"]]
    while kinds[-1] in PARENTS:
        kinds.append(PARENTS[kinds[-1]])
    violations = [] if kinds[-1] == "Thing" and hasattr(SDO, kinds[0]) else [f"no class of schema.org: {kinds}"]
    for name, value in node.items():
        if name[0] == "@":
            continue
        domain, expected = PROPERTIES.get(name, ((), ()))
        if not hasattr(SDO, name) or not {*domain} & {*kinds}:
            violations.append(f"{kinds[0]} has no {name}")
        for part in value if isinstance(value, list) else [value]:
            violations += faults(part) if isinstance(part, dict) else []
            if isinstance(part, str) != (expected == ("Text",)):
                violations.append(f"{name} is {part}: expected {expected}")
            elif isinstance(part, dict) and "@type" in part and "Thing" not in expected:
                above = part["@type"]
                while above not in expected and above in PARENTS:
                    above = PARENTS[above]
                violations += [] if above in expected else [f"{name} is {part['@type']}: expected {expected}"]
    return violations


def test_every_node_has_what_schema_org_has(harbour: Values, strait: Values) -> None:
    for values in (harbour, strait):
        listed = nodes(values)
        assert [fault for node in listed for fault in faults(node)] == []
        assert {"Claim", "CreativeWork", "Event", "NewsArticle", "Organization", "Person", "Thing"} <= {
            node["@type"] for node in listed
        }


def test_the_check_of_nodes_finds_faults() -> None:
    wrong = {"@type": "Person", "text": "x", "author": {"@type": "Place", "name": 1}}
    assert faults(wrong) == [
        "Person has no text",
        "Person has no author",
        "name is 1: expected ('Text',)",
        "author is Place: expected ('Organization', 'Person')",
    ]
    assert faults({"@type": "Rumour"}) == ["no class of schema.org: ['Rumour']"]


def test_a_processor_of_json_ld_reads_the_document(harbour: Values) -> None:
    context = {"@vocab": "https://schema.org/", "id": "@id", "type": "@type"}
    document = {"@context": context, "@graph": nodes(harbour)}
    expanded = jsonld.expand(document)
    authors = {
        (node["@id"], author["@id"])
        for node in expanded
        for author in node.get("https://schema.org/author", [])
        if node["@type"] == ["https://schema.org/Claim"]
    }
    agent = "?who a ?class VALUES ?class { cq:Person cq:Organization }"
    rows = harbour.rows(f"SELECT ?claim ?who WHERE {{ ?claim a cq:Claim ; cq:attributedTo ?who . {agent} }}")
    assert authors == {(row["claim"], row["who"]) for row in rows}
    assert authors


def test_every_statement_and_no_foretold_one_is_there_and_is_a_claim_only_if_it_is_put_forward_as_fact(
    harbour: Values,
) -> None:
    listed = {node["@id"]: node["@type"] for node in nodes(harbour) if "@id" in node}
    rows = harbour.rows("SELECT ?s ?claim WHERE { ?s a cq:Statement BIND(EXISTS { ?s a cq:Claim } AS ?claim) }")
    expected = {row["s"]: "Claim" if row["claim"] == "true" else "CreativeWork" for row in rows}
    assert {iri: kind for iri, kind in listed.items() if "/statement/" in iri} == expected
    assert {*expected.values()} == {"Claim", "CreativeWork"}


def test_a_denial_keeps_its_not_and_names_its_author_and_article(harbour: Values) -> None:
    (denial,) = nodes(harbour, f"{TALKS}/statement/denial-by-orlic")
    assert denial["@type"] == "Claim"
    assert denial["author"] == {"@type": "Person", "@id": f"{BASE}person/lena-orlic", "name": "Lena Orlić"}
    assert denial["creditText"] == (
        "The article tells that Lena Orlić denied that this is so: The Coastal Office gives the Grey Pilots weapons."
    )
    assert denial["appearance"]["@id"] == f"{TALKS}/"


def test_what_is_known_by_anothers_word_alone_has_no_author_but_the_chain(harbour: Values) -> None:
    (quoted,) = nodes(harbour, f"{TALKS}/statement/nine-points")
    assert "author" not in quoted
    assert quoted["creditText"] == (
        "The article tells that Ilse Tarrant reported that Jovan Šerić assessed: "
        "The two sides agree on nine points of ten."
    )
    (reporting,) = nodes(harbour, f"{TALKS}/statement/nine-points-quoted")
    assert reporting["author"]["name"] == "Ilse Tarrant"
    assert reporting["isBasedOn"] == [{"@id": f"{TALKS}/statement/nine-points"}]


def test_what_did_not_happen_is_no_event(harbour: Values, strait: Values) -> None:
    for values in (harbour, strait):
        scenarios = {row["s"] for row in values.rows("SELECT ?s WHERE { ?s a cq:Scenario }")}
        events = {row["s"] for row in values.rows("SELECT ?s WHERE { ?s a cq:Event }")}
        by_kind = {kind: {n["@id"] for n in nodes(values) if n["@type"] == kind} for kind in ("Event", "Thing")}
        assert (by_kind["Event"], by_kind["Thing"]) == (events, scenarios)
        assert scenarios
        assert events
    (feared,) = nodes(strait, f"{STRAIT_BASE}/ferry-fire/scenario/closure")
    assert feared["name"] == "feared: a closing of the strait"


def test_an_event_has_the_times_that_are_certain_and_no_others(harbour: Values) -> None:
    talks, shelling, arrival = nodes(harbour, *(f"{TALKS}/event/{name}" for name in ("talks", "shelling", "arrival")))
    assert (talks["startDate"], talks["endDate"]) == ("2034-03-14T22:00:00", "2034-03-15T01:00:00")
    assert not {"startDate", "endDate"} & {*shelling}
    assert (arrival["startDate"], arrival["endDate"]) == ("2034-03-14", "2034-03-14")
    assert talks["location"][0]["address"].startswith("the Chancellor")
    assert talks["location"][0]["address"].endswith("Port-Mérel, Sarrovia")
    assert {attendee["name"] for attendee in talks["attendee"]} >= {"Ilse Tarrant", "Jovan Šerić", "Nadia Roux"}


def test_only_what_somebody_else_says_in_another_article_is_a_review_and_it_has_no_rating(strait: Values) -> None:
    reviews = [node for node in nodes(strait) if node["@type"] == "ClaimReview"]
    pairs = {(node["url"], node["itemReviewed"]["@id"]) for node in reviews}
    assert {tuple(iri.removeprefix(f"{STRAIT_BASE}/") for iri in pair) for pair in pairs} == {
        ("correction/statement/sailors-correct", "strait-closed/statement/vall-sailors"),
        ("correction/statement/sailors-deny", "ferry-fire/statement/fire-set"),
        ("correction/statement/vall-count", "patrols-off/statement/injured"),
        ("harbour-books/statement/report-fire-set", "ferry-fire/statement/fire-set"),
        ("strait-closed/statement/vall-oil", "ferry-fire/statement/lamp-oil"),
    }
    assert not [node for node in reviews if "reviewRating" in node]
    (inquiry,) = [node for node in reviews if node["url"].endswith("/report-fire-set")]
    assert inquiry["claimReviewed"] == "A naval official says that the fire was set."
    assert inquiry["reviewBody"] == "The inquiry\u2019s final report says that the fire was set."
    assert inquiry["author"]["name"] == "the inquiry into the fire"
    assert inquiry["datePublished"] == "2035-03-16"
    assert inquiry["itemReviewed"]["author"]["name"] == "a Kelmark naval official"
    assert inquiry["itemReviewed"]["appearance"]["datePublished"] == "2034-05-21"
    (denial,) = [node for node in reviews if node["url"].endswith("/sailors-deny")]
    assert denial["creditText"].endswith(" denied that this is so: Two sailors of the Marta set the fire.")


def test_a_review_needs_another_article(harbour: Values) -> None:
    assert harbour.rows("SELECT ?s WHERE { ?s cq:contradicts ?o ; cq:act ?act }")
    assert not [node for node in nodes(harbour) if node["@type"] == "ClaimReview"]


def test_pages_hold_only_what_search_engines_find_whole(harbour: Values) -> None:
    page = "https://site.example/page"
    talks = embedded_node(harbour, f"{TALKS}/event/talks", page)
    assert talks is not None
    assert (talks["@type"], talks["mainEntityOfPage"]) == ("Event", page)
    assert faults(talks) == []
    left_out = ("event/shelling", "scenario/reopening", "statement/demand", "passage/697-767")
    known = [row["s"] for row in harbour.rows("SELECT ?s WHERE { ?s a cq:Scenario }")]
    for iri in (*(f"{TALKS}/{name}" for name in left_out), *known, f"{BASE}place/alund"):
        assert embedded_node(harbour, iri, page) is None


def test_what_has_no_node_is_an_error_that_says_so(harbour: Values) -> None:
    with pytest.raises(RequestError, match="None of the things named is an article"):
        nodes(harbour, f"{BASE}place/alund")
    with pytest.raises(
        RequestError, match=r"Turtle is not a format of single things: expected one of schema\.org, framed, nanopub"
    ):
        export_things(harbour, None, TURTLE)


def test_names_that_others_use_come_from_the_graph_of_what_is_known_outside(harbour: Values) -> None:
    known = harbour.rows(
        "SELECT ?s ?o WHERE { GRAPH ?g { ?s <https://schema.org/sameAs> ?o } ?s a ?c VALUES ?c { cq:Person cq:Organization } }"  # noqa: E501
    )
    expected: dict[str, set[str]] = {}
    for row in known:
        expected.setdefault(row["s"], set()).add(row["o"])
    agents = [node for node in nodes(harbour) if node["@type"] in ("Person", "Organization")]
    assert {node["@id"]: {*node["sameAs"]} for node in agents if "sameAs" in node} == expected
