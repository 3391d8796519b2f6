"""The provenance of each graph of a version, in PROV-O: what was used, what was generated, and by which software.

Every name is derived from what it names, so the same inputs give the same triples; times are passed as arguments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rdflib import DCTERMS, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef

from kg.datasets import GraphNames
from kg.namespaces import CQ
from kg.terms import RdflibTriple, new_graph

DIGEST_LENGTH = 16
"""Hexadecimal digits of the digests in names."""


@dataclass(frozen=True)
class SourceFile:
    """A file that a build used: its name relative to its folder, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    digest: str

    @classmethod
    def of(cls, file: Path, name: str) -> SourceFile:
        """Return a file under a name, its digest computed."""
        return cls(name, hashlib.sha256(file.read_bytes()).hexdigest())


@dataclass(frozen=True)
class CorpusDescription:
    """The title, licence (an IRI) and creator of a corpus."""

    title: str
    licence: str
    creator: str


@dataclass(frozen=True)
class BuildRecord:
    """A build to be recorded: its source files by the graph made from them, its software, and its time if known."""

    corpus: CorpusDescription
    sources: Mapping[str, tuple[SourceFile, ...]]
    inferred_from: tuple[str, ...]
    """The graphs that the inferred graph follows from, including those of clients."""
    software: str
    version: str
    reasoner: str
    time: datetime | None = None


def provenance(record: BuildRecord, names: GraphNames) -> Graph:
    """Return the provenance of a build: two activities, the build and the inference that it includes."""
    return new_graph(_triples(record, names))


def _triples(record: BuildRecord, names: GraphNames) -> Iterator[RdflibTriple]:
    build = _name(names, "build", _fingerprint(record))
    inference = URIRef(f"{build}/inference")
    software = URIRef(f"{names.base}software/{record.software}-{record.version}")
    yield from agent(software, record.software, record.version)
    yield from _collection(URIRef(names.base), record.corpus, [*record.sources, names.inferred, names.description])
    yield from activity(build, "the build of the graphs from their files", software, record.time)
    for name, sources in record.sources.items():
        yield from _generated(URIRef(name), build, (file_name(names, source) for source in sources))
        yield from (triple for source in sources for triple in used_file(names, build, source))
    yield from activity(inference, f"the inference, by {record.reasoner}", software, record.time)
    yield inference, PROV.wasInformedBy, build
    used = [URIRef(name) for name in record.inferred_from]
    yield from ((inference, PROV.used, graph) for graph in used)
    yield from _generated(URIRef(names.inferred), inference, used)
    yield from _generated(URIRef(names.description), build, map(URIRef, (names.ontology, names.inferred)))


def agent(name: URIRef, software: str, version: str) -> Iterator[RdflibTriple]:
    """Yield the description of a software version as the agent of activities."""
    yield name, RDF.type, PROV.SoftwareAgent
    yield name, RDFS.label, Literal(f"{software} {version}")
    yield name, DCTERMS.hasVersion, Literal(version)


def person(names: GraphNames, name: str) -> Iterator[RdflibTriple]:
    """Yield the description of a person on whose behalf software acts."""
    author = person_name(names, name)
    yield author, RDF.type, PROV.Agent
    yield author, RDFS.label, Literal(name)


def person_name(names: GraphNames, name: str) -> URIRef:
    """Return the IRI of a person, given their name."""
    return _name(names, "agent", hashlib.sha256(name.encode()).hexdigest())


def _collection(corpus: URIRef, description: CorpusDescription, members: Iterable[str]) -> Iterator[RdflibTriple]:
    yield corpus, RDF.type, PROV.Collection
    yield corpus, DCTERMS.title, Literal(description.title, lang="en")
    yield corpus, DCTERMS.license, URIRef(description.licence)
    yield corpus, DCTERMS.creator, Literal(description.creator)
    yield from ((corpus, PROV.hadMember, URIRef(member)) for member in members)


def activity(name: URIRef, label: str, agent_name: URIRef, time: datetime | None) -> Iterator[RdflibTriple]:
    """Yield the description of an activity: its label, its agent, and its time if known."""
    yield name, RDF.type, PROV.Activity
    yield name, RDFS.label, Literal(label, lang="en")
    yield name, PROV.wasAssociatedWith, agent_name
    # The time is left out if unknown, so that the same inputs give the same bytes whenever they are built.
    if time is not None:
        stamp = Literal(f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z", datatype=XSD.dateTime)
        yield name, PROV.startedAtTime, stamp
        yield name, PROV.endedAtTime, stamp


def _generated(graph: URIRef, activity_name: URIRef, origins: Iterable[URIRef]) -> Iterator[RdflibTriple]:
    yield graph, RDF.type, PROV.Entity
    yield graph, PROV.wasGeneratedBy, activity_name
    yield from ((graph, PROV.wasDerivedFrom, origin) for origin in origins)


def used_file(names: GraphNames, activity_name: URIRef, source: SourceFile) -> Iterator[RdflibTriple]:
    """Yield the description of a file that an activity used."""
    document = file_name(names, source)
    yield activity_name, PROV.used, document
    yield document, RDF.type, PROV.Entity
    yield document, RDFS.label, Literal(source.name)
    yield document, CQ.digest, Literal(source.digest)


def file_name(names: GraphNames, source: SourceFile) -> URIRef:
    """Return the IRI of a file, derived from its content: an edited file is another entity."""
    # File names contain no NUL, so two different pairs cannot give the same text.
    return _name(names, "document", hashlib.sha256(f"{source.name}\0{source.digest}".encode()).hexdigest())


def _name(names: GraphNames, kind: str, digest: str) -> URIRef:
    return URIRef(f"{names.base}{kind}/{digest[:DIGEST_LENGTH]}")


def _fingerprint(record: BuildRecord) -> str:
    sources = sorted(f"{name}\0{file.name}\0{file.digest}" for name, files in record.sources.items() for file in files)
    # The time is left out: the same inputs are the same build, whenever they are built.
    parts = [*sources, *sorted(record.inferred_from), record.software, record.version, record.reasoner]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
