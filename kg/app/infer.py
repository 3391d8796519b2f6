"""The use case `infer`: what follows from a corpus, by the compiled rules or by owlrl."""

from __future__ import annotations

from rdflib import Graph

from kg.app.build_options import OWLRL, BuildOptions, Progress, no_progress
from kg.errors import UnsupportedAxiomError
from kg.reasoning import compare, infer, owlrl_reference


def infer_triples(asserted: Graph, ontology: Graph, options: BuildOptions, progress: Progress = no_progress) -> Graph:
    """Return what follows from the asserted triples.

    Raises ContradictionError if they contradict the ontology, UnsupportedAxiomError if the two reasoners differ.
    """
    progress(f"Inferring by {options.reasoner} from {len(asserted):,} triples")
    if options.reasoner == OWLRL:
        return owlrl_reference.infer(asserted, ontology)
    inferred = infer(asserted, ontology)
    if options.cross_check:
        progress(f"Comparing the {len(inferred):,} inferred triples with owlrl's")
        comparison = compare(asserted, ontology, inferred)
        if not comparison.agree:
            raise UnsupportedAxiomError(str(comparison))
    return inferred
