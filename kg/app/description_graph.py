"""Builds the description graph: the terms, classes and example questions of a dataset, in VoID and SHACL.

It is part of the default graph, where tools look for it. It contains labels of the ontology's terms, the prefixes
(`sh:declare`), the example questions and the classes with their properties (VoID partitions, with object classes and
datatypes as added by SIB's void-generator), without blank nodes. docs/decisions/0016-a-description-graph.md explains
why it is stored, and what is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain

from rdflib import DCTERMS, RDF, RDFS, SH, SKOS, VOID, XSD, Graph, Literal, Namespace, URIRef

from kg.app.example_questions import example_triples
from kg.app.partition_counts import Counts
from kg.mapping.corpora.question_files import Question
from kg.prefixes import prefixes
from kg.store import Triple
from kg.terms import new_graph

VOID_EXT = Namespace("http://ldf.fi/void-ext#")
DIGEST_LENGTH = 12
"""Hexadecimal digits of the digests in names of partitions."""


def description_graph(base: str, ontology: Graph, counts: Counts, questions: Iterable[Question]) -> Graph:
    """Return the description of a dataset, given the counts from `count_partitions`."""
    examples = (triple for question in questions for triple in _example(base, question))
    partitions = chain(_partitions(base, counts), partition_sizes(base, counts))
    return new_graph(chain(_labels(ontology), _prefixes(base), examples, partitions))


def partition_sizes(base: str, counts: Counts) -> Iterator[Triple]:
    """Yield the triples of a description with numbers, the only ones that differ for counts with the same keys."""
    for (kind, *of), number in counts.items():
        if not of:
            yield partition(base, "class", kind), VOID.entities, Literal(number)
        elif len(of) == 1:
            yield partition(base, "part", kind, of[0]), VOID.triples, Literal(number)


def partition(base: str, kind: str, *terms: str) -> URIRef:
    """Return the IRI of a partition of the dataset, named by its content rather than a blank node."""
    content = "\0".join(terms)
    return URIRef(f"{base}#{kind}-{hashlib.sha256(content.encode()).hexdigest()[:DIGEST_LENGTH]}")


def _example(base: str, question: Question) -> Iterator[Triple]:
    node = URIRef(f"{base}example/{question.name}")
    yield from example_triples(node, question)
    yield node, SH.prefixes, URIRef(base)


def _labels(ontology: Graph) -> Iterator[Triple]:
    """Yield the labels of the ontology's terms; their types and the axioms stay in the ontology's graph."""
    for term in {*ontology.subjects(RDFS.isDefinedBy), *ontology.subjects(SKOS.inScheme)}:
        # Always also as rdfs:label, the only label that many tools look for.
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


def _partitions(base: str, counts: Counts) -> Iterator[Triple]:
    yield URIRef(base), RDF.type, VOID.Dataset
    for kind, *of in counts:
        if not of:
            part = partition(base, "class", kind)
            yield URIRef(base), VOID.classPartition, part
            yield part, VOID["class"], URIRef(kind)
            continue
        part = partition(base, "part", kind, of[0])
        if len(of) == 1:
            yield partition(base, "class", kind), VOID.propertyPartition, part
            yield part, VOID.property, URIRef(of[0])
        else:
            yield from _value_partition(base, part, of[1], of[2])


def _value_partition(base: str, part: URIRef, category: str, term: str) -> Iterator[Triple]:
    node = partition(base, f"value-{category}", term)
    yield part, VOID.classPartition if category == "class" else VOID_EXT.datatypePartition, node
    yield node, VOID["class"] if category == "class" else VOID_EXT.datatype, URIRef(term)
