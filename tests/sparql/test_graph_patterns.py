"""GRAPH, paths of length zero and casts mean what SPARQL 1.1 Query says, where the engine has it otherwise."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

import pytest

from kg import formats
from kg.errors import LimitError, QuerySyntaxError
from kg.store import EmbeddedStore, Query, RequestDataset

Ask = Callable[..., list[tuple[str, ...]]]
PREFIX = "PREFIX : <http://e.x/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
DATA = """INSERT DATA {
  :a :p :b . :b :p :c .
  GRAPH :one { :x :p :y . :y :q 1 . :x :p :z . :z :p :y }
  GRAPH :two { :z :p :w . :two :p :x . :x :p :y }
} ; CREATE GRAPH :none"""


@pytest.fixture
def scoped(plain: EmbeddedStore) -> EmbeddedStore:
    """Return a plain store of a default graph and three named graphs, one of them empty."""
    with plain.write() as transaction:
        transaction.update(PREFIX + DATA)
        transaction.commit("scopes")
    return plain


def solutions(store: EmbeddedStore, text: str, dataset: RequestDataset | None = None) -> list[dict[str, str]]:
    answer = store.query(Query(PREFIX + text, formats.JSON, None, dataset or RequestDataset()))
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    rows = ({name: term["value"].removeprefix("http://e.x/") for name, term in row.items()} for row in bindings)
    return sorted(rows, key=lambda row: sorted(row.items()))


def short(rows: list[dict[str, str]]) -> list[str]:
    return [" ".join(f"{name}={value}" for name, value in sorted(row.items())) for row in rows]


ZERO = [
    (":absent :p* ?x", ["x=absent"]),
    ("?x :p* :absent", ["x=absent"]),
    (":absent :p? ?x", ["x=absent"]),
    (":absent :p*?x", ["x=absent"]),
    (":absent :SELECT * ?x", ["x=absent"]),
    (":absent :p??x", ["x=absent"]),
    (":absent :q*/:p? ?x", ["x=absent"]),
    (":absent ^(:p*) ?x", ["x=absent"]),
    (":absent (:p*)+ ?x", ["x=absent"]),
    (":absent (:p*|:q?) ?x", ["x=absent", "x=absent"]),
    (":absent :p*/:q ?x", []),
    (":absent :p+ ?x", []),
    (":absent :p* :absent", [""]),
    (":absent :p* :other", []),
    (":absent :p* ?x, ?y ; :q? ?z", ["x=absent y=absent z=absent"]),
    (":absent :p* ?x . ?x :p ?y", []),
    (":absent :p* ?x . :a :p ?y", ["x=absent y=b"]),
    ("1 :p* ?x", ["x=1"]),
    ('"a"@en :p* ?x', ["x=a"]),
    ('"2"^^xsd:integer :p* ?x', ["x=2"]),
    ("?x :p* true", ["x=true"]),
    (":a :p* ?x", ["x=a", "x=b", "x=c"]),
    ("?x :p? :b", ["x=a", "x=b"]),
    ("OPTIONAL { :absent :p* ?x }", ["x=absent"]),
    ("{ SELECT ?x { :absent :p* ?x } }", ["x=absent"]),
    (":a :p ?y FILTER EXISTS { :absent :p* ?x }", ["y=b"]),
    ("_:n :p :b . :absent :p* ?x . _:n :p ?y", ["x=absent y=b"]),
    ("GRAPH :one { :a :p* ?x }", ["x=a"]),
    ("GRAPH :none { :a :p? ?x }", ["x=a"]),
    ("GRAPH ?g { :a :p* ?x }", ["g=none x=a", "g=one x=a", "g=two x=a"]),
    ("# :absent :q* ?z }\n :absent :p* ?x # {", ["x=absent"]),
]


@pytest.mark.parametrize(("pattern", "expected"), ZERO)
def test_a_path_of_length_zero_joins_a_term_that_no_triple_holds_to_itself(
    scoped: EmbeddedStore, pattern: str, expected: list[str]
) -> None:
    assert short(solutions(scoped, f"SELECT * {{ {pattern}\n}}")) == expected


GRAPHS = [
    ("GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s :q ?o } }", ["g=none n=0", "g=one n=1", "g=two n=0"]),
    ("GRAPH ?g { :x :p :y MINUS { ?a :q ?b } }", ["g=one", "g=two"]),
    ("GRAPH ?g { VALUES ?x { 1 } }", ["g=none x=1", "g=one x=1", "g=two x=1"]),
    (
        "GRAPH ?g { VALUES (?g ?t) { (UNDEF 1) (:one 2) (:nowhere 3) } }",
        ["g=none t=1", "g=one t=1", "g=one t=2", "g=two t=1"],
    ),
    ("GRAPH ?g { GRAPH ?h { ?s :q ?o } }", ["g=none h=one o=1 s=y", "g=one h=one o=1 s=y", "g=two h=one o=1 s=y"]),
    ("GRAPH ?g { _:n :q _:m MINUS { _:n2 :p :w } }", ["g=one"]),
    ("GRAPH ?g { MINUS { ?y :q ?z } ?z :q ?y }", ["g=one y=1 z=y"]),
    ("GRAPH ?g { :x :p+ :y }", ["g=one", "g=two"]),
    ("GRAPH :nowhere { SELECT (COUNT(*) AS ?n) { ?s :q ?o } }", []),
    ("GRAPH :nowhere { VALUES ?x { 1 } }", []),
    ("GRAPH :nowhere { OPTIONAL { :a :p* ?x } }", []),
    ("GRAPH :none { VALUES ?x { 1 } }", ["x=1"]),
]


@pytest.mark.parametrize(("pattern", "expected"), GRAPHS)
def test_a_group_is_evaluated_in_each_graph_by_itself(scoped: EmbeddedStore, pattern: str, expected: list[str]) -> None:
    assert short(solutions(scoped, f"SELECT * {{ {pattern} }}")) == expected


def test_the_graphs_are_those_of_the_request(scoped: EmbeddedStore) -> None:
    text = "SELECT * { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }"
    named = RequestDataset(named=("http://e.x/two", "http://e.x/nowhere"))
    assert short(solutions(scoped, text, named)) == ["g=nowhere n=0", "g=two n=3"]
    assert solutions(scoped, text, RequestDataset(default=("http://e.x/one",))) == []
    both = RequestDataset(default=("http://e.x/one", "http://e.x/two"), named=("http://e.x/one",))
    assert short(solutions(scoped, text, both)) == ["g=one n=4"]
    assert short(solutions(scoped, "SELECT * { :a :p* ?x }", both)) == ["x=a"]
    assert short(solutions(scoped, "SELECT * { :two :p? ?x }", both)) == ["x=two", "x=x"]


class Groups:
    """Makes groups of every element at random, the same ones for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- no secret

    def _one(self, *choices: str) -> str:
        return self._random.choice(choices)

    def triples(self) -> str:
        """Return some triples."""

        def term() -> str:
            return self._one("?x", "?y", "?z", "?w", "?x", "?y", ":x", ":y", ":z", ":two")

        paths = (":p", ":q", "?p", ":p/:q", "^:p", ":p+", "(:p|:q)", ":p*", ":q?")
        return " ".join(f"{term()} {self._one(*paths)} {term()} ." for _ in range(self._random.randint(1, 2)))

    def expression(self) -> str:
        """Return an expression."""
        return self._one("?x = ?y", "?y != :z", "BOUND(?z)", "!BOUND(?w)", f"NOT EXISTS {{ {self.triples()} }}")

    def group(self, depth: int) -> str:
        """Return what stands in a group."""
        return " ".join(self._elements(depth))

    def _elements(self, depth: int) -> Iterator[str]:
        for _ in range(self._random.randint(0, 3)):
            choice = self._random.randint(0, 8 if depth else 2)
            inside = [self.group(depth - 1) for _ in range(2)] if depth else []
            if choice == 0:
                yield f"FILTER({self.expression()})"
            elif choice == 1:
                yield f"VALUES {self._one('?x', '?y', '?z')} {{ :x :y }}"
            elif choice < 4:
                yield self.triples()
            else:
                shapes = ("OPTIONAL {%s}", "{%s} UNION {%s}", "MINUS {%s}", "GRAPH :one {%s}", "{ SELECT ?x ?y {%s} }")
                shape = shapes[choice - 4]
                yield shape % tuple(inside[: shape.count("%s")])


