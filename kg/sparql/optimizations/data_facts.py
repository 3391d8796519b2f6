"""What optimizations ask of the data of a version. The caller checks each fact; none is taken from the ontology."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

Reasons = tuple[tuple[str, str], ...]
"""Names of rewritings, each with a sentence."""
MAX_SIZE_RATIO = 2
"""How many times as many triples a filtered property may have as the one that the engine would begin with."""


class TypeFact(NamedTuple):
    """That every subject, or every object, of a property in the default graph is an instance of a class."""

    end: Literal["subject", "object"]
    property: str
    kind: str

    def __str__(self) -> str:
        return f"every {self.end} of <{self.property}> is a <{self.kind}>"


class SizeFact(NamedTuple):
    """That a property has at most `MAX_SIZE_RATIO` times as many triples in the default graph as another."""

    property: str
    other: str

    def __str__(self) -> str:
        return f"<{self.property}> has at most {MAX_SIZE_RATIO} times as many triples as <{self.other}>"


Fact = TypeFact | SizeFact
Knowledge = Callable[[Fact], bool | None]
"""Whether a fact holds of the version that is queried, None if that is not known."""
