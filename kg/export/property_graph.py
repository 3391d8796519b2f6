"""The dataset as a property graph: things are nodes, literals and concepts their properties, relations edges.

Triples that are only inferred and in other vocabularies are left out, because they would be synonyms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import RDF, Literal, URIRef
from rdflib.term import Node as Term

from kg.export.graph_documents import GraphsByName, in_order
from kg.namespaces import ONTOLOGY, SCHEME
from kg.prefixes import Shortener, prefixes
from kg.store.label_columns import LABEL_PROPERTIES

NODE_FIELDS = ("id", "label", "types")
"""The fields that every node has in addition to its properties."""
VALUE_SEPARATOR = " | "
"""Separates several values of one property in a file."""
EVERYTHING = (
    "Nodes: everything that is said of or refers to something, passages and selectors too. Edges: every relation. Left "
    "out: languages and datatypes of values, which graphs say a node's values, and what only follows in the words of "
    "other vocabularies."
)
"""Describes the property graph of whole graphs."""


@dataclass
class Node:
    """A thing; `types` and the values of `properties` are sorted."""

    iri: str
    label: str = ""
    types: list[str] = field(default_factory=list)
    properties: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, order=True)
class Edge:
    """A relation between two things, and its properties: sorted values, or a number."""

    source: str
    target: str
    label: str
    properties: dict[str, list[str] | int] = field(compare=False)


@dataclass(frozen=True)
class PropertyGraph:
    """Nodes by IRI and edges, sorted; the description says what is included and what is left out."""

    nodes: dict[str, Node]
    edges: list[Edge]
    description: str = ""

    @property
    def keys(self) -> list[str]:
        """Return the names of the nodes' properties, sorted."""
        return sorted({key for node in self.nodes.values() for key in node.properties})

    @property
    def edge_keys(self) -> dict[str, type[int | str]]:
        """Return the names of the edges' properties with their types, sorted; only `graphs` if there are no edges."""
        types = value_types(edge.properties for edge in self.edges)
        return {key: int if kind is int else str for key, kind in types.items()} or {"graphs": str}


def value_types(rows: Iterable[Mapping[str, list[str] | int]]) -> dict[str, type]:
    """Return the names of properties with their types, sorted: a list unless every row has exactly one value."""
    types = dict[str, type]()
    for key, value in (item for row in rows for item in row.items()):
        kind = int if isinstance(value, int) else str if len(value) == 1 else list
        types[key] = list if list in (kind, types.get(key)) else kind
    return dict(sorted(types.items()))


def property_graph(dataset: GraphsByName, base: str) -> PropertyGraph:
    """Return graphs as one property graph; the base distinguishes a corpus's graphs from those of clients."""
    short = _NodeNames(base)
    nodes: defaultdict[str, Node] = defaultdict(lambda: Node(""))
    edges: list[Edge] = []
    for (subject, predicate, value), graphs in _own_triples(dataset, f"{base}graph/inferred"):
        if predicate == RDF.type and isinstance(value, URIRef):
            nodes[str(subject)].types.append(short.of(value))
        # A concept comes from a controlled list and is not a thing: as a node, it would connect everything that has it.
        elif isinstance(value, Literal) or str(value).startswith(SCHEME):
            nodes[str(subject)].properties[short.of_property(predicate)].append(_value(value))
        else:
            names = [name.removeprefix(f"{base}graph/") for name in graphs]
            edges.append(Edge(str(subject), str(value), short.of(predicate), {"graphs": names}))
    # Things that only occur in edges are nodes too.
    for iri in {iri for edge in edges for iri in (edge.source, edge.target)}:
        nodes[iri].iri = iri
    finished = {iri: _finished(iri, nodes[iri], short) for iri in sorted(nodes)}
    return PropertyGraph(finished, sorted(edges), EVERYTHING)


class _NodeNames:
    """Short names: without a prefix for the project's terms, with a prefix for others."""

    def __init__(self, base: str) -> None:
        self._short = Shortener(prefixes(base))
        self.label_properties = [self.of(URIRef(name)) for name in LABEL_PROPERTIES]

    def of_property(self, term: Term) -> str:
        """Return the name of a node's property, distinct from the fields that every node has."""
        name = self.of(term)
        return f"cq:{name}" if name in NODE_FIELDS else name

    def of(self, term: Term) -> str:
        if str(term).startswith(ONTOLOGY):
            return str(term).removeprefix(ONTOLOGY)
        return ":".join(self._short.split(str(term)) or (str(term),))


def _own_triples(dataset: GraphsByName, inferred: str) -> Iterator[tuple[tuple[Term, Term, Term], list[str]]]:
    """Yield each triple with the names of its graphs, except inferred ones in other vocabularies."""
    graphs_by_triple: defaultdict[tuple[Term, Term, Term], list[str]] = defaultdict(list)
    # Sorted by name, so that the order of each triple's graphs is always the same.
    for name in sorted(dataset, key=str):
        for triple in in_order(dataset[name]):
            graphs_by_triple[triple].append(name or "")
    for triple, graphs in graphs_by_triple.items():
        term = triple[2] if triple[1] == RDF.type else triple[1]
        if graphs != [inferred] or str(term).startswith(ONTOLOGY):
            yield triple, graphs


def _value(value: Term) -> str:
    """Return a literal's text, or a concept's name in its scheme."""
    return str(value) if isinstance(value, Literal) else str(value).removeprefix(SCHEME).partition("/")[2]


def _finished(iri: str, node: Node, short: _NodeNames) -> Node:
    properties = {key: sorted(set(values)) for key, values in sorted(node.properties.items())}
    label = next((properties[name][0] for name in short.label_properties if name in properties), "")
    return Node(iri, label or last_segment(iri), sorted(set(node.types)), properties)


def last_segment(iri: str) -> str:
    """Return the last segment of an IRI, for a thing without a name."""
    return iri.rstrip("/#").rpartition("/")[2]
