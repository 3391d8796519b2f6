"""Rewritings after which the engine finds the same answers sooner, a module for each."""

from kg.sparql.optimizations.optimizer import Optimized, optimize
from kg.sparql.optimizations.redundant_types import TypeFact

__all__ = ["Optimized", "TypeFact", "optimize"]
