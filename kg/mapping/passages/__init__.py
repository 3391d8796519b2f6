"""Passages of articles' texts: spans, digests and stamps, the search for their words, and the texts and copies."""
