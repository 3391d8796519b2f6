"""OWL 2 RL inference: the ontology compiled to rules, run over the facts, explained, and checked against owlrl."""

from kg.reasoning.closure_union import infer_across
from kg.reasoning.explanations import Explainer, Explanation
from kg.reasoning.facts import StoreFacts
from kg.reasoning.graph_reasoner import infer, infer_all, infer_change, inferred_lines
from kg.reasoning.inconsistencies import Contradiction
from kg.reasoning.incremental import InferredChange
from kg.reasoning.owlrl_reference import compare
from kg.reasoning.reasoner import Reasoner

__all__ = [
    "Contradiction",
    "Explainer",
    "Explanation",
    "InferredChange",
    "Reasoner",
    "StoreFacts",
    "compare",
    "infer",
    "infer_across",
    "infer_all",
    "infer_change",
    "inferred_lines",
]
