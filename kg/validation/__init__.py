"""Validation of facts against the SHACL shapes, of a whole graph or of what a change affects; only it uses pySHACL."""
