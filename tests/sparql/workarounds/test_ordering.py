"""ORDER BY, MIN and MAX go by one total order, which keeps every pair that the engine's own `<` compares."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import formats
from kg.datasets import GraphNames
from kg.errors import QuerySyntaxError
from kg.sparql.workarounds.total_order import key
from kg.store import EmbeddedStore, Query
from tests.sparql.workarounds.conftest import PREFIX, Solve, solutions


def of(datatype: str, *lexical: str) -> list[str]:
    return [f'"{form}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>' for form in lexical]


OFFSETS = ("", "Z", "+05:00", "-05:00", "+14:00", "-14:00")
POOL = [
    *of("integer", "0", "1", "-1", "10", "2019", "9007199254740992", "9007199254740993", "-9007199254740993"),
    *of("integer", "9223372036854775807", "99999999999999999999", "x", ""),
    *of("decimal", "3.5", "0.1", "0.10000000000000001", "-3.5", "100000000000000000000", "9007199254740992.5"),
    *of("double", "9007199254740992", "0.1", "NaN", "INF", "-INF", "-0", "1E300", "1E-300", "16777217", "3.5"),
    *of("float", "16777216", "0.1", "NaN", "INF", "1E38", "x"),
    *of("dateTime", *(f"2034-03-14T{hour}:00:00{offset}" for hour in ("01", "13", "24") for offset in OFFSETS)),
    *of(
        "dateTime",
        "2034-03-14T13:00:00.5",
        "-0044-03-15T12:00:00Z",
        "12034-03-14T10:00:00",
        "soon",
        "2034-13-01T00:00:00",
    ),
    *of("date", *(f"2034-03-1{day}{offset}" for day in "45" for offset in OFFSETS)),
    *of("time", *(f"{hour}:00:00{offset}" for hour in ("01", "13", "24") for offset in OFFSETS)),
    *of("gYear", "2019", "2019Z", "2020-05:00", "-0001"),
    *of("gYearMonth", "2019-01", "2019-02+14:00"),
    *of("gMonth", "--01", "--02Z"),
    *of("gMonthDay", "--02-29", "--03-01Z"),
    *of("gDay", "---01", "---31+14:00"),
    *of("duration", "P1M", "P30D", "P31D", "P28D", "PT0S", "-P1M", "P1Y", "P365D", "P366D", "P1M1D", "x"),
    *of("dayTimeDuration", "P30D", "PT720H", "P31D"),
    *of("dayTimeDuration", "P1M", "P1Y"),
    *of("yearMonthDuration", "P1M", "P1Y", "P12M", "P30D", "PT1H"),
    *of("boolean", "true", "false", "x"),
    *of("hexBinary", "0A", "0B"),
    *('"10"', '"3.5"', '"2034-03-14T01:00:00"', '"a"', '"b"', '"a"@en', '"b"@en', '"a"@fr', '"B"@fr', '""'),
    *("<http://e.x/a>", "<http://e.x/b>", '"a"^^<http://e.x/own>', '"10"^^<http://e.x/own>', "UNDEF"),
]
TERMS = st.lists(st.sampled_from(POOL), min_size=2, max_size=60)


def values(terms: Iterable[str]) -> str:
    return f"VALUES ?v {{ {' '.join(terms)} }}"


def term(written: str | None) -> str:
    """Return a term's key, nothing for an unbound one."""
    if written is None:
        return ""
    return key(next(ox.parse(f"<x:s> <x:p> {written} .", ox.RdfFormat.TURTLE)).object)


def inversions(solve: Solve, ordered: list[str | None]) -> list[dict[str, str]]:
    """Return the pairs of which the later is less than the earlier by the engine's own `<`."""
    rows = " ".join(f"({at} {value or 'UNDEF'})" for at, value in enumerate(ordered))
    pairs = f"VALUES (?i ?a) {{ {rows} }} VALUES (?j ?b) {{ {rows} }}"
    return solve(f"SELECT ?a ?b {{ {pairs} FILTER (?i < ?j && ?b < ?a) }}")


@pytest.mark.parametrize("condition", ["?v", "ASC(?v)", "(?v)", "(IF(true, ?v, 1))", "COALESCE(?v)"])
@settings(max_examples=25, deadline=None)
@given(terms=TERMS)
def test_sorting_keeps_every_pair_that_compares(solve: Solve, condition: str, terms: list[str]) -> None:
    ordered = [row.get("v") for row in solve(f"SELECT ?v {{ {values(terms)} }} ORDER BY {condition}")]
    assert len(ordered) == len(terms)
    assert inversions(solve, ordered) == []
    back = [
        row.get("v") for row in solve(f"SELECT ?v {{ {values(terms)} }} ORDER BY DESC({condition.removeprefix('ASC')})")
    ]
    assert inversions(solve, back[::-1]) == []


