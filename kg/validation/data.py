"""The data that a validation looks at: what was asserted, with as much of the ontology as the shapes need."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from kg.namespaces import ONTOLOGY


class PreparingGraph(Graph):
    """A graph that parses the text of a query once, however often it is asked.

    pySHACL asks a constraint's query anew for each focus node, and rdflib takes ten times as long to parse it as to
    answer it.
    """

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:  # noqa: ANN401 -- passed on as they are
        """Answer a query as rdflib does."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **kwargs)


@lru_cache(maxsize=128)
def _prepared(text: str) -> Query:
    return prepareQuery(text)


def with_background(asserted: Graph, ontology: Graph) -> Graph:
    """Return the asserted triples with the few of the ontology that the shapes need, and none that types an instance.

    These are: which classes and relations there are, which of our classes lie under which, which scheme holds what.
    """
    data = PreparingGraph()
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
