"""Tests of single values for compiled shapes, which compare as pySHACL does; a value is a term in N-Triples."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from rdflib import RDF, XSD, Literal
from rdflib.term import Node

from kg.moments import Moment
from kg.terms import from_term, from_text
from kg.validation.moment_values import moment_of

Comparable = Moment | int | float | Decimal
MAX_KNOWN_VALUES = 4096
"""How many results each test caches: classes of nodes, offsets and words recur all the time."""


def is_iri(text: bytes) -> bool:
    """Return whether a term is an IRI."""
    return text.startswith(b"<")


def is_blank(text: bytes) -> bool:
    """Return whether a term is a blank node."""
    return text.startswith(b"_:")


def is_literal(text: bytes) -> bool:
    """Return whether a term is a literal."""
    return text.startswith(b'"')


@lru_cache(maxsize=MAX_KNOWN_VALUES)
def has_datatype(text: bytes, datatype: str) -> bool:
    """Return whether a value is a well-formed literal of a datatype."""
    literal = node_of(text)
    if not isinstance(literal, Literal):
        return False
    if literal.datatype == XSD.dateTime:
        return datatype == str(XSD.dateTime) and moment_of(literal) is not None
    own = RDF.langString if literal.language else literal.datatype or XSD.string
    return str(own) == datatype and not literal.ill_typed


@lru_cache(maxsize=MAX_KNOWN_VALUES)
def matches(text: bytes, pattern: re.Pattern[str]) -> bool:
    """Return whether the text of an IRI or a literal matches a pattern."""
    return not is_blank(text) and pattern.search(str(node_of(text))) is not None


def compiled_pattern(pattern: str, flags: str) -> re.Pattern[str]:
    """Return a shape's pattern, compiled with its flags."""
    return re.compile(pattern, (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0))


def is_before(left: bytes, right: bytes) -> bool:
    """Return whether a moment or number is less than another; False if they cannot be compared."""
    return _compare(left, right, operator.lt)


def is_not_after(left: bytes, right: bytes) -> bool:
    """Return whether a moment or number is at most another; False if they cannot be compared."""
    return _compare(left, right, operator.le)


def node_of(text: bytes) -> Node:
    """Return a term as in the data graph: a literal keeps its lexical form."""
    return from_term(from_text(text))


def _compare(left: bytes, right: bytes, compare: Callable[[Comparable, Comparable], bool]) -> bool:
    values = _comparable(left), _comparable(right)
    # Comparing a moment with a number would raise a TypeError.
    if values[0] is None or values[1] is None or isinstance(values[0], Moment) != isinstance(values[1], Moment):
        return False
    return compare(values[0], values[1])


@lru_cache(maxsize=MAX_KNOWN_VALUES)
def _comparable(text: bytes) -> Comparable | None:
    """Return the value of a moment or a number, None for anything else."""
    term = node_of(text)
    if not isinstance(term, Literal):
        return None
    comparable = moment_of(term) or term.value
    # Booleans are numbers in Python, but not in SPARQL.
    is_number = isinstance(comparable, Moment | int | float | Decimal) and not isinstance(comparable, bool)
    return comparable if is_number else None
