"""Optimized queries: the same solutions as often, by the engine, over data and queries made at random."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import formats
from kg.datasets import GraphNames
from kg.errors import QuerySyntaxError
from kg.sparql.optimizations import Optimized, SizeFact, TypeFact, optimize
from kg.sparql.protocol import STORED, RequestDataset
from kg.sparql.query_request import read_query
from kg.sparql.workarounds import aggregates_in, functions_in
from kg.store import EmbeddedStore, Query, snapshots
from kg.store.snapshots import CHECKED_AFTER_SECONDS, DataFacts

EX = "http://e.x/"
PREFIX = f"PREFIX : <{EX}> "
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
NODES, PROPERTIES, CLASSES = ("n0", "n1", "n2", "n3"), ("p", "q"), ("T", "U")
APPLIED: Counter[str] = Counter()
Term = ox.NamedNode | ox.BlankNode | ox.Literal


def name(local: str) -> ox.NamedNode:
    return ox.NamedNode(EX + local)


@st.composite
def stores(draw: st.DrawFn) -> ox.Store:
    """Draw a graph in which some properties have subjects or objects of one class only, and a named graph."""
    nodes = st.sampled_from(NODES).map(name)
    values: st.SearchStrategy[Term] = nodes | st.sampled_from([ox.Literal("n0"), ox.Literal(1), ox.BlankNode("b")])
    triples = draw(st.lists(st.tuples(nodes, st.sampled_from(PROPERTIES).map(name), values), max_size=14))
    typed: list[tuple[Term, Term]] = [*draw(st.lists(st.tuples(nodes, st.sampled_from(CLASSES).map(name)), max_size=4))]
    for relation, kind, end in draw(
        st.lists(st.tuples(st.sampled_from(PROPERTIES), st.sampled_from(CLASSES), st.sampled_from((0, 2))), max_size=4)
    ):
        typed += [(triple[end], name(kind)) for triple in triples if triple[1] == name(relation)]
    quads = [ox.Quad(*triple) for triple in triples]
    quads += [ox.Quad(node, TYPE, kind) for node, kind in typed if isinstance(node, ox.NamedNode | ox.BlankNode)]
    store = ox.Store()
    store.extend(quads)
    store.extend([ox.Quad(quad.subject, quad.predicate, quad.object, name("g")) for quad in quads[::2]])
    return store


VARIABLES = ("?a", "?b", "?c", "?d", "?e")
TERMS = st.sampled_from((*VARIABLES, *VARIABLES, ":n0"))
PATTERNS = st.one_of(
    st.tuples(TERMS, st.sampled_from((":p", ":q", ":p", "^:p", ":p/:q", ":q*", "?v")), TERMS | st.just("'n0'")),
    st.tuples(TERMS, st.sampled_from(("a", f"<{TYPE.value}>")), st.sampled_from((":T", ":U", ":T", "?t"))),
).map(" ".join)
BLOCKS = st.lists(PATTERNS, min_size=1, max_size=5).map(" . ".join)
LISTS = st.sampled_from(
    ("?a a :T ; :p ?b , ?c ; :q ?d . ", "?c :p ?a . ?a a :T, :U . ", "[] :p ?a . _:x :p ?b . ?a a :T .")
)
PARTS = st.one_of(
    BLOCKS,
    LISTS,
    st.tuples(BLOCKS, st.sampled_from(("?a != ?b", "ISIRI(?c)", "EXISTS { ?a :p ?c . ?a a :T }"))).map(
        lambda parts: f"{parts[0]} FILTER ({parts[1]})".replace("(EXISTS", "EXISTS").replace("})", "}")
    ),
    st.tuples(BLOCKS, st.sampled_from(("OPTIONAL", "MINUS", "UNION", "GRAPH ?g", "GRAPH :g")), BLOCKS).map(
        lambda parts: f"{{ {parts[0]} }} {parts[1]} {{ {parts[2]} }}"
    ),
    BLOCKS.map(lambda block: f"{{ SELECT ?a ?b {{ {block} }} }} ?b a :T . ?b :p ?c"),
    BLOCKS.map(lambda block: f"VALUES ?a {{ :n0 :n1 }} {block} BIND (STR(?a) AS ?z)"),
)
EDGES = st.sampled_from(("{0} :p {1}", "{1} :p {0}", "{0} :q {1}", "{0} a :T . {0} :q {1}", "{0} :p {1} ; ?v {1}"))
CHAINS = st.lists(EDGES, min_size=3, max_size=5).flatmap(
    lambda edges: st.permutations(
        [edge.format(*pair) for edge, pair in zip(edges, pairwise((":n0", *VARIABLES)), strict=False)]
    )
)
"""Patterns of which each meets the next in one variable, from a constant on, in any order."""
PROJECTIONS = st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=2, unique=True)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Draw a query whose solutions do not depend on an order that it leaves open."""
    where = draw(
        PARTS | FILTERED | CHAINS.map(" . ".join) | CHAINS.map(lambda chain: " . ".join(chain).replace(":n0", "?x"))
    )
    form = draw(
        st.sampled_from(("DISTINCT", "DISTINCT", "DISTINCT", "", "*", "COUNT", "CONSTRUCT", "CONSTRUCT WHERE", "ASK"))
    )
    if form == "CONSTRUCT":
        return f"CONSTRUCT {{ ?a a :T . ?a :r ?b }} WHERE {{ {where} }}"
    if form == "CONSTRUCT WHERE":
        return f"CONSTRUCT WHERE {{ {draw(BLOCKS).replace('^', '').replace('/:q', '').replace('*', '')} }}"
    if form == "ASK":
        return f"ASK {{ {where} }}"
    if form == "*":
        return f"SELECT * {{ {where} }}"
    projection = " ".join(draw(PROJECTIONS))
    if form == "COUNT":
        return f"SELECT {projection} (COUNT(*) AS ?n) {{ {where} }} GROUP BY {projection}"
    ending = draw(st.sampled_from(("", f"ORDER BY {projection} LIMIT 3", f"ORDER BY {projection} OFFSET 1")))
    return f"SELECT {form} {projection} {{ {where} }} {ending}"


