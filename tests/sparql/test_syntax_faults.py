"""Errors of syntax: the place, the word there, and what may stand in its place, of queries and of updates."""

from __future__ import annotations

from itertools import combinations

import pytest

from kg.errors import QuerySyntaxError
from kg.formats import JSON
from kg.sparql.grammar import first, first_of_all, rules
from kg.store import EmbeddedStore, Query, check_query

NO_OBJECT = "a value"
AFTER_OBJECT = '",", ";", ".", a pattern such as OPTIONAL or "}"'
QUERIES = {
    "SELECT *\nWHERE { ?s ?p }": (2, 15, f"}} stands where {NO_OBJECT} was expected"),
    "SELECT * { ?s ?p ?o ; ?q }": (1, 26, f"}} stands where {NO_OBJECT} was expected"),
    "SELECT * { ?s ?p ?o ?x }": (1, 21, f"?x stands where {AFTER_OBJECT} was expected"),
    "SELECT * { ?s ?p ?o FILTR(?o) }": (
        *(1, 21),
        f"FILTR stands where {AFTER_OBJECT} was expected (perhaps FILTER is meant)",
    ),
    "SELEC * {}": (1, 1, "SELEC stands where one of SELECT, CONSTRUCT, ASK, DESCRIBE was expected"),
    "PREFIX cq <http://e.x/> ASK {}": (1, 8, "cq stands where a prefixed name was expected"),
    "SELECT (COUNT(?x) ?n) { ?x ?y ?z }": (1, 19, "?n stands where an operator or AS was expected"),
    "ASK { FILTER(?x = ) }": (1, 19, ") stands where an expression was expected"),
    "ASK { FILTER(?x = }": (1, 19, '} stands where ")" was expected, to close "(" at line 1, column 13'),
    "ASK { } }": (1, 9, "} closes nothing that is open"),
    "ASK { FILTER ?x }": (1, 14, "?x stands where a condition in parentheses or a function was expected"),
    "ASK { FILTER(STR(?x, ?y)) }": (1, 20, ', stands where an operator or ")" was expected'),
    "SELECT * { ?s ?p ?o } ORDER ?s": (1, 29, "?s stands where BY was expected"),
    "SELECT * { ?s ?p ?o } LIMIT ten": (1, 29, "ten stands where a whole number was expected"),
    "SELECT * WHERE": (1, 15, 'it ends where "{" was expected'),
    "SELECT * { ?s a ex:Thing ; ?p }": (1, 17, "the prefix ex: of ex:Thing is not declared (PREFIX ex: <…>)"),
    "ASK { ?s ?p 5. ?o ?q -1. FOO }": (
        *(1, 26),
        'FOO stands where a triple, a pattern such as OPTIONAL or "}" was expected',
    ),
    f"ASK {{ ?s ?p 1 '{'x' * 200}' }}": (1, 15, f"'{'x' * 99}… stands where {AFTER_OBJECT} was expected"),
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p 5. ?s ?q ?o }": (1, 49, "The SELECT contains a variable that is unbound"),
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }": (1, 40, "The SELECT contains a variable that is unbound"),
}
GRAPH = "GRAPH <http://e.x/mine>"
UPDATES = {
    f"INSERT DATA {{ {GRAPH} {{ <http://e.x/a> <http://e.x/b> }} }}": (
        1,
        71,
        f"}} stands where {NO_OBJECT} was expected",
    ),
    f"INSERT DATA {{ {GRAPH} {{ <http://e.x/a> a 1 }} }} ;\nDELETE WHERE {{ {GRAPH} {{ ?s a }} }}": (
        *(2, 47),
        f"}} stands where {NO_OBJECT} was expected",
    ),
    f"INSERT DATA {{ {GRAPH} {{ ex:a ex:b 1 }} }}": (1, 41, "the prefix ex: of ex:a is not declared (PREFIX ex: <…>)"),
}


def sentence(line: int, column: int, fault: str) -> str:
    return f"The text does not parse at line {line}, column {column}: {fault}."


@pytest.mark.parametrize("text", QUERIES)
def test_an_error_of_a_query_names_the_word_and_what_may_stand_there(text: str) -> None:
    expected = QUERIES[text]
    with pytest.raises(QuerySyntaxError) as error:
        check_query(text)
    assert (error.value.line, error.value.column, str(error.value)) == (*expected[:2], sentence(*expected))


@pytest.mark.parametrize("text", UPDATES)
def test_an_error_of_an_update_names_the_word_and_what_may_stand_there(filled: EmbeddedStore, text: str) -> None:
    expected = UPDATES[text]
    with filled.write() as change, pytest.raises(QuerySyntaxError) as error:
        change.update(text)
    assert (error.value.line, error.value.column, str(error.value)) == (*expected[:2], sentence(*expected))


def test_what_sparql_12_has_wrong_is_not_said_to_be_grammatical(filled: EmbeddedStore) -> None:
    text = "SELECT * { ?s ?p ?o LATERAL { ?s ?p } }"
    with pytest.raises(QuerySyntaxError) as error:
        filled.query(Query(text, JSON, None, sparql12=True))
    assert str(error.value).startswith(
        "The text does not parse at line 1, column 39: if the grammar allows what is there, a name is at fault, such "
    )


def test_a_token_decides_between_the_alternatives_of_every_rule() -> None:
    both = {
        name: first_of_all(left) & first_of_all(right)
        for name, rule in rules().items()
        for left, right in combinations(rule.alternatives, 2)
    }
    assert len(rules()) > 150
    assert {name: terminals for name, terminals in both.items() if terminals} == {}


def test_every_symbol_of_the_grammar_is_a_rule_or_a_terminal() -> None:
    symbols = {symbol for rule in rules().values() for alternative in rule.alternatives for symbol in alternative}
    assert [symbol for symbol in symbols - rules().keys() if symbol[0].isupper() and not symbol.isupper()] == []
    assert first("Prologue") == {"", "BASE", "PREFIX"}
