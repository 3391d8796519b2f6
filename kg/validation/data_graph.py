"""The data graph of a validation: the asserted triples and the few triples of the ontology that the shapes need."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import SKOS
from rdflib.query import Result

from kg.namespaces import ONTOLOGY
from kg.validation.moment_values import comparable

if TYPE_CHECKING:
    from rdflib.graph import _QuadType, _TripleType
    from rdflib.plugins.sparql.sparql import Query


class CachedQueryGraph(Graph):
    """A graph that parses each query text once and compares moments as `kg.moments` does.

    pySHACL runs a constraint's query for every focus node, and rdflib takes ten times as long to parse it as to answer
    it. rdflib sorts every moment without an offset before every one with an offset.
    """

    def add(self, triple: _TripleType) -> Self:
        """Add a triple."""
        return super().add(comparable(triple))

    def addN(self, quads: Iterable[_QuadType]) -> Self:  # noqa: N802 - rdflib's name
        """Add quads to this graph."""
        return super().addN((*comparable((s, p, o)), context) for s, p, o, context in quads)

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:  # noqa: ANN401 -- only passed on
        """Answer a query as rdflib does."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **kwargs)


@lru_cache(maxsize=128)
def _prepared(text: str) -> Query:
    from rdflib.plugins.sparql import prepareQuery  # noqa: PLC0415 -- builds its grammar, which few builds need

    return prepareQuery(text)


def data_graph_of(asserted: Graph, ontology: Graph) -> Graph:
    """Return the asserted triples with those of the ontology that the shapes need, none of which types an instance.

    These are: the classes and object properties, the subclass hierarchy of our classes, and the concepts' schemes.
    """
    data = CachedQueryGraph()
    data += asserted
    for kind in (OWL.Class, OWL.ObjectProperty):
        data += ((term, RDF.type, kind) for term in ontology.subjects(RDF.type, kind) if isinstance(term, URIRef))
    data += (
        (narrow, RDFS.subClassOf, wide)
        for narrow, wide in ontology.subject_objects(RDFS.subClassOf)
        if isinstance(narrow, URIRef) and str(wide).startswith(ONTOLOGY)
    )
    data += ontology.triples((None, SKOS.inScheme, None))
    return data
