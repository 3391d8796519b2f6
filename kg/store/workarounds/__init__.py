"""Rewritings of query texts and functions of our own, a module for each way in which the engine differs from SPARQL."""

from kg.store.workarounds.rewriting import AGGREGATES, FUNCTIONS, rewrite

__all__ = ["AGGREGATES", "FUNCTIONS", "rewrite"]
