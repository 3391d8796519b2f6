"""Drafts a mapping document of an article, by rules over its parsed sentences, for a person to review."""

from kg.drafting.drafted_document import DraftedStatement, drafted_statements
from kg.drafting.drafting_tasks import DraftResult, draft_article, draft_folder
from kg.drafting.model_client import DEFAULT_NAME, language_model
from kg.drafting.spacy_parser import DEFAULT_MODEL

__all__ = [
    "DEFAULT_MODEL",
    "DEFAULT_NAME",
    "DraftResult",
    "DraftedStatement",
    "draft_article",
    "draft_folder",
    "drafted_statements",
    "language_model",
]
