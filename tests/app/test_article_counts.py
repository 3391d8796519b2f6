"""Counts of articles by themselves, summed: they are what counting the whole dataset gives."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

import pytest
from rdflib import RDF, Literal, URIRef

from kg.app.builds.stored_counts import StoredCounts
from kg.app.partition_counts import ArticleCounts, CountSum, count_article, count_partitions
from kg.datasets import GraphNames
from kg.errors import DiskFullError
from kg.store import EmbeddedStore, Triple
from kg.terms import to_lines

NAMES = GraphNames("https://example.org/")
CLASSES = [URIRef(f"{NAMES.base}class/{number}") for number in range(3)]
PROPERTIES = [URIRef(f"{NAMES.base}property/{number}") for number in range(3)]
SHARED = [URIRef(f"{NAMES.base}person/{number}") for number in range(5)]


def own_nodes(article: int) -> list[URIRef]:
    return [URIRef(f"{NAMES.base}article/{article}/{number}") for number in range(12)]


def statements(article: int, random: Random) -> list[Triple]:
    """Return made-up statements of an article's own nodes and of shared ones; some nodes have no class."""
    nodes = [*own_nodes(article), *SHARED]
    kinds = [(node, RDF.type, kind) for node in nodes for kind in random.sample(CLASSES, random.randrange(3))]
    values = [*nodes, *CLASSES, Literal("a"), Literal("a", lang="en"), Literal(1), Literal('a "b"^^<c>')]
    others = [(random.choice(nodes), random.choice(PROPERTIES), random.choice(values)) for _ in range(80)]
    return [*kinds, *others]


def test_articles_and_shared_nodes_sum_up_to_what_the_whole_counts(tmp_path: Path) -> None:
    random = Random(2)  # noqa: S311 -- no secret
    counts = list[ArticleCounts]()
    with EmbeddedStore.open(tmp_path, NAMES).write() as change:
        for article in range(4):
            triples = statements(article, random)
            change.add(f"{NAMES.base}graph/{article}", triples)
            lines = b"".join(sorted({*to_lines(triples).splitlines(keepends=True)}))
            counts.append(count_article(lines, f"<{NAMES.base}article/{article}/".encode()))
        total = CountSum(change.statements)
        for of_article in counts:
            total.add_article(of_article)
        for node in {node for of_article in counts for node in of_article.others}:
            total.add_node(node)
        assert {node for of_article in counts for node in of_article.others} == {f"<{iri}>".encode() for iri in SHARED}
        assert total.total() == count_partitions(change)


def test_a_full_disk_is_that_error_when_the_counts_are_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", partial(Path("/dev/full").open, "w+b"))
    with pytest.raises(DiskFullError, match="No space left"):
        write_and_read_counts()


def write_and_read_counts() -> None:
    with StoredCounts() as counts:
        counts.write(Path("a.yaml"), ArticleCounts({}, {}, {}, frozenset()))
        counts.read(Path("a.yaml"))