@pytest.mark.parametrize("seed", range(40))
def test_any_group_in_a_graph_that_varies_is_the_union_of_it_in_each(scoped: EmbeddedStore, seed: int) -> None:
    group = Groups(seed).group(2)
    one_by_one = [
        {"g": name, **row}
        for name in ("none", "one", "two")
        for row in solutions(scoped, f"SELECT * {{ GRAPH :{name} {{ {group} }} }}")
    ]
    at_once = solutions(scoped, f"SELECT * {{ GRAPH ?g {{ {group} }} }}")
    assert short(at_once) == short(sorted(one_by_one, key=lambda row: sorted(row.items()))), group


def test_some_of_those_groups_have_solutions_in_several_graphs(scoped: EmbeddedStore) -> None:
    answers = [solutions(scoped, f"SELECT * {{ GRAPH ?g {{ {Groups(seed).group(2)} }} }}") for seed in range(40)]
    assert sum(len({row["g"] for row in rows}) > 1 for rows in answers) > 10


def test_what_does_not_parse_is_said_of_what_was_sent(scoped: EmbeddedStore) -> None:
    text = "SELECT * { :absent :p* ?x .\n GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p } } }"
    with pytest.raises(QuerySyntaxError, match="line 2, column 45: } stands where a value"):
        solutions(scoped, text)


@pytest.mark.parametrize(
    "ending", ["", "{", " VALUES", " GRAPH", " GRAPH ?g", " FILTER", " ?s :p*", " FILTER EXISTS", "("]
)
def test_half_a_query_is_a_syntax_error(scoped: EmbeddedStore, ending: str) -> None:
    with pytest.raises(QuerySyntaxError):
        solutions(scoped, "SELECT * { GRAPH ?g { VALUES ?x { 1 } }" + ending)


