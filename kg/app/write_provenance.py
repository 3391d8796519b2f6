"""The provenance of writes: the activity that generated each changed graph, in PROV-O, which is kept across builds."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version

from rdflib import PROV, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from kg.app.schema import Schema, read_schema
from kg.datasets import GraphNames, Owner
from kg.namespaces import CQ
from kg.provenance import DIGEST_LENGTH, SourceFile, activity, agent, file_name, person, person_name, used_file
from kg.store import Store, Transaction, Triple
from kg.store.query_rows import select_rows
from kg.terms import new_graph

SOFTWARE = "communique"
ACTIVITY_RELATIONS = (PROV.wasGeneratedBy, PROV.wasInvalidatedBy)
"""The relations from a graph to the activity that last changed or removed it."""


@dataclass(frozen=True)
class WriteOrigins:
    """The author of a write, empty if unknown, and the files that each graph was read from."""

    author: str = ""
    files: Mapping[str, tuple[SourceFile, ...]] = field(default_factory=dict)
    graphs: Mapping[str, str] = field(default_factory=dict)
    """The original names of graphs in their files, if different."""


NO_ORIGINS = WriteOrigins()


@cache
def software_version() -> str:
    """Return the version of this program, which is cached."""
    return version(SOFTWARE)


def record_write(
    transaction: Transaction, names: GraphNames, note: str, time: datetime, origins: WriteOrigins = NO_ORIGINS
) -> None:
    """Record that this write generated or invalidated each graph that a transaction has changed."""
    changes = {name: change for name, change in transaction.changes().items() if name is not None}
    if not changes:
        return
    record = _ProvenanceGraph(transaction, names)
    write = record.add_write(note, time)
    for name, change in sorted(changes.items()):
        record.set_activity(name, write)
        summary = f"{len(change.added)} triples added to {name}, {len(change.removed)} removed"
        record.add((write, RDFS.comment, Literal(summary, lang="en")))
    record.add_origins(write, origins, changes)


def client_graphs_provenance(transaction: Transaction, names: GraphNames) -> Graph:
    """Return the provenance of the clients' graphs in the store, which a build keeps unchanged."""
    record = _ProvenanceGraph(transaction, names, before=True)
    clients = (name for name in transaction.graphs() if names.owner(name) is Owner.CLIENT)
    return new_graph(triple for name in clients for triple in record.about(URIRef(name)))


def same_ontology(transaction: Transaction, names: GraphNames, schema: Schema) -> bool:
    """Return whether the store's inferences were made with exactly this ontology, so that they can be updated."""
    record = _ProvenanceGraph(transaction, names)
    documents = [value for _, _, value in record.find(URIRef(names.ontology), PROV.wasDerivedFrom)]
    digests = {str(value) for document in documents for _, _, value in record.find(document, CQ.digest)}
    return bool(digests) and digests == {file.digest for file in schema.ontology_files}


def built_with_another_ontology(store: Store, names: GraphNames) -> bool:
    """Return whether the current version records another ontology; False if it records none, like a plain store."""
    pattern = f"<{names.ontology}> <{PROV.wasDerivedFrom}> ?file . ?file <{CQ.digest}> ?digest"
    text = f"SELECT DISTINCT ?digest WHERE {{ GRAPH <{names.provenance}> {{ {pattern} }} }}"
    digests = {row["digest"] for row in select_rows(store, text)}
    return bool(digests) and digests != {file.digest for file in read_schema().ontology_files}


class _ProvenanceGraph:
    """The provenance graph of a transaction, for reading its current state or that `before`, and for writing."""

    def __init__(self, transaction: Transaction, names: GraphNames, *, before: bool = False) -> None:
        self._transaction, self._names, self._before = transaction, names, before

    def find(self, subject: Node | None, path: Node | None = None, value: Node | None = None) -> Iterator[Triple]:
        return self._transaction.find((subject, path, value), self._names.provenance, before=self._before)

    def add(self, *triples: Triple) -> None:
        self._transaction.add(self._names.provenance, triples, Owner.SYSTEM)

    def remove(self, *triples: Triple) -> None:
        self._transaction.remove(self._names.provenance, triples, Owner.SYSTEM)

    def add_write(self, note: str, time: datetime) -> URIRef:
        """Add the activity of a write, whose name is derived from the previous version, its note and its time."""
        content = f"{self._transaction.base.name}\0{note}\0{time.isoformat()}"
        write = URIRef(f"{self._names.base}write/{hashlib.sha256(content.encode()).hexdigest()[:DIGEST_LENGTH]}")
        software = URIRef(f"{self._names.base}software/{SOFTWARE}-{software_version()}")
        self.add(*agent(software, SOFTWARE, software_version()), *activity(write, note, software, time))
        return write

    def add_origins(self, write: URIRef, origins: WriteOrigins, changed: Collection[str]) -> None:
        """Add the author of a write, and the files that the changed graphs were read from."""
        if origins.author:
            who = person_name(self._names, origins.author)
            self.add(*person(self._names, origins.author), (write, PROV.wasAssociatedWith, who))
        for graph in {*origins.files} & {*changed}:
            for file in origins.files[graph]:
                self.add(*used_file(self._names, write, file))
                self.add((URIRef(graph), PROV.wasDerivedFrom, file_name(self._names, file)))
            if graph in origins.graphs:
                self.add((URIRef(graph), PROV.alternateOf, URIRef(origins.graphs[graph])))

    def set_activity(self, name: str, write: URIRef) -> None:
        """Record the activity that last changed a graph, replacing an earlier one."""
        graph, inferred = URIRef(name), URIRef(self._names.inferred)
        # Before the new link is added, since it would be removed with the old one.
        self._remove_activity(graph)
        exists = name in self._transaction.graphs()
        relation = PROV.wasGeneratedBy if exists else PROV.wasInvalidatedBy
        self.add((graph, RDF.type, PROV.Entity), (graph, relation, write))
        if self._names.asserts(name):
            # The inferred graph is derived from each graph of facts for as long as that exists.
            (self.add if exists else self.remove)((inferred, PROV.wasDerivedFrom, graph))

    def about(self, graph: URIRef) -> Iterator[Triple]:
        """Yield the provenance of a graph and of its activity, with the activity's agents and files."""
        for triple in self.find(graph):
            yield triple
            _, relation, activity_node = triple
            if relation in ACTIVITY_RELATIONS:
                yield from self.find(activity_node)
                for described in (PROV.wasAssociatedWith, PROV.used):
                    for _, _, node in self.find(activity_node, described):
                        yield from self.find(node)

    def _remove_activity(self, graph: URIRef) -> None:
        """Remove the link from a graph to its activity, and the activity itself with its last graph."""
        if self._names.owner(graph) is Owner.CLIENT:
            self.remove(*self.find(graph, PROV.wasDerivedFrom), *self.find(graph, PROV.alternateOf))
        for relation in ACTIVITY_RELATIONS:
            for triple in self.find(graph, relation):
                self.remove(triple)
                write = triple[2]
                # An activity for several graphs is kept until all of them have been changed by others.
                if not any(True for other in ACTIVITY_RELATIONS for _ in self.find(None, other, write)):
                    self._remove_with_files(write)

    def _remove_with_files(self, write: Node) -> None:
        """Remove an activity, and the files that only it has used."""
        files = [value for _, _, value in self.find(write, PROV.used)]
        self.remove(*self.find(write))
        for file in files:
            if not any(True for _ in self.find(None, PROV.used, file)):
                self.remove(*self.find(file))
