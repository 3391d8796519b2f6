"""Counts articles' own nodes and their statements for the description of a dataset, in each article's task.

An article's counts hold for the whole dataset unless others describe its own nodes. The classes of other nodes that it
refers to are looked up once all articles are written, and so are the statements about shared nodes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from kg.app.partition_counts import TYPE, Counts, class_types, literal_ending, literal_type, partition_keys

MAX_CACHED_CLASSES = 2**16
"""The number of nodes whose classes are cached while everything is counted."""
Classes = bytes
"""The classes of a node in N-Triples, sorted and separated by spaces; empty if it has none."""
StatementCounts = Mapping[tuple[Classes, bytes, bytes], int]
"""Numbers of statements by the classes of the subject, the predicate, and the object or what is known about it."""
Find = Callable[[bytes, bytes | None], Iterable[tuple[bytes, bytes]]]
"""Returns predicates and objects of a node in N-Triples, for all predicates or for one."""


class ArticleCounts(NamedTuple):
    """The numbers of nodes, and of their statements, by the classes of the node, in N-Triples."""

    nodes: Mapping[Classes, int]
    typed: StatementCounts
    """Statements with the classes of the objects, or for literals, a quotation mark and what follows their text."""
    referring: StatementCounts
    """Statements with objects whose classes still have to be looked up."""
    others: frozenset[bytes]
    """The subjects of the article's triples that are not its own nodes."""


def count_article(lines: bytes, start: bytes) -> ArticleCounts:
    """Count the asserted and inferred triples of an article; its own nodes in N-Triples begin with `start`."""
    others, classes, texts = set[bytes](), defaultdict[bytes, set[bytes]](set), dict[bytes, bytes]()
    statements: list[tuple[bytes, bytes, bytes]] = []
    for line in lines.splitlines():
        # Terms are separated by single spaces, and only the object may contain others.
        subject, predicate, rest = line.split(b" ", 2)
        if not subject.startswith(start):
            others.add(subject)
            continue
        value = rest[:-2]
        if predicate == TYPE and value.startswith(b"<"):
            classes[subject].add(value)
        # One object for each text, so that counts are sent and stored with a single copy.
        statements.append((subject, texts.setdefault(predicate, predicate), value))
    joined = {node: b" ".join(sorted(kinds)) for node, kinds in classes.items()}
    own = {node: texts.setdefault(kinds, kinds) for node, kinds in joined.items()}
    typed, referring = Counter[tuple[bytes, bytes, bytes]](), Counter[tuple[bytes, bytes, bytes]]()
    for subject, predicate, value in statements:
        if (of_subject := own.get(subject)) is None:
            continue
        if value.startswith(b'"'):
            typed[of_subject, predicate, literal_ending(value)] += 1
        elif value.startswith(start):
            typed[of_subject, predicate, own.get(value, b"")] += 1
        else:
            referring[of_subject, predicate, value] += 1
    return ArticleCounts(dict(Counter(own.values())), dict(typed), dict(referring), frozenset(others))


class CountSum:
    """The sum of articles' counts and of nodes that are counted in the whole dataset."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._nodes: Counter[Classes] = Counter()
        self._typed, self._referring = Counter[tuple[bytes, bytes, bytes]](), Counter[tuple[bytes, bytes, bytes]]()
        self._classes_of = lru_cache(maxsize=MAX_CACHED_CLASSES)(lambda node: _classes(find(node, TYPE)))

    def add_article(self, counts: ArticleCounts) -> None:
        """Add an article whose own nodes are not described by others."""
        self._nodes.update(counts.nodes)
        self._typed.update(counts.typed)
        self._referring.update(counts.referring)

    def add_node(self, node: bytes) -> None:
        """Add a node with all its statements in the dataset."""
        statements = [*self._find(node, None)]
        if not (classes := _classes(statements)):
            return
        self._nodes[classes] += 1
        for predicate, value in statements:
            of_value = literal_ending(value) if value.startswith(b'"') else self._classes_of(value)
            self._typed[classes, predicate, of_value] += 1

    def total(self) -> Counts:
        """Return the counts of everything that was added."""
        counts: Counts = Counter()
        for classes, number in self._nodes.items():
            for kind in _names(classes):
                counts[kind,] += number
        typed = Counter(self._typed)
        for (classes, predicate, value), number in self._referring.items():
            typed[classes, predicate, self._classes_of(value)] += number
        for (classes, predicate, of_value), number in typed.items():
            types = [literal_type(of_value)] if of_value.startswith(b'"') else class_types(_names(of_value))
            for kind in _names(classes):
                for key in partition_keys(kind, _names(predicate)[0], types):
                    counts[key] += number
        return counts


def _classes(statements: Iterable[tuple[bytes, bytes]]) -> Classes:
    return b" ".join(sorted(value for predicate, value in statements if predicate == TYPE and value.startswith(b"<")))


@lru_cache(maxsize=MAX_CACHED_CLASSES)
def _names(iris: bytes) -> tuple[str, ...]:
    return tuple(iri[1:-1].decode() for iri in iris.split())
