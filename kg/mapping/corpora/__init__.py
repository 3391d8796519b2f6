"""Corpora: their settings, documents and questions, read together, or one article without the others."""
