"""Facts that optimizations need about a version's data. The caller checks each; none is taken from the ontology."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

Reasons = tuple[tuple[str, str], ...]
"""Names of rewritings, each with a sentence about it."""
MAX_SIZE_RATIO = 2
"""How many times more triples a filtered property may have than the one that the engine would begin with."""


class TypeFact(NamedTuple):
    """The fact that all subjects, or all objects, of a property in the default graph are instances of a class."""

    end: Literal["subject", "object"]
    property: str
    kind: str

    def __str__(self) -> str:
        return f"every {self.end} of <{self.property}> is a <{self.kind}>"


class SizeFact(NamedTuple):
    """The fact that a property has at most `MAX_SIZE_RATIO` times as many triples in the default graph as another."""

    property: str
    other: str

    def __str__(self) -> str:
        return f"<{self.property}> has at most {MAX_SIZE_RATIO} times as many triples as <{self.other}>"


Fact = TypeFact | SizeFact
Knowledge = Callable[[Fact], bool | None]
"""Returns whether a fact holds for the queried version, or None if that is not known."""
