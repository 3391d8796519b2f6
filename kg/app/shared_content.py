"""The content that all articles of a corpus share, read once for as long as it does not change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from kg.app.build_inputs import BuildInputs
from kg.mapping.article_reader import SharedDocuments, read_shared
from kg.mapping.corpus_reader import Corpus, corpus_of


@dataclass(frozen=True)
class SharedContent:
    """The authority, the outside document and everything else that articles share, and a corpus of only these."""

    documents: SharedDocuments
    corpus: Corpus


@dataclass(frozen=True)
class _Inputs:
    """What the shared content depends on; instances for two builds are equal if only articles differ."""

    file: Path
    sources: Path | None
    texts: frozenset[str] | None
    settings: frozenset[tuple[str, str]]
    digests: frozenset[tuple[str, str]]
    inputs: BuildInputs = field(compare=False)


def read_shared_content(inputs: BuildInputs, sources: Path | None) -> SharedContent:
    """Return what the articles of a corpus share, which must not be modified.

    Raises MappingError with all faults, and ChangedWhileReadError if a document has changed.
    """
    digests = frozenset((name, inputs.documents.get(name, "")) for name in inputs.names_of_shared)
    settings = frozenset(inputs.settings.items())
    return _read(_Inputs(inputs.corpus.file, sources, inputs.texts, settings, digests, inputs))


@lru_cache(maxsize=1)
def _read(request: _Inputs) -> SharedContent:
    inputs = request.inputs
    documents = read_shared(request.file, {*inputs.corpus.articles} | inputs.corpus.left_out, request.sources)
    corpus = corpus_of(documents.documents, {}, request.sources)
    # Checked before it is cached under these digests.
    for graph, file in corpus.files.items():
        if file in inputs.names_of_files:
            inputs.require(file, corpus.digests[graph])
    return SharedContent(documents, corpus)
