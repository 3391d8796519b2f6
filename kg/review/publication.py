"""Publishing a reviewed document: its corpus is built into a store, with the articles that have been reviewed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.errors import DataError, RequestError
from kg.mapping.authoring.new_corpus import join_lone_articles
from kg.mapping.corpora.corpus_check import corpus_file_of
from kg.mapping.corpora.corpus_files import read_corpus_files
from kg.review.review_folder import needs_review
from kg.store import EmbeddedStore

KEPT_VERSIONS = 1000


def require_reviewed(document: Path) -> None:
    """Raise RequestError if an item of a document still needs review."""
    if needs_review(document):
        raise RequestError("Some items need review: accept, correct or reject them before you publish the article.")


def publish(document: Path, sources: Path, store: Path) -> None:
    """Build a document's corpus into a store, without articles that need review.

    Raises RequestError if an item of the document needs review, and DataError if the document is faulty.
    """
    require_reviewed(document)
    # A store holds one corpus: if published separately, each article of a folder would replace the others.
    join_lone_articles(document)
    corpus = corpus_file_of(document)
    articles = read_corpus_files(corpus).articles
    reviewed = tuple(file for file in articles if file.resolve() == document.resolve() or not needs_review(file))
    options = BuildOptions(sources=sources, documents=() if len(reviewed) == len(articles) else reviewed)
    built = build(corpus, partial(EmbeddedStore.open, store, keep=KEPT_VERSIONS), options)
    left_out = {
        name: row for name, row in built.left_out.items() if (corpus.parent / name).resolve() == document.resolve()
    }
    # A build that leaves out an article succeeds, but the reviewer has to know if it is this one.
    for row in left_out.values():
        raise DataError(" ".join(row.reasons))
