"""Counts for the description of a dataset: the members of each class, its properties, and the types of their values.

The counts after a change are those before it, minus those of the changed nodes before, plus those of these nodes after.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import groupby
from operator import itemgetter

from rdflib import FOAF, ORG, PROV, RDF, XSD, Literal, URIRef
from rdflib.term import Node

from kg.app.asserted_triples import AssertedChange
from kg.datasets import GraphNames
from kg.errors import StoreError
from kg.namespaces import OA, ONTOLOGY, SCHEMA, SEM
from kg.store import Transaction, Triple, whole_lines

ALIGNED = frozenset(map(str, (ONTOLOGY, FOAF, ORG, PROV, SCHEMA, SEM, OA)))
"""Vocabularies that describe the same things; a class of one is only described by properties of the same vocabulary."""
Counts = Counter[tuple[str, ...]]
"""Members by (class), triples by (class, property), values by (class, property, "class" or "datatype", its name)."""
CACHE_KIB = 16_384
"""The memory for the classes of nodes while everything is counted."""
NODES_PER_INSERT = 500
"""The number of nodes inserted into the database at a time."""
TYPE = f"<{RDF.type}>".encode()
"""The predicate of types in N-Triples."""
Kinds = Callable[[Node], Collection[Node]]
"""Returns the classes that a node is an instance of."""


def count_partitions(transaction: Transaction) -> Counts:
    """Count all triples of the default graph, which must not include the description itself.

    The triples are read as lines, and counted by the sets of classes that nodes are instances of, which are few. The
    set of each node, and the statements that are counted once those of their values are known, are stored on disk, so
    that memory does not grow with the graph. Raises StoreError if there is not enough space.
    """
    counts: Counts = Counter()
    nodes, literals = Counter[int](), Counter[tuple[int, bytes, bytes]]()
    kind_sets = _KindSets()
    with _kinds_on_disk() as kinds:
        for subject, triples in groupby(_statements(transaction), itemgetter(0)):
            own, others = 0, []
            for _, predicate, value in triples:
                if predicate == TYPE and value.startswith(b"<"):
                    own = kind_sets.wider(own, value)
                else:
                    others.append((predicate, value))
            if own:
                nodes[own] += 1
                kinds.add(subject, own, [item for item in others if not item[1].startswith(b'"')])
                literals.update((own, item[0], literal_ending(item[1])) for item in others if item[1].startswith(b'"'))
        # Type statements are derived from the sets of classes, so they need not be stored for each node.
        typed = (
            (own, b"<%b>" % kind.encode(), number) for own, number in nodes.items() for kind in kind_sets.members[own]
        )
        statements: list[tuple[int, bytes, Iterable[tuple[str, str]], int]] = [
            *(
                (own, predicate, kind_sets.types(values), number)
                for own, predicate, values, number in kinds.statements(typed)
            ),
            *(
                (own, predicate, [literal_type(ending)], number)
                for (own, predicate, ending), number in literals.items()
            ),
        ]
    for own, number in nodes.items():
        for kind in kind_sets.members[own]:
            counts[kind,] += number
    for own, predicate, types, number in statements:
        for kind in kind_sets.members[own]:
            for key in partition_keys(kind, _iri(predicate), types):
                counts[key] += number
    return counts


class _KindsOnDisk:
    """The numbers of sets of classes by node, and the statements of nodes, in N-Triples."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._kinds: list[tuple[bytes, int]] = []
        self._statements: list[tuple[int, bytes, bytes, int]] = []
        database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        # There are no rollbacks: after any failure, the temporary database is dropped.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE kinds (node BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        database.execute("CREATE TABLE statements (own INTEGER, predicate BLOB, value BLOB, times INTEGER)")
        # One transaction for everything, since otherwise each insert would be one.
        database.execute("BEGIN")

    def add(self, node: bytes, number: int, statements: Iterable[tuple[bytes, bytes]]) -> None:
        """Add a node's set of classes, and its statements except for its types."""
        self._kinds.append((node, number))
        self._statements += ((number, predicate, value, 1) for predicate, value in statements)
        if len(self._kinds) >= NODES_PER_INSERT:
            self._insert()

    def statements(self, typed: Iterable[tuple[int, bytes, int]]) -> Iterator[tuple[int, bytes, int, int]]:
        """Yield the node's set of classes, the predicate, the value's set of classes, and the number of statements.

        `typed` has the number of nodes by set of classes and type.
        """
        self._statements += ((own, TYPE, kind, number) for own, kind, number in typed)
        self._insert()
        columns = "own, predicate, coalesce(number, 0)"
        rows = f"SELECT {columns}, sum(times) FROM statements LEFT JOIN kinds ON node = value GROUP BY {columns}"
        yield from self._database.execute(rows)

    def _insert(self) -> None:
        self._database.executemany("INSERT INTO kinds VALUES (?, ?)", self._kinds)
        self._database.executemany("INSERT INTO statements VALUES (?, ?, ?, ?)", self._statements)
        self._kinds, self._statements = [], []


