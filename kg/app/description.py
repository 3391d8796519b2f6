"""The description graph: what tells tools what they can ask, in the default graph, where they look for it.

Labels of the ontology's terms, the prefixes (`sh:declare`), the example questions and the classes with their
properties (VoID partitions, with the object classes and datatypes that SIB's void-generator adds), all without blank
nodes. docs/decisions/0016-a-description-graph.md says why it is stored, and what is left out.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rdflib import DCTERMS, FOAF, ORG, PROV, RDF, RDFS, SH, SKOS, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.app.corpus import Assembled
from kg.app.examples import Question, example
from kg.export.prefixes import prefixes
from kg.namespaces import OA, ONTOLOGY, SCHEMA, SEM
from kg.store import Triple

VOID_EXT = Namespace("http://ldf.fi/void-ext#")
ALIGNED = frozenset(str(each) for each in (ONTOLOGY, FOAF, ORG, PROV, SCHEMA, SEM, OA))
"""Vocabularies that say the same of the same things: a class of one is described by properties of its own alone."""
SHORT = 12
"""Hexadecimal digits of the digests that partitions are named by."""


def description(whole: Assembled, entailed: Graph, questions: Iterable[Question]) -> Graph:
    """Return the description of a dataset: `entailed` is what follows from what `whole` asserts."""
    graph, base = Graph(bind_namespaces="none"), whole.names.base
    for triple in _labels(whole.knowledge.ontology):
        graph.add(triple)
    for triple in _prefixes(base):
        graph.add(triple)
    for question in questions:
        node = URIRef(f"{base}example/{question.name}")
        for triple in (*example(node, question), (node, SH.prefixes, URIRef(base))):
            graph.add(triple)
    for triple in _partitions(base, whole.asserted + entailed):
        graph.add(triple)
    return graph


def partition(base: str, kind: str, *terms: Node) -> URIRef:
    """Name a part of the dataset after what it holds, so that none is a blank node."""
    told = "\0".join(map(str, terms))
    return URIRef(f"{base}#{kind}-{hashlib.sha256(told.encode()).hexdigest()[:SHORT]}")


def _labels(ontology: Graph) -> Iterator[Triple]:
    """Yield what the ontology's terms are called; the terms' types stay in the ontology's graph, and so do axioms."""
    for term in {*ontology.subjects(RDFS.isDefinedBy), *ontology.subjects(SKOS.inScheme)}:
        for named in (RDFS.label, SKOS.prefLabel):
            for label in ontology.objects(term, named):
                yield from ((term, named, label), (term, RDFS.label, label))
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
                values[kind, predicate].update(each for each in _kinds(value, types) if _belong(kind, each[1]))
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
        yield from _of_values(base, part, values[kind, predicate])


def _of_values(base: str, part: URIRef, values: Iterable[tuple[str, Node]]) -> Iterator[Triple]:
    for what, term in values:
        node = partition(base, f"value-{what}", term)
        yield part, VOID.classPartition if what == "class" else VOID_EXT.datatypePartition, node
        yield node, VOID["class"] if what == "class" else VOID_EXT.datatype, term


def _kinds(value: Node, types: dict[Node, list[Node]]) -> Iterator[tuple[str, Node]]:
    if isinstance(value, Literal):
        yield "datatype", value.datatype or (RDF.langString if value.language else XSD.string)
    else:
        yield from (("class", kind) for kind in types.get(value, ()))


def _belong(kind: Node, term: Node) -> bool:
    """Tell whether a class is described by a term: not where they are of two vocabularies that say the same."""
    one, other = (f"{each[: max(each.rfind('#'), each.rfind('/')) + 1]}" for each in (str(kind), str(term)))
    return one == other or not {one, other} <= ALIGNED
