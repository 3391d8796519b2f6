"""Variables that OPTIONALs of a query share although they may be unbound, for which the engine scans whole tables.

A pattern is well designed if there are none (Pérez, Arenas and Gutierrez, Semantics and Complexity of SPARQL, 2009).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

IRI = re.compile(r"(?<!: )<[^<>\s]*>")  # not that of a prefix
MANY_IRIS = re.compile(r"<i>(?:\s+<i>){3,}")
"""Those of VALUES, since a triple pattern has three at most; rdflib's parser takes a second for hundreds of them."""


def maybe_unbound_shared(text: str) -> set[str]:
    """Return the variables of a query that an OPTIONAL shares with what precedes it, where they may be unbound."""
    return _of_any_iris(MANY_IRIS.sub("<i>", IRI.sub("<i>", text)))


@cache
def _of_any_iris(text: str) -> set[str]:
    return {str(variable) for part in _parts(prepareQuery(text).algebra) for variable in _shared(part)}


def _shared(part: CompValue) -> set[Variable]:
    if part.name != "LeftJoin":
        return set()
    return (_variables(part.p1) & _variables(part.p2)) - _always_bound(part.p1)


def _parts(value: Any) -> Iterator[CompValue]:  # noqa: ANN401 -- the algebra of rdflib
    if isinstance(value, CompValue):
        yield value
    for member in _members(value):
        yield from _parts(member)


def _members(value: Any) -> Iterable[Any]:  # noqa: ANN401 -- the algebra of rdflib
    if isinstance(value, Mapping):
        return [*value, *(member for name, member in value.items() if name != "_vars")]
    return value if isinstance(value, list | tuple | set | frozenset) else ()


def _variables(value: Any) -> set[Variable]:  # noqa: ANN401 -- the algebra of rdflib
    if isinstance(value, Variable):
        return {value}
    if isinstance(value, CompValue) and value.name == "Project":
        return {*value.PV}  # the other variables of a subquery are its own
    return set().union(*map(_variables, _members(value)))


def _always_bound(part: CompValue) -> set[Variable]:
    if part.name in {"BGP", "values"}:
        return _variables(part)
    first, *second = [_always_bound(part[name]) for name in ("p", "p1", "p2") if name in part] or [set[Variable]()]
    match part.name:
        case "Join":
            first |= second[0]
        case "Union" | "Project":
            first &= second[0] if second else {*part.PV}
        case "Graph":
            first |= _variables(part.term)
        case "Extend":
            first.add(part.var)
    return first
