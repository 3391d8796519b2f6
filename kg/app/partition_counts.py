"""Counts for the description of a dataset: the members of each class, its properties, and the types of their values.

An article's own nodes are counted in its task, which holds for the whole dataset unless others describe these nodes.
The classes of other nodes that it refers to are looked up once all articles are written, and so are the statements
about shared nodes. The counts after a change are those before it, minus those of the changed nodes before, plus those
of these nodes after.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache, partial
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rdflib import FOAF, ORG, PROV, RDF, XSD

from kg.app.asserted_triples import AssertedChange
from kg.datasets import GraphNames
from kg.namespaces import OA, ONTOLOGY, SCHEMA, SEM
from kg.store import Transaction, whole_lines
from kg.terms import to_text

ALIGNED = frozenset(map(str, (ONTOLOGY, FOAF, ORG, PROV, SCHEMA, SEM, OA)))
"""Vocabularies that describe the same things; a class of one is only described by properties of the same vocabulary."""
Counts = Counter[tuple[str, ...]]
"""Members by (class), triples by (class, property), values by (class, property, "class" or "datatype", its name)."""
MAX_CACHED_CLASSES = 2**16
"""The number of nodes whose classes are cached while everything is counted."""
TYPE = f"<{RDF.type}>".encode()
"""The predicate of types in N-Triples."""
Classes = bytes
"""The classes of a node in N-Triples, sorted and separated by spaces; empty if it has none."""
Statements = Collection[tuple[bytes, bytes]]
"""The predicates and objects of a node in N-Triples."""
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
    for subject, predicate, value in _terms(lines):
        if not subject.startswith(start):
            others.add(subject)
            continue
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
            typed[of_subject, predicate, _literal_ending(value)] += 1
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
        self.add_statements([*self._find(node, None)])

    def add_statements(self, statements: Statements) -> None:
        """Add a node, given all its statements in the dataset."""
        if not (classes := _classes(statements)):
            return
        self._nodes[classes] += 1
        for predicate, value in statements:
            of_value = _literal_ending(value) if value.startswith(b'"') else self._classes_of(value)
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
            for kind in _names(classes):
                for key in _keys(kind, _names(predicate)[0], of_value):
                    counts[key] += number
        return counts


def count_partitions(transaction: Transaction) -> Counts:
    """Count all triples of the default graph, which must not include the description itself."""
    counts = CountSum(transaction.statements)
    triples = (terms for block in whole_lines(transaction.lines()) for terms in _terms(block))
    # The engine returns the triples of one subject in a row.
    for _, of_node in groupby(triples, itemgetter(0)):
        counts.add_statements([(predicate, value) for _, predicate, value in of_node])
    return counts.total()


def recount_partitions(counts: Counts, change: AssertedChange, transaction: Transaction, names: GraphNames) -> Counts:
    """Return the counts after a change of asserted or inferred triples."""
    states, apart = (True, False), (names.description,)
    nodes = {to_text(subject) for subject, _, _ in change.triples}
    typed = {to_text(subject) for subject, predicate, _ in change.triples if predicate == RDF.type}
    # Statements also count by the classes of their values, so those that lead to a retyped node are counted again.
    nodes |= {
        subject
        for node in typed
        for before in states
        for subject, _, _ in transaction.find_texts((None, None, node), before=before, without=apart)
    }
    recounted = Counter(counts)
    for before in states:
        of_nodes = CountSum(partial(transaction.statements, before=before, without=apart))
        for node in nodes:
            of_nodes.add_node(node)
        (recounted.subtract if before else recounted.update)(of_nodes.total())
    # A key without members would describe a class that no longer exists.
    return Counter({key: number for key, number in recounted.items() if number})


def _terms(lines: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield the terms of each triple in N-Triples."""
    for line in lines.splitlines():
        # Terms are separated by single spaces, and only the object may contain others.
        subject, predicate, value = line.split(b" ", 2)
        yield subject, predicate, value[:-2]


def _classes(statements: Iterable[tuple[bytes, bytes]]) -> Classes:
    return b" ".join(sorted(value for predicate, value in statements if predicate == TYPE and value.startswith(b"<")))


@lru_cache(maxsize=MAX_CACHED_CLASSES)
def _names(iris: bytes) -> tuple[str, ...]:
    return tuple(iri[1:-1].decode() for iri in iris.split())


def _literal_ending(literal: bytes) -> bytes:
    """Return the last quotation mark of a literal and what follows it: its datatype or language."""
    return literal[literal.rindex(b'"') :]


def _keys(kind: str, predicate: str, of_value: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the keys for which a statement about a member of a class counts, by the value's classes or ending."""
    if _belong(kind, predicate):
        yield kind, predicate
        yield from ((kind, predicate, *type_) for type_ in _types(of_value) if _belong(kind, type_[1]))


def _types(of_value: bytes) -> list[tuple[str, str]]:
    """Return the types of a value: its classes, or the datatype that the ending of a literal gives."""
    if not of_value.startswith(b'"'):
        return [("class", kind) for kind in _names(of_value)]
    if of_value.startswith(b'"^^'):
        return [("datatype", of_value[4:-1].decode())]
    return [("datatype", str(RDF.langString if of_value.startswith(b'"@') else XSD.string))]


@cache
def _belong(kind: str, term: str) -> bool:
    """Return whether a term describes a class, unless they are from different vocabularies for the same things."""
    vocabularies = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in (kind, term)}
    return len(vocabularies) == 1 or not vocabularies <= ALIGNED
