"""Validation of a whole graph, or what a change affects, against the SHACL shapes; the only importer of pySHACL."""
