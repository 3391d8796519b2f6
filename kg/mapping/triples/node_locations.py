"""Where documents state what checks of the graph find wrong: by file, line, column and key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib.term import Node

from kg.errors import DataError, Location
from kg.mapping.documents.document_listing import ARTICLE, AUTHORITY, OUTSIDE
from kg.mapping.documents.mapping_vocabulary import MappingVocabulary, read_vocabulary
from kg.mapping.documents.yaml_document import load_document
from kg.mapping.triples.document_defaults import add_defaults
from kg.mapping.triples.document_triples import DocumentTriples, build_triples
from kg.shipped_files import ontology_folder

ROOT_KEY, IDENTIFIER_KEY = "article", "id"
"""The keys that define an article, and any other node."""


@dataclass(frozen=True)
class NodeLocations:
    """The locations of what documents state: each triple, each key of a node, and each node."""

    triples: dict[tuple[str, str, str], Location]
    keys: dict[tuple[str, str], Location]
    nodes: dict[str, Location]
    names: dict[str, str]
    """The key of each property."""

    def of_triple(self, triple: tuple[Node, Node, Node]) -> Location | None:
        """Return where a triple is stated, None if no document states it."""
        subject, predicate, value = map(str, triple)
        return self.triples.get((subject, predicate, value))

    def of_values(self, subject: Node, properties: Collection[Node], value: Node | None) -> Location | None:
        """Return where a node states this value of a property, or any value, or else where its key would be added."""
        values = (self.triples.get((str(subject), str(name), str(value))) for name in properties)
        any_values = (self.keys.get((str(subject), str(name))) for name in properties)
        node, name = self.nodes.get(str(subject)), next(iter(properties), None)
        missing = None if node is None or name is None else _with_key(node, self.names.get(str(name), ""))
        return next(filter(None, [*values, *any_values, missing, node]), None)


def read_locations(files: Iterable[Path], base: str) -> NodeLocations:
    """Read where documents of a corpus state each triple; documents that can no longer be read are left out."""
    vocabulary = read_vocabulary(ontology_folder())
    return locations_of([*_documents(files, base, vocabulary)], vocabulary)


def locations_of(documents: Iterable[DocumentTriples], vocabulary: MappingVocabulary) -> NodeLocations:
    """Return where documents state each triple."""
    # Of two keys of one property, such as `at` and `evidence`, authors write the shorter one.
    terms = ((key, vocabulary.terms[key]) for key in sorted(vocabulary.terms, key=len, reverse=True))
    names = {term.iri: key for key, term in terms if term is not None and not term.reverse}
    places = NodeLocations({}, {}, {}, names)
    for document in documents:
        for triple in (*document.triples, *document.implied):
            subject, predicate = str(triple.subject), str(triple.predicate)
            places.triples.setdefault((subject, predicate, str(triple.object)), triple.location)
            places.keys.setdefault((subject, predicate), triple.location)
        places.nodes.update(document.defined)
    return places


def _documents(files: Iterable[Path], base: str, vocabulary: MappingVocabulary) -> Iterator[DocumentTriples]:
    for file in files:
        try:
            document = load_document(file)
            keys = document.root.nodes
            kind = ARTICLE if "article" in keys else OUTSIDE if "things" in keys else AUTHORITY
            # As in a build, or a triple that comes from a default would have no location.
            if kind == ARTICLE:
                add_defaults(document.root, vocabulary.defaults)
            yield build_triples(document, kind, base, vocabulary)
        except (DataError, LookupError):  # it has changed since the build, and has no locations
            continue


def _with_key(node: Location, key: str) -> Location:
    """Return the location of a node, with the path of a key that it lacks."""
    if not key:
        return node
    path = node.key.removesuffix(ROOT_KEY) if node.key == ROOT_KEY else node.key.removesuffix(f".{IDENTIFIER_KEY}")
    return node._replace(key=f"{path}.{key}" if path else key)
