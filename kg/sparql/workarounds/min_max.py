"""MIN and MAX by the total order of terms: the same answer for the same values, whatever the order they come in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox

from kg.datatypes import XSD
from kg.sparql.workarounds.total_order import key
from kg.terms import EngineTerm

_MAX_DIGITS = 20
"""Digits of an integer that is compared as one; longer ones, which take long to convert, are compared by their keys."""
# With a year of four digits, since longer and negative ones do not sort by their letters.
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


def _if_matching(pattern: str) -> Callable[[str], str | None]:
    """Return a function that gives lexical forms of a shape in which they sort as their values do, None for others."""
    compiled = re.compile(pattern)
    return lambda lexical: lexical if compiled.fullmatch(lexical) else None


def _whole(lexical: str) -> int | None:
    return int(lexical) if lexical.lstrip("-").isdecimal() and len(lexical) <= _MAX_DIGITS else None


_QUICK: dict[str, Callable[[str], Any]] = {
    f"{XSD}integer": _whole,
    f"{XSD}string": str,
    f"{XSD}dateTime": _if_matching(_DATE + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
    f"{XSD}date": _if_matching(_DATE),
}
"""By datatype, what values are compared by many times faster than by their keys; None for a value without it."""


class Extreme:
    """The least or the greatest of the terms that are added; of equal ones always the same, in whatever order."""

    def __init__(self, *, greatest: bool) -> None:
        self._sign = -1 if greatest else 1
        self._term: EngineTerm | None = None
        self._datatype, self._value = "", None
        self._key: str | None = None

    def accumulate(self, term: EngineTerm) -> None:
        """Add a term."""
        datatype = term.datatype.value if isinstance(term, ox.Literal) else ""
        quick = _QUICK.get(datatype)
        value = quick(term.value) if quick and isinstance(term, ox.Literal) else None
        if value is None or self._value is None or datatype != self._datatype:
            if self._term is not None and not self._precedes(term, self._term):
                return
        elif not (value < self._value if self._sign > 0 else value > self._value):
            return
        self._term, self._datatype, self._value, self._key = term, datatype, value, None

    def finish(self) -> EngineTerm | None:
        """Return the least or greatest term, None if no term was added."""
        return self._term

    def _precedes(self, term: EngineTerm, current: EngineTerm) -> bool:
        """Tell whether a term takes the place of the current one, by their keys and then by their lexical forms."""
        if self._key is None:
            self._key = key(current)
        term_key = key(term)
        # Otherwise 1 and 1.0, which are equal by value, would win by the order in which they come.
        if term_key == self._key:
            return str(term) < str(current)
        return (term_key < self._key) if self._sign > 0 else (term_key > self._key)
