"""A reader for an ontology's graph: its names, class expressions and lists, each of which is supported or an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NoReturn

from pyoxigraph import NamedNode, Variable
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, URIRef
from rdflib.term import Node

from kg.errors import UnsupportedAxiomError
from kg.reasoning.canonical_triples import canonical_term
from kg.reasoning.owl_vocabulary import NON_LOGICAL_PROPERTIES, TOP, is_language, value_space
from kg.reasoning.rules import RDF_TYPE, RulePattern, short_name

ClassPattern = Callable[[Variable], RulePattern]
SUPPORTED = (
    "sub-classes, equivalent and disjoint classes, hasValue restrictions, sub-properties, equivalent, inverse and "
    "disjoint properties, domain, range, property chains, and symmetric, transitive, asymmetric and irreflexive "
    "properties"
)


class OntologyReader:
    """Reads class and property expressions, and records which blank nodes belong to a supported axiom."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.used: set[Node] = set()
        self.classes: set[URIRef] = set()
        self.properties: set[URIRef] = set()
        prefixes = ((str(namespace), prefix) for prefix, namespace in graph.namespaces())
        self.prefixes = tuple(sorted(prefixes, key=lambda pair: (-len(pair[0]), pair)))
        """Pairs of namespace and prefix, longest namespace first."""

    def name(self, node: Node) -> str:
        """Return a readable short name of a term."""
        if isinstance(node, BNode):
            return self._contents(node)
        return (short_name(node, self.prefixes) if isinstance(node, URIRef) else "") or node.n3()

    def _contents(self, node: BNode) -> str:
        on, value = self.graph.value(node, OWL.onProperty), self.graph.value(node, OWL.hasValue)
        if isinstance(on, URIRef) and value is not None and not isinstance(value, BNode):
            return f"whatever has {self.name(on)} {self.name(value)}"
        pairs = sorted((self.name(p), "[…]" if isinstance(o, BNode) else self.name(o)) for p, o in self.graph[node])
        return f"the expression [{'; '.join(' '.join(pair) for pair in pairs)}]"

    def refuse(self, subject: Node, axiom: str, why: str) -> NoReturn:
        """Raise UnsupportedAxiomError naming the subject, the axiom, why, and what is supported."""
        text = f"{self.name(subject)} has the axiom {axiom}, and {why}; supported are {SUPPORTED}."
        raise UnsupportedAxiomError(text[0].upper() + text[1:])

    def property_(self, node: Node, subject: Node, axiom: str) -> NamedNode:
        """Return the property in an axiom, which must be an IRI outside the language's own logic."""
        if not isinstance(node, URIRef):
            self.refuse(subject, axiom, f"{self.name(node)} is not a property with a name")
        if is_language(node) and node not in NON_LOGICAL_PROPERTIES:
            self.refuse(subject, axiom, f"{self.name(node)} is a part of the language itself")
        self.properties.add(node)
        return NamedNode(str(node))

    def class_(self, node: Node, subject: Node, axiom: str) -> ClassPattern:
        """Return the pattern for instances: the type for a named class, the value for a hasValue restriction."""
        if isinstance(node, URIRef):
            return self._named_class(node, subject, axiom)
        if not isinstance(node, BNode) or self.graph.value(node, OWL.hasValue) is None:
            self.refuse(subject, axiom, f"{self.name(node)} is neither a named class nor a hasValue restriction")
        return self.restriction(node, subject, axiom)

    def _named_class(self, node: URIRef, subject: Node, axiom: str) -> ClassPattern:
        if is_language(node) or self.is_datatype(node):
            self.refuse(subject, axiom, f"{self.name(node)} cannot stand as a class there")
        self.classes.add(node)
        named = NamedNode(str(node))
        return lambda instance: RulePattern(instance, RDF_TYPE, named)

    def restriction(self, node: Node, subject: Node, axiom: str) -> ClassPattern:
        """Return the pattern for a hasValue restriction, and refuse any other restriction."""
        self.used.add(node)
        on, values = list(self.graph[node : OWL.onProperty]), list(self.graph[node : OWL.hasValue])
        if len(on) != 1 or len(values) != 1 or isinstance(values[0], BNode):
            self.refuse(subject, axiom, f"{self.name(node)} is not a restriction to one value of one property")
        property_, constant = self.property_(on[0], subject, axiom), canonical_term(values[0])
        return lambda instance: RulePattern(instance, property_, constant)

    def is_top(self, node: Node) -> bool:
        """Return whether everything is an instance of the class."""
        return node in TOP

    def is_datatype(self, node: Node) -> bool:
        """Return whether the node is a datatype, built-in or declared."""
        listed = node in (RDFS.Literal, RDF.langString) or bool(isinstance(node, URIRef) and value_space(node))
        known = isinstance(node, URIRef) and node.startswith(str(XSD))
        return listed or known or (node, RDF.type, RDFS.Datatype) in self.graph

    def items(self, head: Node, subject: Node, axiom: str) -> Iterator[Node]:
        """Yield the items of a well-formed list, and refuse any other."""
        seen: set[Node] = set()
        while head != RDF.nil:
            firsts, rests = list(self.graph[head : RDF.first]), list(self.graph[head : RDF.rest])
            # A cyclic list would have no end.
            if len(firsts) != 1 or len(rests) != 1 or head in seen:
                self.refuse(subject, axiom, "its list is broken")
            seen.add(head)
            yield firsts[0]
            head = rests[0]
        self.used |= seen
