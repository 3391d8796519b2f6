"""Queries that readers write: example questions, questions asked in three boxes, and the SPARQL form."""
