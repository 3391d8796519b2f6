"""What the records of a thing in an index are read from: paths of properties, from the thing to what is read.

One table serves both directions of an update: what a change of the graph touches is followed back to the things whose
records it may alter, and from those forth to all that their records are made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

CLASS = "a "
"""What the name of membership in a class begins with; the class follows, as a property is named in `Columns`."""
NAMED = "has a name"
"""The name of having one, whichever it is."""


@dataclass(frozen=True)
class Step:
    """One property of a path, or one of several; `repeated` any number of times, and none."""

    names: tuple[str, ...]
    inverse: bool = False
    repeated: bool = False

    def reversed(self) -> Step:
        """Return the step in the other direction."""
        return replace(self, inverse=not self.inverse)


Path = tuple[Step, ...]


def path(*steps: str | Step) -> Path:
    """Return a path of properties by name, `^` before those that are read from their values."""
    return tuple(
        step if isinstance(step, Step) else Step((step.removeprefix("^"),), inverse=step.startswith("^"))
        for step in steps
    )


def paths(*steps: str | Step, ends: Iterable[str | Step]) -> tuple[Path, ...]:
    """Return the paths that begin alike, one for each end."""
    return tuple(path(*steps, end) for end in ends)
