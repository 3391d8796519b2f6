"""Inference as a build does it: by the compiled rules, compared with owlrl while that takes only seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rdflib import Graph

from kg.errors import UnsupportedAxiomError
from kg.reasoning import compare, infer
from kg.reasoning import owlrl_reference as oracle

SMALL = 8_000
"""Asserted triples up to which owlrl's closure is waited for: about ten seconds of it."""
RULES, OWLRL = "rules", "owlrl"

Tell = Callable[[str], None]
"""Told of each step as it begins."""


def ignore(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class How:
    """How to build: which reasoner, whether to compare it with owlrl (None: while that is quick), the recorded time."""

    reasoner: str = RULES
    cross_check: bool | None = None
    time: datetime | None = None
    sources: Path | None = None
    """A folder with the articles' texts, to hold every passage against."""

    def compares(self, asserted: Graph) -> bool:
        """Tell whether the rules' closure of these triples is compared with owlrl's."""
        if self.reasoner == OWLRL:
            return False
        return len(asserted) <= SMALL if self.cross_check is None else self.cross_check


USUAL = How()


def inferred(asserted: Graph, ontology: Graph, how: How, tell: Tell = ignore) -> Graph:
    """Return what follows; ContradictionError, or UnsupportedAxiomError where the reasoners differ on an axiom."""
    tell(f"Inferring by {how.reasoner} from {len(asserted):,} triples")
    found = oracle.infer(asserted, ontology) if how.reasoner == OWLRL else infer(asserted, ontology)
    if how.compares(asserted):
        tell(f"Comparing the {len(found):,} inferred triples with owlrl's")
        comparison = compare(asserted, ontology, found)
        if not comparison.agree:
            raise UnsupportedAxiomError(str(comparison))
    return found