@settings(max_examples=25, deadline=None)
@given(terms=TERMS, seed=st.integers())
def test_the_order_of_the_input_does_not_matter(solve: Solve, terms: list[str], seed: int) -> None:
    other = random.Random(seed).sample(terms, len(terms))  # noqa: S311 - no secret
    first, second = (
        [row.get("v") for row in solve(f"SELECT ?v {{ {values(sample)} }} ORDER BY ?v")] for sample in (terms, other)
    )
    assert [*map(kind, first)] == [*map(kind, second)]
    bound, shuffled = ([sample for sample in some if sample != "UNDEF"] for some in (terms, other))
    extremes = "SELECT (MIN(?v) AS ?least) (MAX(DISTINCT ?v) AS ?most)"
    assert solve(f"{extremes} {{ {values(bound)} }}") == solve(f"{extremes} {{ {values(shuffled)} }}")


def kind(written: str | None) -> str:
    """Return a term's key without its letters' datatype, by which a sort leaves ties open."""
    return term(written).split("\0")[0]


def test_least_and_greatest_are_the_first_and_the_last_of_what_is_sorted(solve: Solve) -> None:
    terms = [value for value in POOL if value != "UNDEF"]
    ordered = [row["v"] for row in solve(f"SELECT ?v {{ {values(terms)} }} ORDER BY (IF(true, ?v, 1))")]
    [extremes] = solve(f"SELECT (MIN(?v) AS ?least) (MAX(?v) AS ?most) {{ {values(terms)} }}")
    assert term(extremes["least"]) == term(ordered[0])
    assert term(extremes["most"]) == term(ordered[-1])


SORTED = [
    (["10", "9", "2.5e0", "-1.5"], ["-1.5", "2.5e0", "9", "10"]),
    (['"b"', '"a"@en', '"a"', "1", "<http://e.x/z>", "UNDEF"], [None, "<http://e.x/z>", "1", '"a"', '"a"@en', '"b"']),
    (of("double", "NaN", "INF", "1", "-INF"), of("double", "-INF", "1", "INF", "NaN")),
    (
        [*of("double", "9007199254740994"), *of("integer", "9007199254740993", "9007199254740991")],
        [*of("integer", "9007199254740991", "9007199254740993"), *of("double", "9007199254740994")],
    ),
    (
        of("dateTime", "2034-03-14T12:00:00", "2034-03-14T14:00:00+05:00", "2034-03-14T13:00:00Z"),
        of("dateTime", "2034-03-14T14:00:00+05:00", "2034-03-14T12:00:00", "2034-03-14T13:00:00Z"),
    ),
    (of("duration", "P31D", "P1M", "P27D"), of("duration", "P27D", "P1M", "P31D")),
    # Months are none of the one's lexical forms and days none of the other's: such literals have no value, but letters.
    (
        [*of("dayTimeDuration", "P1M", "PT9H", "P2D"), '"P0"', '"P2"'],
        [*of("dayTimeDuration", "PT9H", "P2D"), '"P0"', *of("dayTimeDuration", "P1M"), '"P2"'],
    ),
    (
        [*of("yearMonthDuration", "P1D", "P9M", "P2Y"), '"P0"', '"P2"'],
        [*of("yearMonthDuration", "P9M", "P2Y"), '"P0"', *of("yearMonthDuration", "P1D"), '"P2"'],
    ),
    (of("date", "2034-03-15", "2034-03-15+14:00", "2034-03-15-05:00"),) * 1
    + (of("date", "2034-03-15+14:00", "2034-03-15", "2034-03-15-05:00"),),
]


@pytest.mark.parametrize(("terms", "expected"), SORTED)
def test_values_stand_by_kind_and_then_by_value(solve: Solve, terms: list[str], expected: list[str | None]) -> None:
    for given_order in permutations(terms):
        ordered = [row.get("v") for row in solve(f"SELECT ?v {{ {values(given_order)} }} ORDER BY ?v")]
        assert [*map(term, ordered)] == [*map(term, expected)]


