"""The syntax of queries and updates: what SPARQL's grammar allows is not refused as malformed, and other texts are."""

from __future__ import annotations

import pytest

from tests.w3c.conftest import Client
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


@pytest.mark.parametrize("case", as_parameters(QUERIES))
def test_a_query_is_malformed_where_the_suite_has_it_so(case: Case, client: Client) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    _check(case, *client.send("POST", "/sparql", _text(case), headers))


@pytest.mark.parametrize("case", as_parameters(UPDATES))
def test_an_update_is_malformed_where_the_suite_has_it_so(case: Case, client: Client) -> None:
    _check(case, *client.update(_text(case)))
