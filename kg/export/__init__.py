"""Exports of a dataset or a graph, in RDF formats and as a property graph; the same triples give the same bytes."""