TEXTS = [
    (
        "SELECT ?g (MAX(?v) AS ?m) {{ {v} BIND (DATATYPE(?v) AS ?g) }} GROUP BY ?g HAVING (MAX(?v) != 0) ORDER BY ?m",
        None,
    ),
    ("SELECT (COUNT(*) AS ?n) {{ {{ SELECT ?v {{ {v} }} ORDER BY DESC(?v) LIMIT 7 }} }}", ["7"]),
    ("SELECT (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?v {{ {v} }} ORDER BY ?v OFFSET 2 LIMIT 3 }} }}", ["3"]),
    ("SELECT (COUNT(*) AS ?n) {{ {v} }} ORDER BY ?n", [str(len(POOL))]),
    ("SELECT ?v {{ {v} }} ORDER BY STR(?v) (!BOUND(?v)) EXISTS {{ ?s ?p ?o }} (-?v) IF(BOUND(?v), ?v, 0) LIMIT 0", []),
    ("SELECT ?v {{ FILTER EXISTS {{ SELECT ?v {{ {v} }} ORDER BY ?v LIMIT 1 }} }} ORDER BY ?v", [None]),
    ("SELECT (MIN(?v + 1) AS ?m) {{ VALUES ?v {{ 3 2 }} }}", ["3"]),
    ("SELECT (MIN(?v) AS ?m) {{ FILTER (false) }}", [None]),
    ("SELECT (MAX(?v) AS ?m) {{ VALUES ?v {{ 1 UNDEF }} }}", [None]),
    ("SELECT (MIN(DISTINCT ?v) + MAX(?v) AS ?m) {{ VALUES ?v {{ 3 2 2 }} }}", ["5"]),
    ("SELECT ?max {{ VALUES ?max {{ 3 2 }} }} ORDER BY ?max # ORDER BY ?min", ["2", "3"]),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_queries_of_every_form_may_sort(solve: Solve, text: str, expected: list[str | None] | None) -> None:
    rows = solve(text.format(v=values(POOL)))
    plain = [next((value.partition("^^")[0].strip('"') for value in row.values()), None) for row in rows]
    assert expected is None or plain == expected


@pytest.mark.parametrize("form", ["CONSTRUCT {{ ?s :p ?v }}", "DESCRIBE ?s", "ASK"])
def test_graphs_and_questions_may_be_sorted_too(form: str, tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, GraphNames(""), plain=True)
    text = f"{form.format()} {{ {values(POOL)} BIND (:s AS ?s) }} ORDER BY DESC(?v) LIMIT 5"
    query = Query(PREFIX + text, formats.JSON, formats.NTRIPLES)
    answer = b"".join(store.query(query).chunks)
    if form == "ASK":
        assert json.loads(answer) == {"head": {}, "boolean": True}
    else:
        assert len(answer.splitlines()) == (5 if "CONSTRUCT" in form else 0)


NODES = (
    ":b",
    "<http://e.x/A>",
    "<urn:\\u00E9>",
    "<a:a>",
    "<http://e.x/a/>",
    "<x:\\U00010000>",
    "<x:\\uFFEF>",
    "[]",
    "[]",
)
SUBJECTS = [
    ("SELECT ?s {{ ?s :p ?o }} ORDER BY {0}", 1),
    ("SELECT ?s {{ {{ SELECT ?s ?o {{ ?s :p ?o }} }} ?s :p ?o ; a ?class }} ORDER BY {0} ?o", 1),
    ("SELECT ?s {{ VALUES ?s {{ 1 :b }} ?s ?p ?o OPTIONAL {{ ?s :q ?x }} }} ORDER BY {0}", 1),
    ("SELECT ?s (COUNT(*) AS ?n) {{ ?s :p ?o }} GROUP BY ?s ORDER BY {0}", 1),
    ("SELECT ?s {{ {{ SELECT ?s {{ ?s :p ?o }} ORDER BY {0} LIMIT 5 }} ?s a ?class }} ORDER BY {0}", 1),
    ("SELECT ?s {{ ?s :p* ?o . :b :p ?o }} ORDER BY {0}", 0),
    ("SELECT ?s {{ ?s ^:p ?o }} ORDER BY {0}", 0),
    ("SELECT ?s {{ ?o :p ?s }} ORDER BY {0}", 0),
    ("SELECT ?s {{ ?o :p ?s . :s a ?class }} ORDER BY {0}", 0),
    ("SELECT ?s {{ {{ ?s :p ?o }} UNION {{ ?o :p ?s }} }} ORDER BY {0}", 0),
    ("SELECT ?s {{ SELECT ?s ?p ?o {{ ?o ?p ?s }} }} ORDER BY {0}", 0),
    ("SELECT (MAX(?o) AS ?s) {{ ?s :p ?o }} GROUP BY ?o ORDER BY {0}", 0),
    ("SELECT ?s (COUNT(*) AS ?n) {{ ?s :p ?o }} GROUP BY (COALESCE(?o) AS ?s) ORDER BY {0}", 0),
    ("SELECT ?s {{ {{ SELECT ?s {{ ?x :p ?s }} ORDER BY {0} LIMIT 40 }} ?s a ?class }} ORDER BY {0}", 0),
    ("SELECT ?s {{ ?x :p ?s OPTIONAL {{ ?s :p ?o }} FILTER EXISTS {{ ?x :p ?o }} }} ORDER BY {0}", 0),
]


@pytest.mark.parametrize(("query", "is_short"), SUBJECTS)
@pytest.mark.parametrize("direction", ["", "DESC"])
def test_subjects_are_sorted_by_one_expression_as_by_all(
    query: str, is_short: int, direction: str, tmp_path: Path
) -> None:
    store = EmbeddedStore.open(tmp_path, GraphNames(""), plain=True)
    with store.write() as change:
        triples = (f"{node} :p {at % 3}, :b, {POOL[at]}, <http://e.x/z> ; a :T" for at, node in enumerate(NODES))
        change.update(f"{PREFIX} INSERT DATA {{ :s a :T . {' . '.join(triples)} }}")
        change.commit("nodes")
    rows = solutions(store, query.format(f"{direction}(?s)"))
    # A computed value is sorted by all that tells terms apart.
    assert [row["s"] for row in rows] == [
        row["s"] for row in solutions(store, query.format(f"{direction}(COALESCE(?s))"))
    ]
    assert len(rows) > 4 or "?s :q ?x" in query
    explained = Query(PREFIX + query.format(f"{direction}(?s)"), formats.CSV, None, explain=True)
    assert ("isNumeric(?s)" not in b"".join(store.query(explained).chunks).decode()) is bool(is_short)


UNREADABLE = [
    "SELECT ?v { ?v ?p ?o FILTER } ORDER BY ?v",
    "SELECT ?v { ?v ?p } ORDER BY ?v",
    "SELECT ?v { ?v ?p [ } ORDER BY ?v",
    "SELECT ?v { ?s ?p ?v } ORDER BY",
    "SELECT ?v { ?s ?p ?v } ORDER BY DESC ?v",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v 1",
    "SELECT ?v { ?s ?p ?v } ORDERBY ?v",
    "SELECT ?v { ?s ?p ?v } ORDER BYDESC(?v)",
    "SELECT (MAX() AS ?m) { ?s ?p ?v }",
    "SELECT (MAX(*) AS ?m) { ?s ?p ?v }",
    "SELECT (MAX(?v, ?s) AS ?m) { ?s ?p ?v }",
    "SELECT ?m { ?s ?p ?v BIND (MAX(?v) AS ?m) }",
    "SELECT ?s (MAX(?v) AS ?m) { ?s ?p ?v }",
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_does_not_parse_is_said_of_what_was_sent(solve: Solve, text: str) -> None:
    with pytest.raises(QuerySyntaxError) as error:
        solve(text)
    assert (error.value.column or 0) <= len(PREFIX + text) + 1


NAMED_CALLS = [
    ("SELECT (COUNT(*) AS ?n) {{ {0} }} GROUP BY ?v ORDER BY DESC(?n)", 0),
    ("SELECT ?n {{ {0} BIND(STRLEN(STR(?v)) AS ?n) }} ORDER BY ?n", 2),
    ("SELECT (STRLEN(STR(?v)) AS ?n) {{ {0} }} ORDER BY ?n", 0),
    ("SELECT (CONTAINS(STR(?v), '1') AS ?n) {{ {0} }} ORDER BY (?n)", 0),
    ("SELECT (?v AS ?n) {{ {0} }} ORDER BY ?n", 2),
    ("SELECT (STRLEN(STR(?v)) + 1 AS ?n) {{ {0} }} ORDER BY ?n", 2),
    ("SELECT ?n {{ BIND(?v AS ?n) {{ SELECT ?v (COUNT(*) AS ?n) {{ {0} }} GROUP BY ?v }} }} ORDER BY ?n", 2),
    ("SELECT ?v {{ BIND(?v AS ?n) {0} {{ SELECT (COUNT(*) AS ?m) {{ {0} }} GROUP BY ?v }} }} ORDER BY ?n", 2),
]


@pytest.mark.parametrize(("query", "rankings"), NAMED_CALLS)
def test_what_a_call_is_named_is_left_to_the_engine_if_it_is_named_nowhere_else(
    solve: Solve, store: EmbeddedStore, query: str, rankings: int
) -> None:
    text = query.format(values([value for value in POOL if value != "UNDEF"]))
    answer = json.loads(b"".join(store.query(Query(text, formats.JSON, None, explain=True)).chunks))
    steps = {row["step"]["value"]: row["detail"]["value"] for row in answer["results"]["bindings"]}
    assert steps["text"].count("urn:communique:rank") == rankings
    if rankings:
        return  # sorted as any variable is, which the tests above hold
    where, order = text.split("ORDER BY ")
    assert solve(text) == solve(f"{where} ORDER BY {order.replace('?n', 'COALESCE(?n)')}")
