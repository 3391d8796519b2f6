"""Mapping documents as located triples, with those that they imply."""
