"""Alternatives of property paths are unions, which keep how often a pair is joined; `*`, `+` and `?` join it once."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from kg.errors import ForbiddenError
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.workarounds import path_alternatives
from kg.store import EmbeddedStore
from tests.sparql.workarounds.conftest import PREFIX, Solve

DATA = """:x :label 'A' ; :name 'A', 'B' . :a :p :b ; :q :b . :b :p :c ; :q :c, :d ; a :T . :c :p :a . :d a :T .
GRAPH :g { :x :label 'A' ; :name 'A', 'B' }"""
Pairs = Counter[tuple[str, str]]


@pytest.fixture(scope="module", autouse=True)
def _data(store: EmbeddedStore) -> None:
    with store.write() as transaction:
        transaction.update(f"{PREFIX} INSERT DATA {{ {DATA} }}")
        transaction.commit("paths")


def count(solve: Solve, pattern: str) -> int:
    [row] = solve(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    return int(row["n"].split('"')[1])


COUNTS = [
    ("GRAPH :g { :x (:label|:name) ?v }", 3),
    ("GRAPH ?g { :x :label|:name ?v }", 3),
    (":x :label|:name ?v", 3),
    (":x :label|:label ?v", 2),
    ("?v ^:label|^:name :x", 3),
    ("?v ^(:label|:name) :x", 3),
    (":x !(:p|^:q) ?v", 3),
    ("?s !(:p|^:q) ?o", 16),
    (":a (:p|:q)/(:p|:q) ?o", 6),
    (":a (:p|:q)/:p ?o", 2),
    (":a :p|:q/:p ?o", 2),
    (":a (:p|:q)+ ?o", 4),
    (":a (:p|:q)* ?o", 4),
    (":a (:p|:q)? ?o", 2),
    (":a (:p?)|:q ?o", 3),
    (":a :p?|:q* ?o", 6),
    (":absent :p?|:q* ?o", 2),
    (":a ((:p|:q)|:p)/(:p) ?o", 3),
    # A modifier after a negated set repeats it (section 9, PathElt), and then counts a pair once.
    (":a :p|!:q* ?o", 5),
    (":a !:q*|:p ?o", 5),
    (":a :q|!:q+ ?o", 5),
    (":a :q|!:q? ?o", 3),
    (":a :q|^!:q* ?o", 4),
    (":a :q|!(:q|^:p)* ?o", 6),
    (":a :p|:q/!:p* ?o", 5),
    ("?s a|:p ?o", 5),
    ("?s a :T ; :p|:q ?o", 3),
    ("?s a :T ; :p|:q ?o, ?o", 5),
    ("?s a :T ; :p|:q ?o ; :p|:q ?two .", 9),
    ("?s :p|:q ?o . ?o a :T FILTER (?s = :a || ?s = :b)", 3),
    ("_:n :p|:q ?o . _:n a :T", 3),
    ("[] :p|:q ?o", 6),
    ("[ :p|:q ?o ] a :T", 3),
    ("?s :p [ :p|:q ?o ]", 6),
    ("?s :p|:q [ :p|:q ?o ]", 10),
    ("OPTIONAL { :a :p|:q ?o } OPTIONAL { :none :p|:q ?z }", 2),
    ("{ SELECT ?o { :a :p|:q ?o } }", 2),
    ("?s a :T FILTER EXISTS { ?s :p|:q ?o }", 1),
    ("?s a :T MINUS { ?s :p|:q ?o }", 1),
    (":a <http://e.x/p>|<http://e.x/q> ?o # a | b\n", 2),
    ("BIND ('|' AS ?bar) :a :p|:q ?o", 2),
]


@pytest.mark.parametrize(("pattern", "expected"), COUNTS)
def test_alternatives_keep_how_often_each_leads_there(solve: Solve, pattern: str, expected: int) -> None:
    assert count(solve, pattern) == expected


def test_what_is_written_counts_what_the_alternatives_do(store: EmbeddedStore, solve: Solve) -> None:
    text = "INSERT { GRAPH :out { [] :to ?o } } WHERE { :a :p|:q ?o }"
    with store.write() as transaction:
        transaction.update(PREFIX + text)
        transaction.commit("copied")
    assert count(solve, "GRAPH :out { ?s :to :b }") == 2


@pytest.mark.parametrize(
    "pattern",
    [
        f"?s {'/'.join(['(:p|:q)'] * 9)} ?o",
        "_:n :p|:q ?o { _:m :p ?o } FILTER (true) _:n a :T",
    ],
)
def test_what_cannot_be_written_out_is_refused(solve: Solve, pattern: str) -> None:
    with pytest.raises((ForbiddenError, ValueError), match=r"path with alternatives|parse"):
        solve(f"SELECT * {{ {pattern} }}")


NODES = [f"http://e.x/n{number}" for number in range(5)]


class Paths:
    """Makes paths at random, and evaluates them as section 18.4 defines them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        names = ("r", "s", "t")
        self.triples = {
            (self.random.choice(NODES), self.random.choice(names), self.random.choice(NODES)) for _ in range(9)
        }

    def path(self, depth: int) -> tuple[str, Pairs]:
        """Return a path and the pairs that it joins."""
        kind = self.random.choice("nn^|||/*+?!") if depth else "n"
        if kind == "n":
            name = self.random.choice("rst")
            return f":{name}", self._of({name})
        if kind == "!":
            name, back = self.random.sample("rst", 2)
            return f"!(:{name}|^:{back})", self._of({*"rst"} - {name}) + self._back(self._of({*"rst"} - {back}))
        text, pairs = self.path(depth - 1)
        if kind == "^":
            return f"^({text})", self._back(pairs)
        if kind in "|/":
            other_text, other_pairs = self.path(depth - 1)
            return f"({text}){kind}({other_text})", pairs + other_pairs if kind == "|" else self._joined(
                pairs, other_pairs
            )
        return f"({text}){kind}", self._closed(pairs, kind)

    def _of(self, names: set[str]) -> Pairs:
        return Counter((s, o) for s, p, o in self.triples if p in names)

    @staticmethod
    def _back(pairs: Pairs) -> Pairs:
        return Counter({(o, s): n for (s, o), n in pairs.items()})

    @staticmethod
    def _joined(first: Pairs, second: Pairs) -> Pairs:
        joined: Pairs = Counter()
        for (s, via), n in first.items():
            for (start, o), m in second.items():
                joined[s, o] += n * m * (via == start)
        return +joined

    def _closed(self, pairs: Pairs, kind: str) -> Pairs:
        nodes = {node for s, _, o in self.triples for node in (s, o)}
        closure = {*pairs} | ({(node, node) for node in nodes} if kind in "*?" else set())
        while kind in "*+" and (more := {*self._joined(Counter(closure), Counter({*pairs}))} - closure):
            closure |= more
        return Counter(closure)