def solve(store: ox.Store, text: str) -> object:
    """Return the solutions, each as often as there is one; blank nodes are as they are in the data."""
    functions, aggregates = functions_in(text), aggregates_in(text)
    results = store.query(text, custom_functions=functions, custom_aggregate_functions=aggregates)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    if isinstance(results, ox.QueryTriples):
        return Counter(map(str, results))
    variables = sorted(variable.value for variable in results.variables)
    return Counter(tuple(str(solution[variable]) for variable in variables) for solution in results)


def optimized(store: ox.Store, text: str) -> tuple[str, Optimized]:
    """Return a query as the engine gets it without optimization, and optimized by what the data says."""
    request = read_query(PREFIX + text, None, STORED)
    plan = optimize(request.rewritten, request.prologue, DataFacts(store).must_hold)
    APPLIED.update(reason[0] for reason in plan.reasons)
    return request.rewritten.text, plan


@settings(max_examples=300, deadline=None, derandomize=True)
@given(stores(), queries())
def _compare(store: ox.Store, text: str) -> None:
    plain, plan = optimized(store, text)
    assert solve(store, plan.tokenized.text) == solve(store, plain), plan


FILTERED = st.builds(
    "SELECT * {{ {0} . {1} {2} }}".format,
    st.sampled_from(("?a :p ?b", "?a :p ?b ; :q ?b", "?b :q ?a", "_:x :p ?a . ?b :p _:x")),
    st.sampled_from(
        (
            "?b :q ?c",
            "?c :p ?b",
            "?a :p ?c",
            "?b :p ?c . ?c :q ?d",
            "?c :q ?c",
            "?b :p ?c . ?a :q []",
            "?a :q ?c . [ :p ?a ] :q ?e",
        )
    ),
    st.sampled_from(
        (
            "FILTER (?c = :n0)",
            "FILTER (CONTAINS(STR(?c), '1'))",
            "FILTER (?c IN (:n1, 'n0')) OPTIONAL { ?c :p ?d }",
            "OPTIONAL { ?c :p ?d FILTER (?d = 1) } FILTER (STR(?c) < STR(?b)) FILTER (?c > 0)",
            "FILTER (STR(?c) = STR(?b)) FILTER EXISTS { ?a :q ?d }",
            "{ SELECT ?c { ?a :p ?b . ?c :q ?b FILTER (ISLITERAL(?b) || ?c < ?b) FILTER (?c = :n2) } }",
        )
    ),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(stores(), FILTERED)
def _compare_filtered(store: ox.Store, text: str) -> None:
    plain, plan = optimized(store, text)
    assert solve(store, plan.tokenized.text) == solve(store, plain), plan


def test_optimized_queries_have_the_same_solutions_as_often() -> None:
    APPLIED.clear()
    _compare()
    _compare_filtered()
    assert len(APPLIED) == 3, APPLIED
    assert min(APPLIED.values()) > 10, APPLIED


CHAIN = ":n0 :p ?b . ?c :p ?b . ?c :q ?d"


def nested(text: str) -> str:
    """Return what becomes of a query without any knowledge of types."""
    request = read_query(PREFIX + text, None, STORED)
    return optimize(request.rewritten, request.prologue, None).tokenized.text.removeprefix(PREFIX)


def test_a_chain_of_patterns_becomes_subqueries_of_distinct_values() -> None:
    assert nested(f"SELECT DISTINCT ?d {{ {CHAIN} }}").replace("  ", " ") == (
        "SELECT DISTINCT ?d { { SELECT DISTINCT ?c { :n0 :p ?b . ?c :p ?b } } ?c :q ?d }"
    )
    assert "{ SELECT DISTINCT ?a ?c { ?b :p ?a . ?c :p ?b } } ?c :q ?d" in nested(
        "SELECT DISTINCT ?a ?d { ?b :p ?a . ?c :p ?b . ?c :q ?d FILTER (?d > 3) } ORDER BY ?d LIMIT 3"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?d {{ {CHAIN} }}",
        f"SELECT DISTINCT ?d {{ {CHAIN} }} LIMIT 3",
        f"SELECT DISTINCT ?d {{ {CHAIN} FILTER (?c != :n1) }}",
        f"SELECT DISTINCT ?d {{ {CHAIN} . ?d :q 'n1' }}",
        f"SELECT DISTINCT ?d {{ {CHAIN} }} VALUES ?d {{ :n1 }}",
        f"SELECT DISTINCT ?d {{ {CHAIN} OPTIONAL {{ ?c :q ?x }} }}",
        f"SELECT DISTINCT (STR(?d) AS ?e) {{ {CHAIN} }}",
        "SELECT DISTINCT ?d { :n0 :p _:b . ?c :p _:b . ?c :q ?d }",
        "SELECT DISTINCT ?d { :n0 :p [ :p ?c ] . ?c :q ?d }",
    ],
)
def test_a_query_that_needs_every_solution_or_has_a_better_beginning_stays(text: str) -> None:
    assert nested(text) == text


