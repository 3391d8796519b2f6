"""What the records of a thing in an index are read from: paths of properties, from the thing to what is read.

One table serves both directions of an update: from what a change of the graph touches, back to the things whose records
it may affect; and from these, forward to everything that their records contain. In a query, it is a property path.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rdflib import SKOS

from kg.namespaces import OA, ONTOLOGY, SCHEME
from kg.prefixes import Shortener

CLASS = "a "
"""The prefix of a name for membership in a class; the class follows, given like a property in `Columns`."""
NAMED = "has a name"
"""The name for having any name at all."""
QUERY_PREFIXES = {"cq": ONTOLOGY, "oa": str(OA), "polarity": f"{SCHEME}polarity/", "skos": str(SKOS)}
"""The prefixes of the queries that lists show."""
PREFIXES = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in QUERY_PREFIXES.items())


@dataclass(frozen=True)
class Step:
    """One property of a path, or a choice of several; a `repeated` step is taken any number of times, even none."""

    names: tuple[str, ...]
    inverse: bool = False
    repeated: bool = False

    def reversed(self) -> Step:
        """Return the step in the other direction."""
        return replace(self, inverse=not self.inverse)

    def __str__(self) -> str:
        """Return the step as a property path of SPARQL."""
        names = "|".join(("^" if self.inverse else "") + name_in_query(name) for name in self.names)
        return (f"({names})" if len(self.names) > 1 else names) + ("*" if self.repeated else "")


Path = tuple[Step, ...]


def path(*steps: str | Step) -> Path:
    """Return a path of properties by name; `^` is before those that are followed from value to subject."""
    return tuple(
        step if isinstance(step, Step) else Step((step.removeprefix("^"),), inverse=step.startswith("^"))
        for step in steps
    )


def paths(*steps: str | Step, ends: Iterable[str | Step]) -> tuple[Path, ...]:
    """Return the paths with the same beginning, one for each end."""
    return tuple(path(*steps, end) for end in ends)


def reverse(way: Path) -> Path:
    """Return a path from its end to its start."""
    return tuple(step.reversed() for step in reversed(way))


def path_in_query(*ways: Path) -> str:
    """Return the property path of SPARQL that has several paths as alternatives."""
    return "|".join("/".join(map(str, way)) for way in ways)


def name_in_query(name: str) -> str:
    """Return a property or class as SPARQL writes it, given by its name in the ontology or by its IRI."""
    shortened = Shortener(QUERY_PREFIXES).split(name) if ":" in name else ("cq", name)
    return ":".join(shortened) if shortened else f"<{name}>"
