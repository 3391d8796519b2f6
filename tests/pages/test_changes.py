"""What changed between two versions: which graphs is known without reading any, and a few are compared."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from rdflib import RDFS, Literal, URIRef

from kg.datasets import GraphNames
from kg.store import EmbeddedStore, Version
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.pages.conftest import Page, Reader, running

NAMES = GraphNames("https://example.org/")
GRAPHS = 12


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return a store of five versions: many graphs, one changed, back to the first and two changed, all changed."""
    store = EmbeddedStore.open(tmp_path_factory.mktemp("changing"), NAMES)
    write(store, range(GRAPHS), "first")
    write(store, [3], "second")
    store.rollback("000001")
    write(store, [4, 5], "third")
    write(store, range(GRAPHS), "fourth")
    return store


def name(number: int) -> str:
    return f"{NAMES.base}graph/{number:02}"


def write(store: EmbeddedStore, numbers: range | list[int], word: str) -> Version:
    """Write a word into graphs, as a new version."""
    with store.write() as change:
        for number in numbers:
            change.replace_graph(name(number), [(URIRef(name(number)), RDFS.comment, Literal(word))])
        return change.commit(word)


@pytest.fixture(scope="module")
def site(changing: EmbeddedStore) -> Iterator[Reader]:
    with running(create_app(UnlimitedStore(changing), Settings(base=NAMES.base))) as reader:
        yield reader


def compared(page: Page) -> dict[str, str]:
    """Return what a page shows of each graph that it compares."""
    part = page.text.partition('id="changes"')[2]
    sections = re.findall(r"<summary><bdi>([^<]+)</bdi>: ([^<]+)</summary>", part)
    return {graph: summary.strip() for graph, summary in sections}


def test_a_version_records_what_it_was_written_from_and_what_it_changed(changing: EmbeddedStore) -> None:
    records = {version.name: (version.base, len(version.changed)) for version in changing.versions()}
    assert records == {
        "000001": ("000000", GRAPHS),
        "000002": ("000001", 1),
        "000003": ("000001", 2),
        "000004": ("000003", GRAPHS),
    }


@pytest.mark.parametrize(
    ("ends", "graphs"), [(("000001", "000002"), [3]), (("000002", "000003"), [3, 4, 5]), (("000003", "000001"), [4, 5])]
)
def test_only_graphs_that_were_written_are_compared(site: Reader, ends: tuple[str, str], graphs: list[int]) -> None:
    page = site.get(f"/dataset?from={ends[0]}&to={ends[1]}")
    assert compared(page) == {f"graph/{number:02}": "1 added, 1 removed" for number in graphs}
    assert "not compared here" not in page.words


def test_of_many_changed_graphs_a_few_are_compared_and_the_others_have_an_address(site: Reader) -> None:
    page = site.get("/dataset")
    assert len(compared(page)) == 5
    assert "7 other graphs written since, not compared here" in page.words
    links = [html.unescape(link) for link in page.links if "graph=" in link]
    assert len(links) == 7
    comparison = site.get(links[-1])
    assert compared(comparison) == {"graph/11": "1 added, 1 removed"}
    assert "fourth" in comparison.words


def test_every_graph_may_have_changed_if_the_versions_between_are_pruned(site: Reader, changing: EmbeddedStore) -> None:
    changing.rollback("000001")
    changing.prune(1)
    assert [version.name for version in changing.versions()] == ["000001", "000004"]
    page = site.get("/dataset?graph=https://example.org/graph/03")
    assert compared(page) == {"graph/03": "1 added, 1 removed"}
    assert f"{GRAPHS - 1} other graphs" in page.words
