"""Attributions as the statements of a mapping document: their addressees, polarity, tense, nesting and conditions."""
