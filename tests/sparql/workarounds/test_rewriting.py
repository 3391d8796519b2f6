"""A text that is concerned by no difference stays as it is, and costs nothing."""

from __future__ import annotations

import pytest

from kg.sparql.prologue import Prologue
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.workarounds import aggregates_in, functions_in, rewrite

NAMES = Prologue(None, {":": "http://e.x/", "xsd:": "http://www.w3.org/2001/XMLSchema#"})


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o FILTER (?o > 1 || ?o < 0) }",
        "SELECT (COUNT(*) AS ?n) { ?s a :T ; :p* ?o } GROUP BY ?s LIMIT 5",
        "SELECT ?s { ?s :p 'ORDER BY ?x, MAX(?y) a|b' } # BNODE('x')",
        "CONSTRUCT { ?s :p ?b } WHERE { ?s :p ?o BIND (BNODE() AS ?b) }",
        "SELECT ?minimum ?regex { :order :max ?minimum ; :replace ?regex }",
        "SELECT (:f(?x) AS ?y) { BIND (STRLEN('|') AS ?x) }",
    ],
)
def test_a_text_that_no_difference_concerns_stays_as_it_is(text: str) -> None:
    tokenized = TokenizedText(text)
    assert rewrite(tokenized, NAMES) is tokenized
    assert functions_in(text) == {}
    assert aggregates_in(text) == {}


def test_only_what_a_text_calls_is_handed_over() -> None:
    text = rewrite(TokenizedText("SELECT (MAX(?x) AS ?m) (REGEX(?y, ?p) AS ?r) { ?x ?y ?p }"), NAMES).text
    assert [name.value for name in functions_in(text)] == ["urn:communique:matches"]
    assert [name.value for name in aggregates_in(text)] == ["urn:communique:max"]
