"""The data that a validation looks at: what was asserted, with as much of the ontology as the shapes need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from kg.moments import Moment, read
from kg.namespaces import ONTOLOGY

if TYPE_CHECKING:
    from rdflib.graph import _QuadType, _TripleType


TIME = re.compile(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}")
"""What every xsd:dateTime holds, and other forms of moments need not."""


class PreparingGraph(Graph):
    """A graph that parses the text of a query once, however often it is asked, and that compares moments as we do.

    pySHACL asks a constraint's query anew for each focus node, and rdflib takes ten times as long to parse it as to
    answer it. rdflib puts every moment without an offset before every one with an offset.
    """

    def add(self, triple: _TripleType) -> Self:
        """Add a triple."""
        return super().add(_comparable(triple))

    def addN(self, quads: Iterable[_QuadType]) -> Self:  # noqa: N802 - rdflib's name
        """Add quads to this graph."""
        return super().addN((*_comparable((s, p, o)), context) for s, p, o, context in quads)

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:  # noqa: ANN401 -- passed on as they are
        """Answer a query as rdflib does."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **kwargs)


class Comparable(datetime):
    """A moment as the value of a literal, where pySHACL wants a datetime; it compares as our moments do.

    The year, day and time of the datetime itself say nothing: it has not the years that a moment may have. What is no
    moment is neither before nor after anything, where rdflib would raise a TypeError in the midst of a validation.
    """

    moment: Moment | None

    @classmethod
    def of(cls, moment: Moment | None) -> Comparable:
        """Return a moment as such a value."""
        new = cls(1, 1, 1, tzinfo=UTC)
        new.moment = moment
        return new

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparable) and self.moment is not None and self.moment == other.moment

    def __hash__(self) -> int:
        return hash(self.moment)

    def __lt__(self, other: date) -> bool:
        return isinstance(other, Comparable) and bool(self.moment and other.moment and self.moment < other.moment)

    def __gt__(self, other: date) -> bool:
        return isinstance(other, Comparable) and bool(self.moment and other.moment and self.moment > other.moment)

    def __le__(self, other: date) -> bool:
        return self < other or self == other

    def __ge__(self, other: date) -> bool:
        return self > other or self == other


def _comparable(triple: _TripleType) -> _TripleType:
    """Return a triple whose object, if a moment, is the same literal with a value that compares."""
    subject, predicate, term = triple
    if not isinstance(term, Literal) or term.datatype != XSD.dateTime or isinstance(term.value, Comparable):
        return triple
    moment = read(str(term)) if TIME.search(term) else None
    new = Literal(term, normalize=False)  # the caller's stays as it is
    # rdflib lets values be bound to a datatype only for the whole process, and reads a date alone as a dateTime
    new._value, new._ill_typed = Comparable.of(moment), moment is None  # noqa: SLF001
    return subject, predicate, new


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
