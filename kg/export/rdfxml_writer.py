"""RDF/XML: one element a subject, sorted (RDF 1.1 XML Syntax)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.datatypes import is_read_as_name, split_at_name
from kg.errors import DataError
from kg.export.ntriples_terms import in_order
from kg.export.xml import attribute, text


def rdfxml(graph: Graph, known: Mapping[str, str]) -> Iterator[str]:
    """Yield a document; DataError for a predicate or a character that XML has no way to write."""
    triples = in_order(graph)
    names = _Names(known, sorted({str(predicate) for _, predicate, _ in triples}))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    yield from (f"\n   xmlns:{name}={attribute(namespace)}" for name, namespace in names.declared())
    yield ">\n"
    for subject, found in groupby(triples, key=lambda triple: triple[0]):
        yield f"  <rdf:Description {_reference(subject, 'about')}>\n"
        yield from (_property(names.of(predicate), value) for _, predicate, value in found)
        yield "  </rdf:Description>\n"
    yield "</rdf:RDF>\n"


class _Names:
    """The qualified names of predicates; namespaces without a known prefix become ns1, ns2 … in order."""

    def __init__(self, known: Mapping[str, str], predicates: list[str]) -> None:
        self._known = {namespace: name for name, namespace in known.items()}
        self._used = {str(RDF): "rdf"}
        for iri in predicates:
            namespace, _ = _split(iri)
            self._used.setdefault(namespace, self._known.get(namespace) or f"ns{len(self._used)}")

    def declared(self) -> list[tuple[str, str]]:
        return sorted((name, namespace) for namespace, name in self._used.items())

    def of(self, predicate: Node) -> str:
        namespace, local = _split(str(predicate))
        return f"{self._used[namespace]}:{local}"


def _split(iri: str) -> tuple[str, str]:
    namespace, local = split_at_name(iri)
    if not namespace or not is_read_as_name(local):
        raise DataError(f"The predicate <{iri}> cannot be written as RDF/XML: it does not end in an XML name.")
    return namespace, local


def _reference(node: Node, name: str) -> str:
    return f'rdf:nodeID="{node}"' if isinstance(node, BNode) else f"rdf:{name}={attribute(str(node))}"


def _property(name: str, value: Node) -> str:
    if not isinstance(value, Literal):
        return f"    <{name} {_reference(value, 'resource')}/>\n"
    return f"    <{name}{_attribute(value)}>{text(value)}</{name}>\n"


def _attribute(value: Literal) -> str:
    if value.language:
        return f' xml:lang="{value.language}"'
    typed = value.datatype not in (None, XSD.string)
    return f" rdf:datatype={attribute(str(URIRef(value.datatype)))}" if typed and value.datatype else ""
