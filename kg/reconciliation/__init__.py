"""Who in other data is whom in ours: candidates with scores and evidence, which decide nothing."""

from kg.reconciliation.candidates import Candidate, NamedThing, Reconciler, is_match
from kg.reconciliation.corpus_comparison import (
    SUGGESTIONS_ENDING,
    SuggestedIdentity,
    compare_with_corpus,
    read_identities,
    write_suggestions,
)
from kg.reconciliation.known_things import KINDS_OF_THINGS, KnownThing, read_known_things
from kg.reconciliation.name_likeness import folded_name, likeness
from kg.reconciliation.suggestion_file import (
    REJECT,
    decisions_of,
    dropped_decisions,
    outside_document,
    read_accepted,
    read_decided,
    written,
)
from kg.reconciliation.suggestions import (
    NamedSource,
    Suggestion,
    Suggestions,
    joined,
    read_named_file,
    read_source,
    suggest,
)

__all__ = [
    "KINDS_OF_THINGS",
    "REJECT",
    "SUGGESTIONS_ENDING",
    "Candidate",
    "KnownThing",
    "NamedSource",
    "NamedThing",
    "Reconciler",
    "SuggestedIdentity",
    "Suggestion",
    "Suggestions",
    "compare_with_corpus",
    "decisions_of",
    "dropped_decisions",
    "folded_name",
    "is_match",
    "joined",
    "likeness",
    "outside_document",
    "read_accepted",
    "read_decided",
    "read_identities",
    "read_known_things",
    "read_named_file",
    "read_source",
    "suggest",
    "write_suggestions",
    "written",
]