def test_a_group_is_not_repeated_for_too_many_graphs(plain: EmbeddedStore) -> None:
    with plain.write() as transaction:
        transaction.update(" ; ".join(f"CREATE GRAPH <http://e.x/{number}>" for number in range(1001)))
        transaction.commit("many")
    with pytest.raises(LimitError, match="1,001 graphs"):
        solutions(plain, "SELECT * { GRAPH ?g { VALUES ?x { 1 } } }")
    assert len(solutions(plain, "SELECT * { GRAPH ?g {} }")) == 1001


def test_every_beginning_of_a_query_is_a_syntax_error(scoped: EmbeddedStore) -> None:
    words = (
        "SELECT * { GRAPH ?g { { SELECT ?x { ?x :p* 1 } } FILTER EXISTS { :a :p* ?x } VALUES ?x { 1 } } "
        "GRAPH :one { :a :p? 1 } }"
    )
    tokens = words.split()
    for end in range(1, len(tokens)):
        with pytest.raises(QuerySyntaxError):
            solutions(scoped, " ".join(tokens[:end]))
    assert solutions(scoped, words) == []


@pytest.mark.parametrize(
    "pattern",
    ["GRAPH", "GRAPH ?g", "GRAPH ?g ?x", "GRAPH { }", "?x nowhere:p* nowhere:o", "FILTER", "VALUES", "VALUES ?x"],
)
def test_an_incomplete_element_of_a_group_is_a_syntax_error(scoped: EmbeddedStore, pattern: str) -> None:
    with pytest.raises(QuerySyntaxError):
        solutions(scoped, f"SELECT * {{ GRAPH ?g {{ ?s ?p ?o MINUS {{}} }} {pattern} }}")


def test_groups_in_groups_come_to_an_end(scoped: EmbeddedStore) -> None:
    deep = "VALUES ?x { 1 }"
    for number in range(60):
        deep = f"GRAPH ?g{number} {{ {deep} VALUES ?y{number} {{ 1 }} }}"
    with pytest.raises(LimitError, match="graphs"):
        solutions(scoped, f"SELECT * {{ {deep} }}")


@pytest.mark.parametrize(
    ("text", "graph", "expected"),
    [
        ("INSERT { :n :p ?n } WHERE { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s :q ?o } } }", None, ["o=0", "o=1"]),
        ("INSERT { :n :p ?x } WHERE { :absent :p* ?x }", None, ["o=absent"]),
        ("WITH :one INSERT { :n :p ?x } WHERE { :a :p* ?x }", ":one", ["o=a"]),
        ("INSERT { :n :p ?x } USING :two WHERE { :a :p* ?x }", None, ["o=a"]),
        ("INSERT { :n :p ?x } USING :one USING :two WHERE { :a :p* ?x }", None, ["o=a"]),
        ("INSERT { :n :p ?x } USING NAMED :two WHERE { GRAPH ?g { VALUES ?x { 1 } } }", None, ["o=1"]),
        ("INSERT DATA { :n :p 1 } ; INSERT { :n :p ?x } WHERE { :absent :q? ?x }", None, ["o=1", "o=absent"]),
        ("CREATE GRAPH :m ; INSERT { :n :p ?g } WHERE { GRAPH ?g { VALUES ?x { 1 } } FILTER(?g = :m) }", None, ["o=m"]),
    ],
)  # fmt: skip
def test_the_where_of_an_update_means_the_same(
    scoped: EmbeddedStore, text: str, graph: str | None, expected: list[str]
) -> None:
    with scoped.write() as transaction:
        transaction.update(PREFIX + text)
        transaction.commit("meant")
    pattern = "{ :n :p ?o }" if graph is None else f"{{ GRAPH {graph} {{ :n :p ?o }} }}"
    assert short(solutions(scoped, f"SELECT ?o {pattern}")) == expected


CASTS = {
    "1e0": "1",
    "-0e0": "-0",
    "1.5e0": "1.5",
    "1e5": "100000",
    "999999e0": "999999",
    "1e6": "1.0E6",
    "-12345678.9e0": "-1.23456789E7",
    "0.000001e0": "0.000001",
    "0.00000012e0": "1.2E-7",
    '"INF"^^xsd:double': "INF",
    '"NaN"^^xsd:double': "NaN",
    '"3.0E10"^^xsd:float': "3.0E10",
    "1000000.0": "1000000",
    "12345678": "12345678",
    "true": "true",
    '"x"': "x",
    ":a": "http://e.x/a",
}


@pytest.mark.parametrize("term", CASTS)
def test_a_number_is_cast_to_a_string_as_xpath_has_it(scoped: EmbeddedStore, term: str) -> None:
    answer = scoped.query(Query(f"{PREFIX}SELECT (xsd:string({term}) AS ?x) {{}}", formats.JSON, None))
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    assert bindings == [{"x": {"type": "literal", "value": CASTS[term]}}]


def test_what_has_no_string_is_cast_to_nothing(scoped: EmbeddedStore) -> None:
    assert solutions(scoped, "SELECT (xsd:string(BNODE()) AS ?x) (xsd:string(?y) AS ?z) {}") == [{}]
