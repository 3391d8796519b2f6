"""Builds the description graph: the terms, classes and example questions of a dataset, as VoID and SHACL.

It belongs to the default graph, where tools look for it. It holds labels of the ontology's terms, the prefixes
(`sh:declare`), the example questions and the classes with their properties (VoID partitions, with object classes and
datatypes that SIB's void-generator adds), without blank nodes. docs/decisions/0016-a-description-graph.md says why
it is stored, and what is left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from rdflib import DCTERMS, FOAF, ORG, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.app.corpus_dataset import CorpusDataset
from kg.app.example_questions import Question, example_triples
from kg.namespaces import OA, ONTOLOGY, SCHEMA, SEM
from kg.prefixes import prefixes
from kg.store import Triple

VOID_EXT = Namespace("http://ldf.fi/void-ext#")
ALIGNED = frozenset(map(str, (ONTOLOGY, FOAF, ORG, PROV, SCHEMA, SEM, OA)))
"""Vocabularies that describe the same things: a class of one is described by its own vocabulary's properties only."""
DIGEST_LENGTH = 12
"""Hexadecimal digits of the digests that partitions are named by."""


def description_graph(dataset: CorpusDataset, inferred: Graph, questions: Iterable[Question]) -> Graph:
    """Return the description of a dataset and of the triples inferred from it."""
    graph, base = Graph(bind_namespaces="none"), dataset.names.base
    triples = chain(
        _labels(dataset.schema.ontology),
        _prefixes(base),
        (triple for question in questions for triple in _example(base, question)),
        _partitions(base, dataset.asserted + inferred),
    )
    for triple in triples:
        graph.add(triple)
    return graph


def partition(base: str, kind: str, *terms: Node) -> URIRef:
    """Name a partition of the dataset after its content, so that it is no blank node."""
    content = "\0".join(map(str, terms))
    return URIRef(f"{base}#{kind}-{hashlib.sha256(content.encode()).hexdigest()[:DIGEST_LENGTH]}")


def _example(base: str, question: Question) -> Iterator[Triple]:
    node = URIRef(f"{base}example/{question.name}")
    yield from example_triples(node, question)
    yield node, SH.prefixes, URIRef(base)


def _labels(ontology: Graph) -> Iterator[Triple]:
    """Yield the labels of the ontology's terms; their types and the axioms stay in the ontology's graph."""
    for term in {*ontology.subjects(RDFS.isDefinedBy), *ontology.subjects(SKOS.inScheme)}:
        for label_property in (RDFS.label, SKOS.prefLabel):
            for label in ontology.objects(term, label_property):
                yield from ((term, label_property, label), (term, RDFS.label, label))
        yield from ((term, RDFS.comment, text) for text in ontology.objects(term, SKOS.definition))
        yield from ((term, SKOS.inScheme, scheme) for scheme in ontology.objects(term, SKOS.inScheme))
    for scheme in ontology.subjects(RDF.type, SKOS.ConceptScheme):
        yield from ((scheme, RDFS.label, title) for title in ontology.objects(scheme, DCTERMS.title))


def _prefixes(base: str) -> Iterator[Triple]:
    for name, namespace in prefixes(base).items():
        node = URIRef(f"{base}#prefix-{name}")
        yield URIRef(base), SH.declare, node
        yield node, RDF.type, SH.PrefixDeclaration
        yield node, SH.prefix, Literal(name)
        yield node, SH.namespace, Literal(namespace, datatype=XSD.anyURI)


def _partitions(base: str, graph: Graph) -> Iterator[Triple]:
    types: dict[Node, list[Node]] = defaultdict(list)
    for subject, kind in graph.subject_objects(RDF.type):
        if isinstance(kind, URIRef):
            types[subject].append(kind)
    members = Counter(kind for kinds in types.values() for kind in kinds)
    triples: Counter[tuple[Node, Node]] = Counter()
    values: dict[tuple[Node, Node], set[tuple[str, Node]]] = defaultdict(set)
    for subject, predicate, value in graph:
        for kind in types.get(subject, ()):
            if _belong(kind, predicate):
                triples[kind, predicate] += 1
                values[kind, predicate].update(typed for typed in _value_types(value, types) if _belong(kind, typed[1]))
    yield URIRef(base), RDF.type, VOID.Dataset
    for kind, number in members.items():
        part = partition(base, "class", kind)
        yield URIRef(base), VOID.classPartition, part
        yield part, VOID["class"], kind
        yield part, VOID.entities, Literal(number)
    for (kind, predicate), number in triples.items():
        part = partition(base, "part", kind, predicate)
        yield partition(base, "class", kind), VOID.propertyPartition, part
        yield part, VOID.property, predicate
        yield part, VOID.triples, Literal(number)
        yield from _value_partitions(base, part, values[kind, predicate])


def _value_partitions(base: str, part: URIRef, values: Iterable[tuple[str, Node]]) -> Iterator[Triple]:
    for category, term in values:
        node = partition(base, f"value-{category}", term)
        yield part, VOID.classPartition if category == "class" else VOID_EXT.datatypePartition, node
        yield node, VOID["class"] if category == "class" else VOID_EXT.datatype, term


def _value_types(value: Node, types: dict[Node, list[Node]]) -> Iterator[tuple[str, Node]]:
    if isinstance(value, Literal):
        yield "datatype", value.datatype or (RDF.langString if value.language else XSD.string)
    else:
        yield from (("class", kind) for kind in types.get(value, ()))


def _belong(kind: Node, term: Node) -> bool:
    """Tell whether a term describes a class: not if they are from two vocabularies that describe the same things."""
    vocabularies = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in (str(kind), str(term))}
    return len(vocabularies) == 1 or not vocabularies <= ALIGNED
