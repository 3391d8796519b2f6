"""Reconciling other data with ours: candidates with scores and evidence, for a curator to decide on."""
