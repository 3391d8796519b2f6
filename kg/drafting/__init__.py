"""Drafts a mapping document of an article, by rules over its parsed sentences, for a person to review."""
