"""The data graph of a validation: the asserted triples and the few triples of the ontology that the shapes need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.namespace import SKOS
from rdflib.query import Result

from kg.moments import Moment, read
from kg.namespaces import ONTOLOGY

if TYPE_CHECKING:
    from rdflib.graph import _QuadType, _TripleType
    from rdflib.plugins.sparql.sparql import Query


TIME_OF_DAY = re.compile(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}")
"""What an xsd:dateTime always contains; `kg.moments` also reads dates, and times without seconds."""


class CachedQueryGraph(Graph):
    """A graph that parses each query text once and compares moments as `kg.moments` does.

    pySHACL runs a constraint's query for every focus node, and rdflib takes ten times as long to parse it as to answer
    it. rdflib sorts every moment without an offset before every one with an offset.
    """

    def add(self, triple: _TripleType) -> Self:
        """Add a triple."""
        return super().add(_comparable(triple))

    def addN(self, quads: Iterable[_QuadType]) -> Self:  # noqa: N802 - rdflib's name
        """Add quads to this graph."""
        return super().addN((*_comparable((s, p, o)), context) for s, p, o, context in quads)

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:  # noqa: ANN401 -- only passed on
        """Answer a query as rdflib does."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **kwargs)


class MomentValue(datetime):
    """The value of an xsd:dateTime literal: a datetime, as pySHACL requires, that compares like its moment.

    The datetime's own year, day and time mean nothing, since a moment may have years that it lacks. A literal that is
    not a moment is neither before nor after any other; rdflib would raise a TypeError during the validation.
    """

    moment: Moment | None

    @classmethod
    def of(cls, moment: Moment | None) -> MomentValue:
        """Return the value of a moment, or of a literal that is not one (None)."""
        new = cls(1, 1, 1, tzinfo=UTC)
        new.moment = moment
        return new

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MomentValue) and self.moment is not None and self.moment == other.moment

    def __hash__(self) -> int:
        return hash(self.moment)

    def __lt__(self, other: date) -> bool:
        return isinstance(other, MomentValue) and bool(self.moment and other.moment and self.moment < other.moment)

    def __gt__(self, other: date) -> bool:
        return isinstance(other, MomentValue) and bool(self.moment and other.moment and self.moment > other.moment)

    def __le__(self, other: date) -> bool:
        return self < other or self == other

    def __ge__(self, other: date) -> bool:
        return self > other or self == other


def _comparable(triple: _TripleType) -> _TripleType:
    """Return the triple; an object that is an xsd:dateTime gets a `MomentValue` as its value."""
    subject, predicate, term = triple
    if not isinstance(term, Literal) or term.datatype != XSD.dateTime or isinstance(term.value, MomentValue):
        return triple
    moment = moment_of(term)
    copy = Literal(term, normalize=False)  # the caller's literal stays unchanged
    # rdflib can bind a Python type to a datatype only for the whole process, and accepts a mere date as a dateTime.
    copy._value, copy._ill_typed = MomentValue.of(moment), moment is None  # noqa: SLF001
    return subject, predicate, copy


def moment_of(literal: Literal) -> Moment | None:
    """Return the value of a well-typed xsd:dateTime; None for every other literal."""
    if literal.datatype != XSD.dateTime or not TIME_OF_DAY.search(literal):
        return None
    return read(str(literal))


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
