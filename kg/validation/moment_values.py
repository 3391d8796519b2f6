"""Values of xsd:dateTime literals in data graphs, which pySHACL and SPARQL constraints compare as moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rdflib import XSD, Literal

from kg.moments import Moment, read

if TYPE_CHECKING:
    from rdflib.graph import _TripleType

TIME_OF_DAY = re.compile(r"T[0-9]{2}:[0-9]{2}:[0-9]{2}")
"""What an xsd:dateTime always contains; `kg.moments` also reads dates, and times without seconds."""


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


def comparable(triple: _TripleType) -> _TripleType:
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
