"""The ends of paths over columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from server.search.property_columns import Columns
from server.search.read_paths import Path, Step


class PathValues:
    """Follows paths over columns, without repeated steps; columns read from their values are turned round once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._turned: dict[str, dict[str, list[str]]] = {}

    def of(self, thing: str, way: Path) -> frozenset[str]:
        """Return where a path leads from a thing."""
        places = {thing}
        for step in way:
            places = self._after(step, places)
        return frozenset(places)

    def of_any(self, thing: str, ways: Iterable[Path]) -> frozenset[str]:
        """Return where any of several paths leads from a thing."""
        return frozenset(end for way in ways for end in self.of(thing, way))

    def _after(self, step: Step, places: Iterable[str]) -> set[str]:
        columns = [self._turned_round(name) if step.inverse else self._columns[name] for name in step.names]
        return {end for column in columns for place in places for end in column.get(place, ())}

    def _turned_round(self, name: str) -> Mapping[str, Sequence[str]]:
        if name not in self._turned:
            turned = self._turned[name] = defaultdict[str, list[str]](list)
            for subject, values in self._columns[name].items():
                for value in values:
                    turned[value].append(subject)
        return self._turned[name]
