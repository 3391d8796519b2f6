"""JSON-LD: what containers, nests and values of version 1.1 mean, and errors in our words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg import formats
from kg.errors import PayloadError
from kg.store import read_graph

PREFIXES = "@prefix : <http://e.x/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
TYPED = {"p": {"@container": "@type"}}
MEANT: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (TYPED, {"p": {"T": {"@id": "x:b", "q": 1, "@type": "U"}}}, "<x:a> :p <x:b> . <x:b> a :T , :U ; :q 1 ."),
    (
        TYPED,
        {"p": {"@none": "x:b", "T": [{"q": 1}, "x:c"]}},
        "<x:a> :p <x:b> , <x:c> , [ a :T ; :q 1 ] . <x:c> a :T .",
    ),
    (
        {"p": {"@container": ["@set", "@type"], "@type": "@id"}},
        {"p": {"T": {"p": {"U": {}}}}},
        "<x:a> :p [ a :T ; :p [ a :U ] ] .",
    ),
    (
        {"p": {"@container": "@id"}},
        {"p": {"x:b": {"q": 1}, "@none": {"q": 2}}},
        "<x:a> :p <x:b> , [ :q 2 ] . <x:b> :q 1 .",
    ),
    ({"p": {"@container": "@index"}}, {"p": {"i": {"@id": "x:b"}, "j": "s"}}, "<x:a> :p <x:b> , 's' ."),
    (
        {"p": {"@container": "@index", "@index": "q"}},
        {"p": {"i": {"@id": "x:b"}}},
        "<x:a> :p <x:b> . <x:b> :q 'i' .",
    ),
    ({"p": {"@container": "@language"}}, {"p": {"en": "x", "@none": ["y"]}}, "<x:a> :p 'x'@en , 'y' ."),
    ({"p": {"@container": "@list"}}, {"p": [1, [2], []]}, "<x:a> :p ( 1 ( 2 ) () ) ."),
    ({"n": "@nest"}, {"n": {"q": 1}, "@included": {"@id": "x:b", "q": 2}}, "<x:a> :q 1 . <x:b> :q 2 ."),
    ({"r": {"@reverse": "p"}}, {"r": {"@id": "x:b"}}, "<x:b> :p <x:a> ."),
    ({"p": {"@type": "@json"}}, {"p": {"b": [1, None]}}, "<x:a> :p '{\"b\":[1,null]}'^^rdf:JSON ."),
    ({"@language": "en"}, {"p": "x", "q": {"@value": "y"}}, "<x:a> :p 'x'@en ; :q 'y' ."),
    ({"@direction": "rtl", "@language": "ar"}, {"p": "x"}, "<x:a> :p 'x'@ar ."),
    ({}, {"p": {"@value": "x", "@direction": "rtl", "@language": "ar"}}, "<x:a> :p 'x'@ar ."),
]


@pytest.mark.parametrize(("context", "node", "meant"), MEANT)
def test_maps_nests_and_values_mean_what_the_recommendation_says(
    context: dict[str, Any], node: dict[str, Any], meant: str
) -> None:
    sent = json.dumps({"@context": {"@vocab": "http://e.x/", **context}, "@id": "x:a", **node})
    graph, expected = parsed(sent, formats.JSONLD), parsed(PREFIXES + meant, formats.TURTLE)
    assert isomorphic(graph, expected), graph.serialize(format="nt")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([{"@context": TYPED}, {"@context": {"p": "http://e.x/p"}, "p": {"T": {}}}], "do not agree"),
        ({"@context": TYPED, "p": {"T": {"@context": {}, "q": 1}}}, "other than a plain node"),
        ({"@context": TYPED, "p": {"T": 5}}, "other than a plain node"),
        ({"@context": ["https://schema.org/", {}], "@id": "x:a"}, "remote context, and nothing is fetched here"),
        ({"@context": {"@import": "https://schema.org/"}, "@id": "x:a"}, "remote context, and nothing is fetched here"),
    ],
)
def test_a_payload_that_cannot_be_read_is_an_error_in_our_words(document: object, message: str) -> None:
    with pytest.raises(PayloadError, match=message):
        read_graph(json.dumps(document).encode(), formats.JSONLD)


def parsed(sent: str, written: formats.Format) -> Graph:
    graph = Graph()
    for triple in read_graph(sent.encode(), written):
        graph.add(triple)
    return graph
