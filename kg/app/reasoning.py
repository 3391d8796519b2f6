"""Inference as a build does it: by the compiled rules or by owlrl, compared with owlrl if asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rdflib import Graph

from kg.errors import UnsupportedAxiomError
from kg.reasoning import compare, infer
from kg.reasoning import owlrl_reference as oracle

RULES, OWLRL = "rules", "owlrl"

Tell = Callable[[str], None]
"""Told of each step as it begins."""


def ignore(_: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class How:
    """How to build: which reasoner, whether to compare its closure with owlrl's, and the time to record."""

    reasoner: str = RULES
    cross_check: bool = False
    time: datetime | None = None
    sources: Path | None = None
    """A folder with the articles' texts, to hold every passage against."""


USUAL = How()


def inferred(asserted: Graph, ontology: Graph, how: How, tell: Tell = ignore) -> Graph:
    """Return what follows; ContradictionError, or UnsupportedAxiomError where the reasoners differ on an axiom."""
    tell(f"Inferring by {how.reasoner} from {len(asserted):,} triples")
    found = oracle.infer(asserted, ontology) if how.reasoner == OWLRL else infer(asserted, ontology)
    if how.cross_check and how.reasoner != OWLRL:
        tell(f"Comparing the {len(found):,} inferred triples with owlrl's")
        comparison = compare(asserted, ontology, found)
        if not comparison.agree:
            raise UnsupportedAxiomError(str(comparison))
    return found
