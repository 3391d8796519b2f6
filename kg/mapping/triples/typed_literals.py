"""Typed literals of mapping documents: the forms in which documents may write values of the context's datatypes."""

from __future__ import annotations

import re
from functools import lru_cache

from rdflib import XSD, Literal

from kg.datatypes import lexical_fault
from kg.mapping.triples.edtf_spans import EDTF, EXPECTED_SPAN, read_span
from kg.moments import read
from kg.namespaces import iri_node

EXPECTED_MOMENT = (
    "a date and time that exist, such as 2011-10-21T14:00:00, and an offset such as +05:00, of at most 14:00,"
    " only where the text gives one"
)

EXPECTED_DATE = "a date that exists, such as 2011-10-21"
MAX_CACHED_LITERALS = 2**14
"""How many literals are cached: articles share offsets, days and grades."""


@lru_cache(maxsize=MAX_CACHED_LITERALS)
def typed_literal(value: str, datatype: str) -> Literal | None:
    """Return a text as a literal of a datatype, None if it is not valid."""
    return None if expected_literal(value, datatype) else Literal(value, datatype=iri_node(datatype))


@lru_cache(maxsize=MAX_CACHED_LITERALS)
def expected_literal(value: str, datatype: str) -> str:
    """Return what was expected if a text is not valid for a datatype, empty if it is valid."""
    if datatype == str(XSD.dateTime):
        return "" if read(value) and not lexical_fault(value, datatype) else EXPECTED_MOMENT
    if datatype == str(XSD.date):
        return "" if read(value) and not lexical_fault(value, datatype) else EXPECTED_DATE
    if datatype == EDTF:
        return "" if read_span(value) else EXPECTED_SPAN
    if datatype == str(XSD.boolean):
        return "" if value in ("true", "false") else "true or false"
    if datatype == str(XSD.nonNegativeInteger):
        return "" if re.fullmatch(r"0|[1-9][0-9]{0,17}", value) else "a number of at most 18 digits, such as 7301"
    raise ValueError(f"{datatype} is not a datatype of mapping documents.")
