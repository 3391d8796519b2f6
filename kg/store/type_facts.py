"""What one version's data says of its properties: whether all subjects, or all objects, are instances of a class.

A version never changes, so what was checked once holds for good. A check takes the engine about a microsecond for each
triple of the property and instance of the class: it is made when queries that would gain by it have taken a while.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyoxigraph as ox

from kg.bounded_cache import BoundedCache
from kg.sparql.optimizations import TypeFact

CHECKED_AFTER_SECONDS = 0.01
"""Seconds of processor time that queries which would gain by a fact have taken when it is checked."""
MAX_FACTS = 1000


@dataclass
class _Check:
    holds: bool | None = None
    seconds: float = 0


class TypeFacts:
    """The facts of a version, as far as they have been checked; any number of threads may use it."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._checks = BoundedCache[_Check](MAX_FACTS, MAX_FACTS)

    def holds(self, fact: TypeFact) -> bool | None:
        """Tell whether a fact holds; None if no query has taken long for want of it."""
        check = self._check(fact)
        return self.must_hold(fact) if check.seconds >= CHECKED_AFTER_SECONDS else check.holds

    def must_hold(self, fact: TypeFact) -> bool:
        """Tell whether a fact holds, and check it if it has not been checked."""
        check = self._check(fact)
        if check.holds is None:
            pattern = "?term <{0}> ?other" if fact.end == "subject" else "?other <{0}> ?term"
            # The engine stops at the first exception; a SELECT would look at all.
            exception = f"ASK {{ {pattern.format(fact.property)} MINUS {{ ?term a <{fact.kind}> }} }}"
            check.holds = not self._store.query(exception)
        return check.holds

    def charge(self, facts: Collection[TypeFact], seconds: float) -> None:
        """Note that a query which would gain by facts has taken so long."""
        for fact in facts:
            self._check(fact).seconds += seconds

    def _check(self, fact: TypeFact) -> _Check:
        check = self._checks.get(fact)
        if check is None:
            check = _Check()
            self._checks.put(fact, check)
        return check
