"""The content that all articles of a corpus share, read once for as long as it does not change."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from kg.app.builds.build_inputs import BuildInputs
from kg.mapping.corpora.article_reader import SharedDocuments, read_shared
from kg.mapping.corpora.corpus_reader import Corpus, corpus_of


@dataclass(frozen=True)
class SharedContent:
    """The authority, the outside document and everything else that articles share, and a corpus of only these."""

    documents: SharedDocuments
    corpus: Corpus


_CACHED: dict[Hashable, SharedContent] = {}
"""The content that was read last, by everything that it depends on; articles are not part of that."""


def read_shared_content(inputs: BuildInputs, sources: Path | None) -> SharedContent:
    """Return what the articles of a corpus share, which must not be modified.

    Raises MappingError with all faults, and ChangedWhileReadError if a document has changed.
    """
    digests = frozenset((name, inputs.documents.get(name, "")) for name in inputs.names_of_shared)
    key = inputs.corpus.file, sources, inputs.texts, frozenset(inputs.settings.items()), digests
    if key not in _CACHED:
        content = _read(inputs, sources)
        _CACHED.clear()
        _CACHED[key] = content
    return _CACHED[key]


def _read(inputs: BuildInputs, sources: Path | None) -> SharedContent:
    documents = read_shared(inputs.corpus.file, {*inputs.corpus.articles} | inputs.corpus.left_out, sources)
    corpus = corpus_of(documents.documents, {}, sources)
    # Checked before it is cached under these digests.
    for graph, file in corpus.files.items():
        if file in inputs.names_of_files:
            inputs.require(file, corpus.digests[graph])
    return SharedContent(documents, corpus)
