"""Who in other data is whom in ours: candidates with scores and evidence, which decide nothing."""

from __future__ import annotations

from kg.reconciliation.candidates import Candidate, Evidence, NamedThing, Reconciler, is_match
from kg.reconciliation.known_things import KINDS_OF_THINGS, KnownThing, read_known_things
from kg.reconciliation.name_likeness import NameIndex, folded_name, likeness

__all__ = [
    "KINDS_OF_THINGS",
    "Candidate",
    "Evidence",
    "KnownThing",
    "NameIndex",
    "NamedThing",
    "Reconciler",
    "folded_name",
    "is_match",
    "likeness",
    "read_known_things",
]
