"""Rewritings that let the engine find the same answers faster, one module each."""

from kg.sparql.optimizations.data_facts import MAX_SIZE_RATIO, Fact, SizeFact, TypeFact
from kg.sparql.optimizations.optimizer import Optimized, optimize

__all__ = ["MAX_SIZE_RATIO", "Fact", "Optimized", "SizeFact", "TypeFact", "optimize"]
