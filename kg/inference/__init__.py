"""OWL 2 RL inference: the ontology compiled to rules, run over the facts, explained, and checked against owlrl."""

from __future__ import annotations

from kg.inference.contradictions import Contradiction
from kg.inference.delta import Change
from kg.inference.explain import Explainer, Explanation
from kg.inference.facts import Facts, StoreFacts
from kg.inference.graphs import Effect, contradictions, explain, explainer, infer, infer_all, infer_change
from kg.inference.oracle import Comparison, compare
from kg.inference.reasoner import Reasoner

__all__ = [
    "Change",
    "Comparison",
    "Contradiction",
    "Effect",
    "Explainer",
    "Explanation",
    "Facts",
    "Reasoner",
    "StoreFacts",
    "compare",
    "contradictions",
    "explain",
    "explainer",
    "infer",
    "infer_all",
    "infer_change",
]