QUERY = Query(f"{PREFIX}SELECT ?s {{ ?s a :T ; :p ?o }}", formats.CSV, None)


def answer(store: EmbeddedStore, query: Query) -> str:
    return b"".join(store.query(query).chunks).decode()


def test_a_type_is_left_out_as_long_as_the_data_of_the_version_has_it(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path / "store", GraphNames(""), plain=True)
    explained, typed = replace(QUERY, explain=True), f"redundant types,?s a :T was left out: every subject of <{EX}p>"
    for added, solutions, is_redundant in ((":a a :T ; :p :b", 1, True), (":c :p :b", 1, False), (":c a :T", 2, True)):
        with store.write() as change:
            change.update(f"{PREFIX}INSERT DATA {{ {added} }}")
            change.commit(added)
        assert (typed in answer(store, explained)) is is_redundant
        assert len(answer(store, QUERY).splitlines()) == 1 + solutions
    assert typed in answer(store, replace(explained, version="000001"))
    # Of other graphs, and where the client does not want it, nothing is left out.
    assert "redundant" not in answer(store, replace(explained, dataset=RequestDataset(("urn:g",), ())))
    assert "redundant" not in answer(store, replace(explained, optimize=False))
    with pytest.raises(QuerySyntaxError, match="line 1"):
        answer(store, replace(explained, text="SELECT * { ?s ?p }"))


