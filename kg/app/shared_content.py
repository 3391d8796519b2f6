"""What all articles of a corpus are read beside, read once for as long as it does not change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from kg.app.build_inputs import BuildInputs
from kg.mapping import Corpus, SharedDocuments, corpus_of, read_shared


@dataclass(frozen=True)
class SharedContent:
    """The authority, the outside and what else is not an article's own, and the corpus of these alone."""

    documents: SharedDocuments
    corpus: Corpus


@dataclass(frozen=True)
class _Inputs:
    """What the shared content depends on; two builds' inputs are equal here if only articles differ."""

    file: Path
    sources: Path | None
    texts: frozenset[str] | None
    settings: frozenset[tuple[str, str]]
    digests: frozenset[tuple[str, str]]
    inputs: BuildInputs = field(compare=False)


def read_shared_content(inputs: BuildInputs, sources: Path | None) -> SharedContent:
    """Return what the articles of a corpus share. It is not to be changed.

    Raises MappingError with every fault, and ChangedWhileReadError if a document is not what it was.
    """
    digests = frozenset((name, inputs.documents.get(name, "")) for name in inputs.names_of_shared)
    settings = frozenset(inputs.settings.items())
    return _read(_Inputs(inputs.corpus.file, sources, inputs.texts, settings, digests, inputs))


@lru_cache(maxsize=1)
def _read(request: _Inputs) -> SharedContent:
    inputs = request.inputs
    documents = read_shared(request.file, {*inputs.corpus.articles} | inputs.corpus.left_out, request.sources)
    corpus = corpus_of(documents.documents, {}, request.sources)
    # Before it is remembered under the digests that it had.
    for graph, file in corpus.files.items():
        if file in inputs.names_of_files:
            inputs.require(file, corpus.digests[graph])
    return SharedContent(documents, corpus)
