"""How many statements have each value of a facet: compared with plain counts, for few and for many values."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from server.search import facet_counts as module
from server.search.facet_columns import patch_facet
from server.search.facet_counts import facet_counts
from server.search.index_database import MAX_PARAMETERS, Database
from server.search.statement_sets import StatementSet

FACET, TOTAL = "about", 2000
SCHEMA = Path(module.__file__).with_name("index.sql").read_text(encoding="utf-8")
VALUES = {
    "at most one of few": {number: [f"<urn:{number % 3}>"] for number in range(0, TOTAL, 2)},
    "one of a single statement": {number: ["<urn:all>" if number else "<urn:first>"] for number in range(TOTAL)},
    "several of few": {number: [f"<urn:{name}>" for name in {number % 3, number % 2}] for number in range(0, TOTAL, 2)},
    "several of many": {
        number: [f"<urn:{number:04}>", *(["<urn:all>"] if number % 5 else [])] for number in range(TOTAL)
    },
}
SETS = {
    "none": [],
    "few": range(0, TOTAL, 7),
    "most": [number for number in range(TOTAL) if number % 7],
    "all but one": range(1, TOTAL),
    "all": range(TOTAL),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("numbers", SETS.values(), ids=SETS)
def test_counts_are_those_of_the_statements_one_by_one(numbers: list[int], values: dict[int, list[str]]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    patch_facet(connection, FACET, frozenset(), values, TOTAL)
    counts = facet_counts(Database([connection]), FACET, StatementSet.of(numbers, TOTAL))
    plain = Counter(cell for number in numbers for cell in values.get(number, ()))
    expected = sorted(plain.items(), key=lambda of: (-of[1], of[0]))
    assert counts.total == len(expected)
    for most in (1, 2, 36, MAX_PARAMETERS + 1, TOTAL + 2):
        assert counts.commonest(most) == expected[:most]
    cells = [*sorted(plain)[:3], "<urn:absent>"]
    assert counts.of(cells) == [(cell, plain[cell]) for cell in cells if cell in plain]