def test_a_fact_that_is_not_known_changes_nothing_and_is_reported() -> None:
    request = read_query(QUERY.text, None, STORED)
    plan = optimize(request.rewritten, request.prologue, lambda _: None)
    assert (plan.tokenized.text, plan.reasons) == (request.rewritten.text, ())
    assert plan.unknown == (TypeFact("subject", f"{EX}p", f"{EX}T"),)


def test_construct_where_keeps_what_it_outputs() -> None:
    where = "{ ?s a :T ; :p ?o }"
    for text, is_shorter in ((f"CONSTRUCT WHERE {where}", False), (f"CONSTRUCT {where} WHERE {where}", True)):
        request = read_query(PREFIX + text, None, STORED)
        plan = optimize(request.rewritten, request.prologue, lambda _: True)
        assert (plan.tokenized.text != request.rewritten.text) is is_shorter
        assert plan.tokenized.text.count("a :T") == 1


def test_a_fact_is_checked_when_queries_have_taken_long_for_want_of_it() -> None:
    store = ox.Store()
    store.extend([ox.Quad(name("a"), name("p"), ox.Literal("of no class")), ox.Quad(name("a"), TYPE, name("T"))])
    of_subjects, of_objects = (TypeFact(end, f"{EX}p", f"{EX}T") for end in ("subject", "object"))
    facts = DataFacts(store)
    assert facts.holds(of_subjects) is facts.holds(of_objects) is None
    facts.note_cost([of_subjects, of_objects], CHECKED_AFTER_SECONDS)
    assert (facts.holds(of_subjects), facts.holds(of_objects)) == (True, False)


LINKS = "SELECT ?x ?day { ?link :from ?x ; :day ?day FILTER (?day = 3) }"


def reordered(text: str, *, fits: bool | None = True) -> str:
    """Return what becomes of a query if what is asked of sizes is known."""
    request = read_query(PREFIX + text, None, STORED)
    plan = optimize(request.rewritten, request.prologue, lambda fact: fits if isinstance(fact, SizeFact) else None)
    assert bool(plan.unknown) is (fits is None)
    return plan.tokenized.text.removeprefix(PREFIX)


def test_the_pattern_that_a_filter_is_about_comes_first() -> None:
    first = "{ ?link :day ?day . ?link :from ?x FILTER (?day = 3) }"
    assert reordered(LINKS) == f"SELECT ?x ?day {first}"
    assert reordered(f"{LINKS} ORDER BY ?x LIMIT 3").startswith(f"SELECT ?x ?day {first} ORDER")
    assert f"?day {first} ORDER" in reordered(f"SELECT * {{ {{ {LINKS} ORDER BY STR(?x) LIMIT 3 }} ?x :p ?y }}")
    assert reordered(
        "CONSTRUCT { ?a :p ?b } { FILTER (?b < ?a) { ?x :r ?c ; :q ?b . ?b :p ?a FILTER (?a > ?b) } }"
    ) == ("CONSTRUCT { ?a :p ?b } { FILTER (?b < ?a) { ?b :p ?a . ?x :r ?c . ?x :q ?b FILTER (?a > ?b) } }")


