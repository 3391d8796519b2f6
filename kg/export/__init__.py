"""Exports: a dataset or a graph in every RDF format and as a property graph, the same bytes for the same triples."""
