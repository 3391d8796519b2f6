"""The vocabulary of mapping documents: JSON-LD context, JSON Schema, object properties and concepts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, RDFS, SDO, SKOS, Graph, URIRef
from rdflib.term import Node

from kg.durable_files import FileMark, file_mark
from kg.errors import ResourceError
from kg.mapping.documents.schema_compiler import SchemaChecks
from kg.mapping.documents.yaml_document import YamlText
from kg.namespaces import ONTOLOGY, iri_node

Json = dict[str, Any]
"""A JSON object."""


@dataclass(frozen=True)
class ContextTerm:
    """The context's definition of one key (JSON-LD 1.1, section 9.15.1)."""

    iri: str
    coercion: str = ""
    """`@id`, `@vocab`, a datatype's IRI, or empty."""
    language: str | None = None
    vocab: str = ""
    """For a key whose values are concepts, the IRI that the concept's name is appended to."""
    reverse: bool = False


Classes = frozenset[Node]
"""Classes of the ontology."""


@dataclass(frozen=True)
class RelationEnds:
    """What a relation can join: each end is an instance of at least one class of each of its sets."""

    subject: frozenset[Classes]
    object: frozenset[Classes]


@dataclass(frozen=True)
class MappingVocabulary:
    """What the files of the ontology folder define for mapping documents."""

    context: Json
    schema: Json
    object_properties: frozenset[str]
    concepts: frozenset[str]
    ends: Mapping[Node, RelationEnds]
    """By object property of the ontology."""
    superclasses: Mapping[Node, Classes]
    """By class of the ontology; a class is its own superclass."""
    defaults: Mapping[str, YamlText] = field(default_factory=dict)
    """The corpus's default values for its articles, by key."""

    @cached_property
    def terms(self) -> Mapping[str, ContextTerm | None]:
        """Return the context's terms by key, None for a key that groups nodes (`@included`) or is ignored (null)."""
        return {key: self._term(value) for key, value in self.context.items() if not key.startswith("@")}

    @cached_property
    def checks(self) -> SchemaChecks:
        """Return the schema's definitions as functions that check whether a node conforms."""
        return SchemaChecks(self.schema["$defs"])

    def full(self, compact: str) -> str:
        """Return the full IRI of a compact IRI or of a word of the default vocabulary."""
        prefix, colon, rest = compact.partition(":")
        return f"{self.context[prefix]}{rest}" if colon else f"{self.context['@vocab']}{compact}"

    def _term(self, value: str | Json | None) -> ContextTerm | None:
        if value is None or isinstance(value, str):
            return None
        if reverse := value.get("@reverse"):
            return ContextTerm(self.full(reverse), value.get("@type", ""), reverse=True)
        coercion = value.get("@type", "")
        return ContextTerm(
            self.full(value["@id"]),
            coercion if coercion.startswith("@") or not coercion else self.full(coercion),
            value.get("@language"),
            self._scoped(value.get("@context", {})),
        )

    def _scoped(self, context: Json | list[Json | None]) -> str:
        parts = context if isinstance(context, list) else [context]
        return str(next((part["@vocab"] for part in parts if part and "@vocab" in part), self.context["@vocab"]))


def read_json_schema(ontology: Path) -> Json:
    """Read the JSON Schema of mapping documents from the ontology folder. Raises OSError if it is missing."""
    schema: Json = json.loads((ontology / "mapping.schema.json").read_text("utf-8"))
    return schema


def concept_examples(ontology: Path, scheme: str) -> list[str]:
    """Return the names of the concepts of a scheme that the schema suggests in editors."""
    return [*read_json_schema(ontology)["$defs"][f"{scheme}Concept"]["examples"]]


def read_vocabulary(ontology: Path) -> MappingVocabulary:
    """Read the vocabulary from the ontology folder. Raises ResourceError if one of its files is missing."""
    return _vocabulary(ontology, tuple(map(file_mark, _files(ontology))))


def _files(ontology: Path) -> list[Path]:
    own = (ontology / name for name in ("context.jsonld", "mapping.schema.json", "communique.ttl"))
    return [*own, *sorted((ontology / "schemes").glob("*.ttl"))]


@lru_cache(maxsize=1)  # by the files' marks too: `kg watch` reads the same vocabulary at each save
def _vocabulary(ontology: Path, _marks: tuple[FileMark, ...]) -> MappingVocabulary:
    graph, schemes = Graph(), Graph()
    try:
        context = json.loads((ontology / "context.jsonld").read_text("utf-8"))["@context"]
        schema = read_json_schema(ontology)
        graph.parse(ontology / "communique.ttl", format="turtle")
        for file in sorted((ontology / "schemes").glob("*.ttl")):
            schemes.parse(file, format="turtle")
    except OSError as error:
        raise ResourceError(f"The file {error.filename} of the ontology is missing: {error.strerror}.") from error
    properties = frozenset(_iris(graph, OWL.ObjectProperty, ONTOLOGY))
    ends: dict[Node, RelationEnds] = {iri_node(iri): _ends(graph, URIRef(iri)) for iri in properties}
    superclasses: dict[Node, Classes] = {
        iri_node(str(class_)): _upwards(graph, class_, RDFS.subClassOf)
        for class_ in graph.subjects(RDF.type, OWL.Class)
    }
    return MappingVocabulary(context, schema, properties, frozenset(_iris(schemes, SKOS.Concept)), ends, superclasses)


def _ends(graph: Graph, relation: URIRef) -> RelationEnds:
    return RelationEnds(
        _end(graph, relation, RDFS.domain, SDO.domainIncludes), _end(graph, relation, RDFS.range, SDO.rangeIncludes)
    )


def _end(graph: Graph, relation: URIRef, every: URIRef, some: URIRef) -> frozenset[Classes]:
    """Return the classes of one end of a relation by its `every` axioms, including wider relations', and by `some`."""
    wider = _upwards(graph, relation, RDFS.subPropertyOf)
    single = {frozenset([class_]) for property_ in wider for class_ in graph.objects(property_, every)}
    alternatives = frozenset(graph.objects(relation, some))
    return frozenset(single | {alternatives} if alternatives else single)


def _upwards(graph: Graph, term: Node, step: URIRef) -> Classes:
    return frozenset(iri_node(str(node)) for node in graph.transitive_objects(term, step) if node is not None)


def _iris(graph: Graph, kind: URIRef, under: str = "") -> list[str]:
    return [str(node) for node in graph.subjects(RDF.type, kind) if str(node).startswith(under)]
