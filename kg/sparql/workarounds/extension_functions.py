"""Replacements for functions that the engine lacks, and for its cast to xsd:string (oxigraph#1817)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import cast

import pyoxigraph as ox

from kg.datatypes import XSD
from kg.terms import EngineTerm

Function = Callable[..., EngineTerm | None]
Functions = dict[ox.NamedNode, Function]
_FLOATING = (f"{XSD}double", f"{XSD}float")
_LEAST, _MOST = Decimal("0.000001"), Decimal(1_000_000)
"""Numbers with absolute values from the first to below the second are written without an exponent."""


def own_functions(called: Iterable[str]) -> Functions | None:
    """Return the functions to call instead of the engine's; an unknown function is an error only in its expression."""
    own = {name: _OWN.get(name) or no_value for name in called if name in _OWN or not _knows_function(name)}
    return {ox.NamedNode(name): function for name, function in own.items()} or None


def as_string(*arguments: EngineTerm) -> ox.Literal | None:
    """Cast to xsd:string (XPath Functions, section 17.1.2); the engine writes large and tiny numbers in full."""
    if len(arguments) != 1 or not isinstance(arguments[0], ox.NamedNode | ox.Literal):
        return None
    term = arguments[0]
    if (
        isinstance(term, ox.Literal)
        and term.datatype.value in _FLOATING
        and term.value.strip("+-") not in ("INF", "NaN")
    ):
        return ox.Literal(_number(Decimal(term.value)))
    return ox.Literal(term.value)


def _number(value: Decimal) -> str:
    if not value or _LEAST <= abs(value) < _MOST:
        written = f"{value:f}"
        return written.rstrip("0").rstrip(".") if "." in written else written
    sign, digits, _ = value.normalize().as_tuple()
    first, rest = digits[0], "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{first}.{rest}E{value.adjusted()}"


_OWN: dict[str, Function] = {f"{XSD}string": as_string}


def no_value(*_: object) -> None:
    """Stand in for an unknown function: calling it is an error in the calling expression."""


@lru_cache(maxsize=1024)
def _knows_function(name: str) -> bool:
    """Return whether the engine has a function with this name; calling an unknown one fails the whole request."""
    # A known function that is called with the wrong number of arguments fails like an unknown one.
    return any(_answers_call(name, arguments) for arguments in ("?x", "?x, ?x", "?x, ?x, ?x", ""))


def _answers_call(name: str, arguments: str) -> bool:
    try:
        list(cast("Iterable[object]", ox.Store().query(f"SELECT (<{name}>({arguments}) AS ?y) {{}}")))
    except RuntimeError:
        return False
    return True