@contextmanager
def _kinds_on_disk() -> Iterator[_KindsOnDisk]:
    try:
        # A database without a name is a temporary file, written only if it is larger than the cache.
        with closing(sqlite3.connect("", isolation_level=None)) as database:
            yield _KindsOnDisk(database)
    except sqlite3.Error as error:
        raise StoreError(f"The triples cannot be counted for the description of the dataset: {error}.") from error


class _KindSets:
    """Numbers for sets of classes; 0 is the empty set."""

    def __init__(self) -> None:
        self.members: list[frozenset[str]] = [frozenset()]
        self._numbers: dict[frozenset[str], int] = {frozenset(): 0}
        self._wider: dict[tuple[int, bytes], int] = {}

    def types(self, number: int) -> list[tuple[str, str]]:
        """Return the value types of a set of classes."""
        return class_types(self.members[number])

    def wider(self, number: int, kind: bytes) -> int:
        """Return the number of the set with one more class, which is given in N-Triples."""
        if (number, kind) not in self._wider:
            members = self.members[number] | {_iri(kind)}
            if members not in self._numbers:
                self._numbers[members] = len(self.members)
                self.members.append(members)
            self._wider[number, kind] = self._numbers[members]
        return self._wider[number, kind]


def _statements(transaction: Transaction) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield the triples of the default graph as three terms in N-Triples."""
    for block in whole_lines(transaction.lines()):
        for line in block.splitlines():
            # Terms are separated by single spaces, and only the object may contain others.
            subject, predicate, value = line.split(b" ", 2)
            yield subject, predicate, value[:-2]


def _iri(term: bytes) -> str:
    return term[1:-1].decode()


def literal_ending(literal: bytes) -> bytes:
    """Return the last quotation mark of a literal and what follows it: its datatype or language."""
    return literal[literal.rindex(b'"') :]


def literal_type(ending: bytes) -> tuple[str, str]:
    """Return the value type given by the ending of a literal."""
    if ending.startswith(b'"^^'):
        return "datatype", _iri(ending[3:])
    return "datatype", str(RDF.langString if ending.startswith(b'"@') else XSD.string)


def class_types(classes: Iterable[str]) -> list[tuple[str, str]]:
    """Return the value types given by classes."""
    return [("class", kind) for kind in classes]


def partition_keys(kind: str, predicate: str, types: Iterable[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """Yield the keys for which a statement about a member of a class counts."""
    if _belong(kind, predicate):
        yield kind, predicate
        yield from ((kind, predicate, category, term) for category, term in types if _belong(kind, term))


def recount_partitions(counts: Counts, change: AssertedChange, transaction: Transaction, names: GraphNames) -> Counts:
    """Return the counts after a change of asserted or inferred triples."""
    nodes = {subject for subject, _, _ in change.triples}
    typed = {subject for subject, predicate, _ in change.triples if predicate == RDF.type}
    states = (True, False)
    # Statements also count by the classes of their values, so those that lead to a retyped node are counted again.
    nodes |= {
        triple[0]
        for node in typed
        for before in states
        for triple in _default(transaction, names, (None, None, node), before=before)
    }
    recounted = Counter(counts)
    for before in states:
        (recounted.subtract if before else recounted.update)(_counted_of(nodes, transaction, names, before=before))
    # A key without members would describe a class that no longer exists.
    return Counter({key: number for key, number in recounted.items() if number})


def _counted_of(nodes: Iterable[Node], transaction: Transaction, names: GraphNames, *, before: bool) -> Counts:
    triples = [triple for node in nodes for triple in _default(transaction, names, (node, None, None), before=before)]
    known: dict[Node, list[Node]] = {}

    def kinds(node: Node) -> list[Node]:
        if node not in known:
            typed = _default(transaction, names, (node, RDF.type, None), before=before)
            known[node] = [kind for _, _, kind in typed if isinstance(kind, URIRef)]
        return known[node]

    return _counted(triples, kinds)


def _default(
    transaction: Transaction,
    names: GraphNames,
    pattern: tuple[Node | None, Node | None, Node | None],
    *,
    before: bool = False,
) -> Iterator[Triple]:
    return transaction.find(pattern, before=before, without=(names.description,))


def _counted(triples: Iterable[Triple], kinds: Kinds) -> Counts:
    counts: Counts = Counter()
    for subject, predicate, value in triples:
        own = kinds(subject)
        if predicate == RDF.type and value in own:
            counts[str(value),] += 1
        types = [*_value_types(value, kinds)]
        for kind in own:
            counts.update(partition_keys(str(kind), str(predicate), types))
    return counts


def _value_types(value: Node, kinds: Kinds) -> Iterator[tuple[str, str]]:
    if isinstance(value, Literal):
        yield "datatype", str(value.datatype or (RDF.langString if value.language else XSD.string))
    else:
        yield from (("class", str(kind)) for kind in kinds(value))


@cache
def _belong(kind: str, term: str) -> bool:
    """Return whether a term describes a class, unless they are from different vocabularies for the same things."""
    vocabularies = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in (kind, term)}
    return len(vocabularies) == 1 or not vocabularies <= ALIGNED
