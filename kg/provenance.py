"""How each graph of a version came to be, in PROV-O: what was used, what was made, by which software.

Every name is derived from what it names, so the same inputs give the same triples; the times are an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from kg.dataset import GraphNames
from kg.namespaces import CQ

Triple = tuple[Node, Node, Node]
SHORT = 16
"""Hexadecimal digits of a digest that a name holds."""


@dataclass(frozen=True)
class Source:
    """A file that a build used: its name as a reader knows it, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    digest: str

    @classmethod
    def of(cls, file: Path, name: str) -> Source:
        """Return a file under a name, its digest computed."""
        return cls(name, hashlib.sha256(file.read_bytes()).hexdigest())


@dataclass(frozen=True)
class About:
    """What a corpus says of itself; the licence is an IRI."""

    title: str
    licence: str
    creator: str


@dataclass(frozen=True)
class Making:
    """A build to be recorded: its sources by the graph that they became, its software, and when, if that is told."""

    about: About
    sources: Mapping[str, tuple[Source, ...]]
    inferred_from: tuple[str, ...]
    """The graphs that the inferred one follows from, clients' own among them."""
    software: str
    version: str
    reasoner: str
    time: datetime | None = None


def provenance(making: Making, names: GraphNames) -> Graph:
    """Return the provenance of a build: two activities, the build and the inference within it."""
    graph = Graph(bind_namespaces="none")
    for triple in _triples(making, names):
        graph.add(triple)
    return graph


def _triples(making: Making, names: GraphNames) -> Iterator[Triple]:
    build = _name(names, "build", _fingerprint(making))
    inference = URIRef(f"{build}/inference")
    by = URIRef(f"{names.base}software/{making.software}-{making.version}")
    yield from agent(by, making.software, making.version)
    yield from _collection(URIRef(names.base), making.about, [*making.sources, names.inferred, names.description])
    yield from activity(build, "the build of the graphs from their files", by, making.time)
    for name, sources in making.sources.items():
        yield from _made(URIRef(name), build, (_document(names, source) for source in sources))
        yield from (triple for source in sources for triple in _used(names, build, source))
    yield from activity(inference, f"the inference, by {making.reasoner}", by, making.time)
    yield inference, PROV.wasInformedBy, build
    used = [URIRef(name) for name in making.inferred_from]
    yield from ((inference, PROV.used, graph) for graph in used)
    yield from _made(URIRef(names.inferred), inference, used)
    yield from _made(URIRef(names.description), build, map(URIRef, (names.ontology, names.inferred)))


def agent(name: URIRef, software: str, version: str) -> Iterator[Triple]:
    """Yield what a version of a software is, as the one that did something."""
    yield name, RDF.type, PROV.SoftwareAgent
    yield name, RDFS.label, Literal(f"{software} {version}")
    yield name, DCTERMS.hasVersion, Literal(version)


def _collection(corpus: URIRef, about: About, members: Iterable[str]) -> Iterator[Triple]:
    yield corpus, RDF.type, PROV.Collection
    yield corpus, DCTERMS.title, Literal(about.title, lang="en")
    yield corpus, DCTERMS.license, URIRef(about.licence)
    yield corpus, DCTERMS.creator, Literal(about.creator)
    yield from ((corpus, PROV.hadMember, URIRef(member)) for member in members)


def activity(name: URIRef, label: str, by: URIRef, time: datetime | None) -> Iterator[Triple]:
    """Yield what an activity was, of whom, and when it began and ended, where that is told."""
    yield name, RDF.type, PROV.Activity
    yield name, RDFS.label, Literal(label, lang="en")
    yield name, PROV.wasAssociatedWith, by
    if time is not None:
        stamp = Literal(f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z", datatype=XSD.dateTime)
        yield name, PROV.startedAtTime, stamp
        yield name, PROV.endedAtTime, stamp


def _made(graph: URIRef, by: URIRef, origins: Iterable[URIRef]) -> Iterator[Triple]:
    yield graph, RDF.type, PROV.Entity
    yield graph, PROV.wasGeneratedBy, by
    yield from ((graph, PROV.wasDerivedFrom, origin) for origin in origins)


def _used(names: GraphNames, by: URIRef, source: Source) -> Iterator[Triple]:
    document = _document(names, source)
    yield by, PROV.used, document
    yield document, RDF.type, PROV.Entity
    yield document, RDFS.label, Literal(source.name)
    yield document, CQ.digest, Literal(source.digest)


def _document(names: GraphNames, source: Source) -> URIRef:
    """Name a file by what it holds, so that an edited one is another entity."""
    return _name(names, "document", hashlib.sha256(f"{source.name}\0{source.digest}".encode()).hexdigest())


def _name(names: GraphNames, kind: str, digest: str) -> URIRef:
    return URIRef(f"{names.base}{kind}/{digest[:SHORT]}")


def _fingerprint(making: Making) -> str:
    sources = sorted(f"{name}\0{each.name}\0{each.digest}" for name, found in making.sources.items() for each in found)
    parts = [*sources, *sorted(making.inferred_from), making.software, making.version, making.reasoner]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
