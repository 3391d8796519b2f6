"""Kinds that a corpus declares, each narrower than one of the ontology's kinds."""

from __future__ import annotations

from dataclasses import replace

from rdflib import RDF, SKOS, Literal, URIRef

from kg.errors import Problem
from kg.mapping.documents.mapping_vocabulary import MappingVocabulary
from kg.mapping.documents.schema_check import shown
from kg.mapping.documents.yaml_document import MappingDocument, YamlText, mappings_in
from kg.mapping.triples.document_triples import DocumentTriples
from kg.mapping.triples.located_triples import LocatedTriple
from kg.namespaces import SCHEME


def add_kinds(
    root: MappingDocument, authority: DocumentTriples, vocabulary: MappingVocabulary
) -> tuple[MappingVocabulary, list[Problem]]:
    """Add a corpus's kinds to its authority; return the vocabulary with them, and a problem for each faulty kind."""
    base, declared = root.value_of("base"), _declared(root)
    broader = {_iri(base, kind["id"]): _iri(base, kind["broader"]) for kind in declared}
    problems: list[Problem] = []
    for kind in declared:
        top = _top(_iri(base, kind["id"]), broader)
        if top in vocabulary.concepts:
            authority.triples += _triples(base, kind, URIRef(top.rpartition("/")[0]))
            authority.defined.append((_iri(base, kind["id"]), kind["id"].location))
        else:
            fault = f"{shown(kind['broader'].value)} is not a kind of the ontology, nor below one"
            problems.append(Problem(kind["broader"].location, f"{fault}; expected one such as event-kind/consult."))
    return replace(vocabulary, concepts=vocabulary.concepts | {*broader}), problems


def _declared(root: MappingDocument) -> list[dict[str, YamlText]]:
    kinds = mappings_in(root.root.nodes.get("kinds"))
    return [{key: text for key, text in kind.nodes.items() if isinstance(text, YamlText)} for kind in kinds]


def _iri(base: str, kind: YamlText) -> str:
    own, colon, name = kind.value.partition(":")
    return f"{base}{own}/{name}" if colon else f"{SCHEME}{kind.value}"


def _top(iri: str, broader: dict[str, str]) -> str:
    """Return the broadest kind above a kind, or, in a circle, the first one that repeats."""
    passed: set[str] = set()
    # A circle of kinds is a fault to report, and must not become an endless loop.
    while iri in broader and iri not in passed:
        passed.add(iri)
        iri = broader[iri]
    return iri


def _triples(base: str, kind: dict[str, YamlText], scheme: URIRef) -> list[LocatedTriple]:
    subject = URIRef(_iri(base, kind["id"]))
    keys = {SKOS.prefLabel: "prefLabel", SKOS.definition: "definition"}
    texts = {predicate: kind[key] for predicate, key in keys.items() if key in kind}
    return [
        LocatedTriple(subject, RDF.type, SKOS.Concept, kind["id"].location),
        LocatedTriple(subject, SKOS.inScheme, scheme, kind["id"].location),
        LocatedTriple(subject, SKOS.broader, URIRef(_iri(base, kind["broader"])), kind["broader"].location),
        *(LocatedTriple(subject, key, Literal(text.value, lang="en"), text.location) for key, text in texts.items()),
    ]
