"""A text is lexed once, and once more for each rewriting whose result a later one has to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kg import formats
from kg.sparql import policy, tokenized_text
from kg.sparql.lexer import Token, tokenize
from kg.store import EmbeddedStore, Query

PREFIX = "PREFIX : <http://e.x/> "
Passes = Callable[[Callable[[], object]], list[str]]
QUERIES = [
    ("ASK {}", 1),
    ("SELECT ?x ?y { ?x :p ?y OPTIONAL { ?x :q ?z } FILTER (?y > 1) } LIMIT 3", 1),
    ("SELECT ?x { GRAPH ?g { ?x :p+ ?y } }", 1),
    ("SELECT ?x { GRAPH ?g { SELECT ?x { _:b :p ?x } } }", 1),
    ("SELECT ?x { ?x :p ?y } ORDER BY ?x", 1),
    ("SELECT * { ?x :p ?y BIND (BNODE('l') AS ?b) { SELECT * { ?x :q ?z BIND (BNODE('m') AS ?c) } } }", 1),
    ("SELECT ?x { ?x :p|:q ?y }", 1),
    # what unions or edits have written is read by the next rewriting that it concerns
    ("SELECT ?x { ?x :p|:q ?y } ORDER BY ?x", 2),
    ("SELECT ?x { ?x :p* ?y } ORDER BY ?x", 2),
    ("SELECT ?x { ?x (:p|:q)/:r* ?y } ORDER BY ?x", 3),
]
UPDATES = [
    ("INSERT DATA { :a :p 1 }", 1),
    ("DELETE { ?x :p ?y } INSERT { ?x :q ?y } WHERE { GRAPH ?g { ?x :p* ?y } }", 1),
    ("INSERT DATA { :a :p 1 } ; DELETE WHERE { ?x :p ?y } ; CLEAR DEFAULT", 1),
    ("INSERT { ?x :q ?y } WHERE { SELECT ?x ?y { ?x :p ?y } ORDER BY ?x }", 1),
    # STRDT is replaced in the whole text before its operations are read
    ("INSERT { ?x :q ?z } WHERE { ?x :p ?y BIND (STRDT(?y, :t) AS ?z) }", 2),
]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Passes:
    """Return what runs something and returns the texts that were lexed meanwhile."""

    def lexed_by(run: Callable[[], object]) -> list[str]:
        texts = list[str]()

        def counting(text: str) -> Iterator[Token]:
            texts.append(text)
            return tokenize(text)

        for module in (tokenized_text, policy):
            monkeypatch.setattr(module, "tokenize", counting)
        run()
        return texts

    return lexed_by


@pytest.mark.parametrize(("text", "expected"), QUERIES)
def test_a_query_is_lexed_once(plain: EmbeddedStore, passes: Passes, text: str, expected: int) -> None:
    def ask() -> None:
        for _ in plain.query(Query(PREFIX + text, formats.JSON, None)).chunks:
            pass

    texts = passes(ask)
    assert len(texts) == expected, texts


@pytest.mark.parametrize(("text", "expected"), UPDATES)
def test_an_update_is_lexed_once(plain: EmbeddedStore, passes: Passes, text: str, expected: int) -> None:
    with plain.write() as transaction:
        texts = passes(lambda: transaction.update(PREFIX + text))
    assert len(texts) == expected, texts
