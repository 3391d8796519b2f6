"""The counts in the description of a dataset: compared with counting every triple, in memory that does not grow."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path
from random import Random

from rdflib import RDF, XSD, Literal, URIRef

from kg.app.partition_counts import count_partitions
from kg.datasets import GraphNames
from kg.store import EmbeddedStore, Triple

NAMES = GraphNames("https://example.org/")
CLASSES = [URIRef(f"{NAMES.base}class/{number}") for number in range(4)]
PROPERTIES = [URIRef(f"{NAMES.base}property/{number}") for number in range(3)]
NODES = 5000
MAX_BYTES_PER_NODE = 60
"""Less than its name and an entry of a table take."""


def node(number: int) -> URIRef:
    return URIRef(f"{NAMES.base}a-node-with-a-name-as-long-as-those-of-statements-in-articles/{number}")


def test_the_counts_are_those_of_each_triple_by_itself(tmp_path: Path) -> None:
    random = Random(1)  # noqa: S311 -- no secret
    triples = list[Triple]()
    for number in range(60):
        triples += [(node(number), RDF.type, kind) for kind in random.sample(CLASSES, random.randrange(4))]
        values = [node(random.randrange(60)), Literal("a"), Literal("a", lang="en"), Literal(number)]
        triples += [(node(number), random.choice(PROPERTIES), value) for value in random.sample(values, 3)]
    triples.append((CLASSES[0], RDF.type, CLASSES[1]))  # a class can be an instance too
    random.shuffle(triples)
    with EmbeddedStore.open(tmp_path, NAMES).write() as change:
        # The classes of a node may be told in one graph, and what it has in another one.
        for name, part in (("a", triples[::2]), ("b", triples[1::2])):
            change.add(f"{NAMES.base}graph/{name}", part)
        counts = count_partitions(change)
    classes = {(str(subject), str(kind)) for subject, name, kind in triples if name == RDF.type}
    expected = Counter[tuple[str, ...]](((kind,) for _, kind in classes))
    for subject, relation, value in {*triples}:
        if isinstance(value, Literal):
            datatype = value.datatype or (RDF.langString if value.language else XSD.string)
            kinds = [("datatype", str(datatype))]
        else:
            kinds = [("class", kind) for instance, kind in classes if instance == str(value)]
        for own in (kind for instance, kind in classes if instance == str(subject)):
            expected.update([(own, str(relation)), *((own, str(relation), *kind) for kind in kinds)])
    assert counts == expected
    assert len(counts) > 40


def test_memory_does_not_grow_with_the_nodes(tmp_path: Path) -> None:
    store, peaks = EmbeddedStore.open(tmp_path, NAMES), list[int]()
    for first in (0, NODES):
        with store.write() as change:
            numbers = range(first, first + NODES)
            change.add(f"{NAMES.base}graph/a", [(node(number), RDF.type, CLASSES[0]) for number in numbers])
            tracemalloc.start()
            counts = count_partitions(change)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert counts[str(CLASSES[0]),] == first + NODES
            change.commit("more nodes")
    assert peaks[1] - peaks[0] < NODES * MAX_BYTES_PER_NODE
