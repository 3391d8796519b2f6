"""The syntax of queries and updates: what SPARQL's grammar allows is not refused as malformed, and other texts are."""

from __future__ import annotations

import pytest

from kg.sparql import syntax_faults
from kg.sparql.lexer import unescaped
from kg.sparql.tokenized_text import TokenizedText
from tests.w3c.conftest import Client
from tests.w3c.known_failures import KNOWN_FAILURES, SPARQL_11
from tests.w3c.manifests import Case, as_parameters, cases, require_suites

SYNTAX = [case for case in cases("dawg-data-r2", "sparql11", kinds="SyntaxTest") if case.kind[0] in "PN"]
require_suites()  # after what test_figures.py takes from here
QUERIES = [case for case in SYNTAX if "Update" not in case.kind]
UPDATES = [case for case in SYNTAX if "Update" in case.kind]
UNDERSTOOD = (200, 204, 403, 404, 409)
"""Beside success: what is not done (SERVICE, LOAD), and graphs that are not there, or are."""


def _text(case: Case) -> str:
    return f"BASE <{case.action().value}>\n{case.text(case.action().value)}"


def _check(case: Case, status: int, body: bytes) -> None:
    if case.kind.startswith("Positive"):
        assert status in UNDERSTOOD, body.decode()
    else:
        assert status == 400, body.decode()


def test_the_grammar_that_explains_faults_has_none_in_what_the_suite_allows() -> None:
    # What SPARQL 1.0 alone allows is a fault by the grammar of 1.1, as it is to the engine.
    positive = [case for case in SYNTAX if case.kind.startswith("Positive")]
    allowed = [case for case in positive if KNOWN_FAILURES.get(case.name) != SPARQL_11]
    starts = {True: syntax_faults.UPDATE, False: syntax_faults.QUERY}
    texts = [(TokenizedText(unescaped(_text(case))), starts["Update" in case.kind]) for case in allowed]
    faults = [syntax_faults.syntax_fault(*text) for text in texts]
    assert len(faults) > 250
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize("case", as_parameters(QUERIES))
def test_a_query_is_malformed_where_the_suite_has_it_so(case: Case, client: Client) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    _check(case, *client.send("POST", "/sparql", _text(case), headers))


@pytest.mark.parametrize("case", as_parameters(UPDATES))
def test_an_update_is_malformed_where_the_suite_has_it_so(case: Case, client: Client) -> None:
    _check(case, *client.update(_text(case)))
