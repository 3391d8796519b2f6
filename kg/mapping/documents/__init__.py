"""Mapping documents as files: their YAML with locations, JSON Schema, edits, and how a corpus lists them."""
