"""An order of all terms, so that ORDER BY, MIN and MAX never meet two that have none (oxigraph/oxigraph#1542).

SPARQL 1.1 Query, section 15.1, leaves open how ORDER BY sorts what `<` does not compare. The engine compares such
literals by their letters and others by their values; the two together are no order, at which its sort panics and on
which its MIN and MAX depend. Here every pair that `<` compares keeps its order, and the rest stands by kinds: blank
nodes, IRIs, numbers, NaN, dateTime, the other moments a datatype after another, durations, other literals by their
letters, triple terms. Where a moment has no offset, it is read as UTC; an exact number is not rounded.
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
"""What the keys of each kind begin with."""

_EXPONENT = 50_000
"""What is added to the power of ten that a number begins with, so that it has six digits and no sign."""
_MAX_DIGITS = 20
"""Digits of an integer that is compared as one; longer ones, which take long to convert, are compared by their keys."""
# With a year of four digits, since longer and negative ones do not sort by their letters.
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


def sort_key(*terms: EngineTerm) -> ox.Literal | None:
    """Return a string for a term, so that strings sort as their terms do; None if there is not one argument."""
    return ox.Literal(key(terms[0])) if len(terms) == 1 else None


def rank(*terms: EngineTerm) -> ox.Literal | None:
    """Return the key of a term that is neither a number, a string nor a dateTime to the engine's own functions."""
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
    """Return a number as digits that sort by its value: its sign, the power of ten it begins with, what follows."""
    if not value:
        return "b"
    # A negative number has its digits turned round, for the larger is the less, and ends in a sign that sorts after all
    # digits: of two that begin alike, the longer is the less.
    size = _power(value if value > 0 else -value)
    return f"c{size}" if value > 0 else f"a{size.translate(_COMPLEMENT)}~"


def _power(value: Value) -> str:
    if isinstance(value, float):
        # An infinity: its power of ten is beyond that of every number that is read here.
        return f"{2 * _EXPONENT}"
    if value.denominator == 1:
        written = str(value.numerator)
        return f"{len(written) - 1 + _EXPONENT:06}{written.rstrip('0')}"
    power = _magnitude(Fraction(value))
    first, rest = divmod(value / Fraction(10) ** power, 1)
    return f"{power + _EXPONENT:06}{first}{_fraction(rest)}"


def _magnitude(value: Fraction) -> int:
    """Return the power of ten that is the greatest up to a value."""
    # An estimate by the lengths of the two numbers, which a step or two make exact: a logarithm would be rounded.
    power = math.floor((value.numerator.bit_length() - value.denominator.bit_length()) * math.log10(2))
    while Fraction(10) ** (power + 1) <= value:
        power += 1
    while Fraction(10) ** power > value:
        power -= 1
    return power


def _fraction(rest: Fraction) -> str:
    """Return the digits after a point; every number and moment here has an end to them."""
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
