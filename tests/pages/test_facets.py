"""What a filter finds in the index is what the query that the page shows for it finds in the store."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import pytest

from kg.datasets import GraphNames
from kg.formats import JSON
from kg.store import EmbeddedStore, Query
from kg.workers.served_store import UnlimitedStore
from server.pages.lists.facets import ChosenValue, statement_patterns
from server.search.record_paths import PREFIXES
from server.search.search_words import search_words
from server.search.statement_facets import FACETS, SUPPORT, Facet
from server.search.statement_support import ONE_SOURCE, SEVERAL_SOURCES
from server.search.tsv_cells import iri, text
from server.search.version_index import Index, read_index

FILTERS = int(os.environ.get("FILTERS", "40"))
"""Generated filters for each corpus; FILTERS=500 for many."""
MAX_FACETS, MAX_VALUES = 3, 4


@pytest.fixture(scope="module", params=["store", "series"])
def any_store(request: pytest.FixtureRequest) -> EmbeddedStore:
    if request.param == "series":
        folder: Path = request.getfixturevalue("series_folder")
        return EmbeddedStore.open(folder, GraphNames("https://example.org/strait/"))
    store: EmbeddedStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture(scope="module")
def index(any_store: EmbeddedStore) -> Index:
    return read_index(UnlimitedStore(any_store), any_store.current())


def found_in_store(store: EmbeddedStore, chosen: list[ChosenValue], words: list[list[str]]) -> set[str]:
    query = f"{PREFIXES} SELECT DISTINCT ?statement {{ {statement_patterns(chosen, words)} }}"
    rows = json.loads(b"".join(store.query(Query(query, JSON, None)).chunks))["results"]["bindings"]
    return {row["statement"]["value"] for row in rows}


def found_in_index(index: Index, chosen: list[ChosenValue], words: list[list[str]]) -> set[str]:
    matching = index.statements.matching([(value.facet.name, value.term) for value in chosen], words)
    return {*map(iri, index.statements.iris(matching))}


def values_of(index: Index, facet: Facet) -> list[str]:
    """Return the values of a facet as cells, the most frequent first."""
    everything = index.statements.matching((), ())
    return [cell for cell, _ in index.statements.value_counts(everything, facet.name, 1_000_000)[0]]


def chosen(facet: Facet, cell: str) -> ChosenValue:
    return ChosenValue(facet, text(cell), cell, text(cell))


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_the_commonest_and_the_rarest_value_of_each_facet_find_the_same_both_ways(
    any_store: EmbeddedStore, index: Index, facet: Facet
) -> None:
    cells = values_of(index, facet)
    for cell in {*cells[:1], *cells[-1:]}:
        statements = found_in_index(index, [chosen(facet, cell)], [])
        assert statements == found_in_store(any_store, [chosen(facet, cell)], []) != set()


def test_generated_filters_find_the_same_both_ways(any_store: EmbeddedStore, index: Index) -> None:
    random, sizes = Random(FILTERS), []  # noqa: S311 -- no secret
    cells = {facet: of_facet for facet in FACETS if (of_facet := values_of(index, facet))}
    assert len(cells) > len(FACETS) - 3
    numbers = range(len(index.statements))
    for _ in range(FILTERS):
        # The values of one statement, so that some of the filters find it, beside any others.
        number = random.choice(numbers)
        own = {
            facet: [cell for cell in among if number in index.statements.matching([(facet.name, cell)], ())]
            for facet, among in cells.items()
        }
        facets = random.sample([facet for facet, among in own.items() if among], random.randint(1, MAX_FACETS))
        values = [
            chosen(facet, cell)
            for facet in facets
            for cell in {random.choice(own[facet]), *random.choices(cells[facet], k=random.randrange(MAX_VALUES))}
        ]
        gist = random.choice(["", "talks", "the", "navy", "not", "fire"]) if random.random() < 0.4 else ""
        words = [[word] for word in search_words(gist)]
        statements = found_in_index(index, values, words)
        assert statements == found_in_store(any_store, values, words), (values, words)
        sizes.append(len(statements))
    assert sum(map(bool, sizes)) > FILTERS / 2
    assert len({*sizes}) > 4


@pytest.mark.parametrize("any_store", ["series"], indirect=True)
def test_in_a_series_some_statements_have_several_sources(index: Index) -> None:
    assert {*values_of(index, SUPPORT)} == {ONE_SOURCE, SEVERAL_SOURCES}
