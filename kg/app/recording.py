"""The provenance of writes: the activity that each changed graph of a version came to be by, kept across builds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.metadata import version

from rdflib import PROV, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.app.corpus import Knowledge
from kg.dataset import GraphNames, Owner
from kg.namespaces import CQ
from kg.provenance import SHORT, activity, agent
from kg.store import Transaction, Triple

SOFTWARE = "communique"
BY = (PROV.wasGeneratedBy, PROV.wasInvalidatedBy)


@cache
def software_version() -> str:
    """Return the version of this program, looked up once."""
    return version(SOFTWARE)


def record(transaction: Transaction, names: GraphNames, note: str, time: datetime) -> None:
    """Say of each graph that a transaction has changed that it came to be, or ceased to be, by this write."""
    changed = {name: change for name, change in transaction.changes().items() if name is not None}
    if not changed:
        return
    record = _Record(transaction, names)
    write = record.write(note, time)
    for name, change in sorted(changed.items()):
        record.came_by(name, write)
        told = f"{len(change.added)} triples added to {name}, {len(change.removed)} removed"
        record.add((write, RDFS.comment, Literal(told, lang="en")))


def kept(transaction: Transaction, names: GraphNames) -> Graph:
    """Return what the provenance graph says of clients' graphs that there are, for a build to keep."""
    found, record = Graph(bind_namespaces="none"), _Record(transaction, names)
    for name in transaction.graphs():
        if names.owner(name) is Owner.CLIENT:
            for triple in record.about(URIRef(name)):
                found.add(triple)
    return found


def in_step(transaction: Transaction, names: GraphNames, known: Knowledge) -> bool:
    """Tell whether what is inferred in the store was inferred by this very ontology, so that a change can go on."""
    record = _Record(transaction, names)
    documents = [value for _, _, value in record.find(URIRef(names.ontology), PROV.wasDerivedFrom)]
    digests = {str(value) for document in documents for _, _, value in record.find(document, CQ.digest)}
    return bool(digests) and digests == {source.digest for source in known.ontology_files}


class _Record:
    """The provenance graph of a transaction, read and written."""

    def __init__(self, transaction: Transaction, names: GraphNames) -> None:
        self._transaction, self._names = transaction, names

    def find(self, subject: Node | None, path: Node | None = None, value: Node | None = None) -> Iterator[Triple]:
        return self._transaction.find((subject, path, value), self._names.provenance)

    def add(self, *triples: Triple) -> None:
        self._transaction.add(self._names.provenance, triples, Owner.SYSTEM)

    def remove(self, *triples: Triple) -> None:
        self._transaction.remove(self._names.provenance, triples, Owner.SYSTEM)

    def write(self, note: str, time: datetime) -> URIRef:
        """Add the activity of a write; its name is derived from what it followed, what it did and when."""
        told = f"{self._transaction.base.name}\0{note}\0{time.isoformat()}"
        write = URIRef(f"{self._names.base}write/{hashlib.sha256(told.encode()).hexdigest()[:SHORT]}")
        by = URIRef(f"{self._names.base}software/{SOFTWARE}-{software_version()}")
        self.add(*agent(by, SOFTWARE, software_version()), *activity(write, note, by, time))
        return write

    def came_by(self, name: str, write: URIRef) -> None:
        """Say of a graph by which activity it is what it is, in place of what was said, and what follows from it."""
        graph, inferred = URIRef(name), URIRef(self._names.inferred)
        self._forget(graph)
        lives = name in self._transaction.graphs()
        self.add(
            (graph, RDF.type, PROV.Entity), (graph, PROV.wasGeneratedBy if lives else PROV.wasInvalidatedBy, write)
        )
        if self._names.asserts(name):
            (self.add if lives else self.remove)((inferred, PROV.wasDerivedFrom, graph))

    def about(self, graph: URIRef) -> Iterator[Triple]:
        """Yield what is said of a graph, of its activity, and of the software behind that."""
        for triple in self.find(graph):
            yield triple
            if triple[1] in BY:
                yield from self.find(triple[2])
                yield from (t for _, _, by in self.find(triple[2], PROV.wasAssociatedWith) for t in self.find(by))

    def _forget(self, graph: URIRef) -> None:
        """Take back by which activity a graph came to be, and the activity with the last that it made."""
        for by in BY:
            for triple in self.find(graph, by):
                self.remove(triple)
                if not any(True for path in BY for _ in self.find(None, path, triple[2])):
                    self.remove(*self.find(triple[2]))