@pytest.mark.parametrize(
    "text",
    [
        f"{LINKS} LIMIT 3",
        f"SELECT * {{ {{ {LINKS} OFFSET 1 }} }} ORDER BY STR(?x)",
        f"{LINKS[:-1]} {{ SELECT ?day {{ ?day :q ?z }} ORDER BY STR(?z) LIMIT 3 }} }} LIMIT 3",
        "SELECT * { ?link :day ?day ; :from ?x FILTER (?day = 3) }",
        "SELECT * { ?link :from :n0 ; :day ?day FILTER (?day = 3) }",
        "SELECT * { ?link :from ?x ; ?p ?day FILTER (?day = 3) }",
        "SELECT * { ?link :from ?x ; :day/:day ?day FILTER (?day = 3) }",
        "SELECT * { ?link :from ?x ; :day ?day FILTER (?day = ?x) }",
        "SELECT * { ?link :from ?x ; :day ?day FILTER (?day != 3) }",
        "SELECT * { ?link :from ?x ; :day ?day FILTER (BOUND(?day)) }",
        "SELECT * { ?link :from ?x ; :day ?day FILTER EXISTS { ?day :q 3 } }",
        "SELECT * { ?link :from ?x ; :day [ :q ?day ] FILTER (?day = 3) }",
        "SELECT * { ?link :from ?x ; :day ?day . ?x :q [ :p ?z ] FILTER (?day = 3) }",
        "SELECT * { ?link :from ?x ; :day ?day . ( ?x ?day ) :q ?z FILTER (?day = 3) }",
        "SELECT * { GRAPH :g { ?link :from ?x ; :day ?day FILTER (?day = 3) } }",
        "SELECT * { ?link :from ?x ; :day ?day OPTIONAL { ?x :q ?z FILTER (?day = 3) } }",
        "SELECT * { ?link :from ?x ; :day ?day FILTER (3 = 3) }",
    ],
)
def test_patterns_stay_in_their_order_where_no_filter_or_size_speaks_for_another(text: str) -> None:
    assert reordered(text) == text


def test_sizes_are_asked_of_the_data() -> None:
    assert reordered(LINKS, fits=False) == reordered(LINKS, fits=None) == LINKS
    store = ox.Store()
    store.extend([ox.Quad(name(f"n{at}"), name("p"), ox.Literal(at)) for at in range(4)])
    store.extend([ox.Quad(name(f"n{at}"), name("q"), ox.Literal(at)) for at in range(2)])
    store.add(ox.Quad(name("n0"), name("q"), ox.Literal(9), name("g")))
    facts, [p, q, missing] = DataFacts(store), (f"{EX}{local}" for local in ("p", "q", "r"))
    assert facts.must_hold(SizeFact(p, q))
    assert facts.must_hold(SizeFact(q, p))
    assert facts.must_hold(SizeFact(missing, q))
    assert not facts.must_hold(SizeFact(q, missing))
    store.add(ox.Quad(name("n4"), name("p"), ox.Literal(4)))
    assert not DataFacts(store).must_hold(SizeFact(p, q))


def test_a_property_of_too_many_triples_to_be_counted_is_not_known_to_be_small(monkeypatch: pytest.MonkeyPatch) -> None:
    store = ox.Store()
    store.extend([ox.Quad(name(f"n{at}"), name(local), ox.Literal(at)) for at in range(4) for local in "pq"])
    fact = SizeFact(f"{EX}p", f"{EX}q")
    monkeypatch.setattr(snapshots, "MAX_COUNTED", 5)
    assert DataFacts(store).must_hold(fact)
    monkeypatch.setattr(snapshots, "MAX_COUNTED", 4)
    assert not DataFacts(store).must_hold(fact)
