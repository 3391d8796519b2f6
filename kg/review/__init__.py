"""Reviewing drafts: items are accepted, corrected and rejected, each change saved at once and undoable."""

from kg.review.document_faults import document_faults
from kg.review.publication import publish, require_reviewed
from kg.review.review_changes import ReviewChange
from kg.review.review_folder import ReviewFolder
from kg.review.reviewed_document import ConfirmationError, ConflictError, ReviewedDocument, Seen
from kg.review.reviewed_terms import reviewed_acts, reviewed_relations, reviewed_terms
from kg.review.suggested_values import suggest

__all__ = [
    "ConfirmationError",
    "ConflictError",
    "ReviewChange",
    "ReviewFolder",
    "ReviewedDocument",
    "Seen",
    "document_faults",
    "publish",
    "require_reviewed",
    "reviewed_acts",
    "reviewed_relations",
    "reviewed_terms",
    "suggest",
]