@pytest.mark.parametrize("seed", range(60))
def test_paths_at_random_join_what_the_recommendation_says(store: EmbeddedStore, solve: Solve, seed: int) -> None:
    paths = Paths(seed)
    graph = f"http://e.x/random{seed}"
    data = " ".join(f"<{s}> :{p} <{o}> ." for s, p, o in paths.triples)
    with store.write() as transaction:
        transaction.update(f"{PREFIX} INSERT DATA {{ GRAPH <{graph}> {{ {data} }} }}")
        transaction.commit("random")
    for text, expected in (paths.path(3) for _ in range(4)):
        rows = solve(f"SELECT ?s ?o {{ GRAPH <{graph}> {{ ?s {text} ?o }} }}")
        assert Counter((row["s"][1:-1], row["o"][1:-1]) for row in rows) == expected, text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * ?s | ?o",
        "SELECT * { ?s :p ?o } ORDER BY ?s | ?o",
        "SELECT * { | :p ?o }",
        "SELECT * { ?s *|:p ?o }",
        "SELECT * { ?s (:p| ?o }",
        "SELECT * { ?s :p| }",
        "SELECT * { ?s (:p|:q ?o ) }",
        "SELECT * { ?s :p|! }",
        "SELECT * { ?s :p ?o | } }",
        "SELECT * { FILTER | }",
        "|",
    ],
)
def test_a_malformed_text_is_left_for_the_engine_to_refuse(text: str) -> None:
    tokenized = TokenizedText(text)
    assert path_alternatives.with_unions(tokenized) is tokenized


def test_an_error_of_our_own_is_no_syntax_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_block: object) -> str:
        raise KeyError(0)

    monkeypatch.setattr(path_alternatives._Block, "written", fail)  # noqa: SLF001 -- what is called when all is well-formed
    with pytest.raises(KeyError):
        path_alternatives.with_unions(TokenizedText("SELECT * { ?s :p|:q ?o }"))
