"""DCAT 3 descriptions of exported files of a dataset: size, media type, checksum, and how they were made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from urllib.parse import quote

from rdflib import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from kg.compression import CODING_OF_SUFFIX
from kg.formats import Format
from kg.lookups.dataset_metadata import read_dataset_metadata
from kg.lookups.property_values import Values
from kg.terms import RdflibTriple

DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
READ_BYTES = 2**20
"""Bytes to read from a file at a time."""


@dataclass(frozen=True)
class Fixity:
    """The fixity information of a file: its size in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


def fixity(chunks: Iterable[bytes]) -> Fixity:
    """Return the fixity of a stream of bytes, without storing them."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return Fixity(size, digest.hexdigest())


def distribution_triples(
    node: URIRef, download: URIRef, format_: Format, of_file: Fixity | None
) -> Iterator[RdflibTriple]:
    """Yield the DCAT description of a file in a format, without size and checksum if these are unknown."""
    yield node, RDF.type, DCAT.Distribution
    yield node, DCAT.downloadURL, download
    yield node, DCAT.mediaType, URIRef(MEDIA_TYPES + format_.media_type)
    if of_file is None:
        return
    # An IRI, since nothing published contains blank nodes.
    checksum = URIRef(f"{node}#sha256")
    yield node, DCAT.byteSize, Literal(str(of_file.size), datatype=XSD.nonNegativeInteger)
    yield node, SPDX.checksum, checksum
    yield checksum, RDF.type, SPDX.Checksum
    yield checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256
    yield checksum, SPDX.checksumValue, Literal(of_file.sha256, datatype=XSD.hexBinary)


def file_description(values: Values, file: Path, format_: Format, command: str, about: str = "") -> bytes:
    """Return the description of an exported file in Turtle, with IRIs relative to the file's folder.

    `about` describes the content of the file if that is not the whole dataset. The only time in it is that of the
    version, so the same export always has the same description.
    """
    node = URIRef(quote(file.name))
    dataset, making = read_dataset_metadata(values.store, values.version), URIRef(f"{node}#export")
    graph = Graph()
    graph.bind("dcat", DCAT)
    graph.bind("spdx", SPDX)
    subject = URIRef(dataset.base if dataset else f"{node}#dataset")
    graph.add((subject, RDF.type, DCAT.Dataset))
    graph.add((subject, DCAT.distribution, node))
    graph.add((subject, DCAT.version, Literal(values.version)))
    if created := values.store.version(values.version).created:
        graph.add((subject, DCTERMS.modified, Literal(created, datatype=XSD.dateTime)))
    if dataset:
        graph.add((subject, DCTERMS.title, Literal(dataset.title)))
        graph.add((subject, DCTERMS.creator, URIRef(f"{node}#creator")))
        graph.add((URIRef(f"{node}#creator"), FOAF.name, Literal(dataset.creator)))
        for licensed in (subject, node):
            graph.add((licensed, DCTERMS.license, URIRef(dataset.licence)))
    with file.open("rb") as opened:
        graph += distribution_triples(node, node, format_, fixity(iter(lambda: opened.read(READ_BYTES), b"")))
    if about:
        graph.add((node, DCTERMS.description, Literal(about, lang="en")))
    if coding := CODING_OF_SUFFIX.get(file.suffix):
        graph.add((node, DCAT.compressFormat, URIRef(f"{MEDIA_TYPES}application/{coding}")))
    graph += _making(node, making, command)
    return graph.serialize(format="turtle").encode()


def _making(node: URIRef, making: URIRef, command: str) -> Iterator[RdflibTriple]:
    software = URIRef(f"{node}#software")
    yield node, PROV.wasGeneratedBy, making
    yield making, RDF.type, PROV.Activity
    yield making, RDFS.label, Literal(command)
    yield making, PROV.wasAssociatedWith, software
    yield software, RDF.type, PROV.SoftwareAgent
    yield software, FOAF.name, Literal("Communiqué")
    yield software, OWL.versionInfo, Literal(installed_version("communique"))
