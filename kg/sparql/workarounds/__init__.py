"""Query rewritings and custom functions, one module for each way in which the engine differs from SPARQL."""

from kg.sparql.workarounds.ordering import with_total_order
from kg.sparql.workarounds.rewriting import aggregates_in, functions_in, rewrite

__all__ = ["aggregates_in", "functions_in", "rewrite", "with_total_order"]
