"""A total order of all terms, for ORDER BY, MIN and MAX (oxigraph/oxigraph#1542).

SPARQL 1.1 Query, section 15.1, leaves open how ORDER BY sorts values that `<` does not compare. The engine compares
such literals by their lexical forms and others by their values; the combination is not a consistent order, so its sort
panics, and its MIN and MAX depend on the order of the values. Here every pair that `<` compares keeps its order, and
the rest is sorted by kind: blank nodes, IRIs, numbers, NaN, dateTime, other moments by datatype, durations, other
literals by their lexical forms, triple terms. A moment without an offset is read as UTC; exact numbers are not rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kg.datatypes import XSD
from kg.sparql.workarounds.ordered_values import DURATIONS, MAX_READ_CHARACTERS, MOMENTS, NUMBERS, Value
from kg.terms import EngineTerm

BLANK, IRI, NUMBER, NAN, MOMENT, OTHER_MOMENT, DURATION, TEXT, TRIPLE = "0a", "0b", "1", "2", "3", "4", "4~", "5", "9"
"""The prefix of the keys of each kind."""

_EXPONENT = 50_000
"""Added to a number's power of ten, so that it has six digits and no sign."""
_MAX_DIGITS = 20
"""Digits of integers that are compared as int; longer ones, which are slow to convert, are compared by their keys."""
# With a four-digit year, since longer and negative ones do not sort as strings.
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


def sort_key(*terms: EngineTerm) -> ox.Literal | None:
    """Return a string that sorts as its term does; None unless there is exactly one argument."""
    return ox.Literal(key(terms[0])) if len(terms) == 1 else None


def rank(*terms: EngineTerm) -> ox.Literal | None:
    """Return the key of a term that the engine's own functions recognise neither as a number, string nor dateTime."""
    if len(terms) != 1:
        return None
    term = terms[0]
    if isinstance(term, ox.Literal) and term.value != "NaN" and term.datatype.value in _OF_THE_ENGINE:
        return ox.Literal(TEXT + term.value)
    return ox.Literal(key(term))


def key(term: EngineTerm) -> str:
    """Return a term's key."""
    if isinstance(term, ox.Literal):
        return _of_literal(term.value, term.datatype.value, term.language or "")
    if isinstance(term, ox.NamedNode):
        return IRI + term.value
    return BLANK + term.value if isinstance(term, ox.BlankNode) else TRIPLE + str(term)


@lru_cache(maxsize=2**12)
def _of_literal(lexical: str, datatype: str, language: str) -> str:
    kind = _KINDS.get(datatype)
    value = kind[1][datatype](lexical) if kind and len(lexical) <= MAX_READ_CHARACTERS else None
    if kind is None or value is None:
        return f"{TEXT}{lexical}\x00{language}\x00{datatype}"
    return NAN if value != value else kind[0] + _digits(value)  # noqa: PLR0124 - only NaN differs from itself


def _digits(value: Value) -> str:
    """Return a number as a string that sorts by its value: its sign, its power of ten, and its digits."""
    if not value:
        return "b"
    # The digits of a negative number are complemented, since a larger magnitude is less, and followed by a character
    # that sorts after all digits: of two with a common prefix, the longer is less.
    size = _power(value if value > 0 else -value)
    return f"c{size}" if value > 0 else f"a{size.translate(_COMPLEMENT)}~"


def _power(value: Value) -> str:
    if isinstance(value, float):
        # An infinity: its power of ten is greater than that of any number that is read here.
        return f"{2 * _EXPONENT}"
    if value.denominator == 1:
        written = str(value.numerator)
        return f"{len(written) - 1 + _EXPONENT:06}{written.rstrip('0')}"
    power = _magnitude(Fraction(value))
    first, rest = divmod(value / Fraction(10) ** power, 1)
    return f"{power + _EXPONENT:06}{first}{_fraction(rest)}"


def _magnitude(value: Fraction) -> int:
    """Return the exponent of the greatest power of ten that does not exceed a value."""
    # An estimate from the bit lengths, corrected by a step or two: a logarithm would be rounded.
    power = math.floor((value.numerator.bit_length() - value.denominator.bit_length()) * math.log10(2))
    while Fraction(10) ** (power + 1) <= value:
        power += 1
    while Fraction(10) ** power > value:
        power -= 1
    return power


def _fraction(rest: Fraction) -> str:
    """Return the digits after the decimal point; every number and moment here has finitely many."""
    twos = fives = 0
    denominator = rest.denominator
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    places = max(twos, fives)
    return f"{rest.numerator * 10**places // rest.denominator:0{places}}".rstrip("0") if places else ""


_COMPLEMENT: Mapping[int, int] = {ord(digit): ord("9") - number for number, digit in enumerate("0123456789")}
_OF_THE_ENGINE = frozenset((*NUMBERS, f"{XSD}dateTime"))
_KINDS = {
    **dict.fromkeys(NUMBERS, (NUMBER, NUMBERS)),
    **{name: (OTHER_MOMENT + chr(ord("a") + number), MOMENTS) for number, name in enumerate(MOMENTS)},
    f"{XSD}dateTime": (MOMENT, MOMENTS),
    **dict.fromkeys(DURATIONS, (DURATION, DURATIONS)),
}


def _if_matching(pattern: str) -> Callable[[str], str | None]:
    """Return a function that passes lexical forms that match, which sort as their values do; None for others."""
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
"""Functions by datatype that return a value that compares much faster than its key, or None."""


class Extreme:
    """The minimum or maximum of the added terms; among equal ones the result does not depend on their order."""

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
        """Return the minimum or maximum, or None if no term was added."""
        return self._term

    def _precedes(self, term: EngineTerm, current: EngineTerm) -> bool:
        """Return whether a term replaces the current one, by their keys and then by their lexical forms."""
        if self._key is None:
            self._key = key(current)
        term_key = key(term)
        # Otherwise the result for 1 and 1.0, which are equal by value, would depend on their order.
        if term_key == self._key:
            return str(term) < str(current)
        return (term_key < self._key) if self._sign > 0 else (term_key > self._key)
