"""The dataset of a version to be built: the graphs of the corpus, of the schema, and of clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rdflib import Graph

from kg.app.build_options import Progress, no_progress
from kg.app.schema import Schema, read_schema
from kg.errors import RequestError
from kg.mapping.corpora.corpus_check import corpus_file_of
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.mapping.documents.document_listing import CORPUS_FILE
from kg.terms import new_graph

Graphs = Mapping[str, Graph]
"""Graphs by name."""


@dataclass(frozen=True)
class CorpusDataset:
    """The dataset of a corpus with the schema, and the graphs that clients own."""

    corpus: Corpus
    schema: Schema
    client_graphs: Graphs = field(default_factory=dict)

    @cached_property
    def built(self) -> Graphs:
        """Return the graphs that the build owns."""
        names, (ontology, shapes) = self.corpus.names, self.schema.named_graphs
        return {**self.corpus.graphs, names.ontology: ontology, names.shapes: shapes}

    @cached_property
    def asserted(self) -> Graph:
        """Return the asserted triples of the default graph as one graph."""
        graphs, asserts = {**self.client_graphs, **self.built}, self.corpus.names.asserts
        return new_graph(triple for name in sorted(filter(asserts, graphs)) for triple in graphs[name])


def corpus_file(corpus: Path) -> Path:
    """Return the corpus document: the file itself, or the one in a folder. Raises RequestError if there is none."""
    file = corpus / CORPUS_FILE if corpus.is_dir() else corpus
    if not file.is_file():
        expected = f"a folder with a {CORPUS_FILE}, or such a file"
        raise RequestError(f"There is no corpus at {str(corpus)!r}: expected {expected}.")
    return file


def corpus_and_documents(paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
    """Return the corpus at a path without documents, or the corpus of several documents with these.

    Raises RequestError if the documents belong to no corpus or to several.
    """
    if len(paths) == 1 and (paths[0].is_dir() or corpus_file_of(paths[0]) == paths[0]):
        return corpus_file(paths[0]), ()
    corpora: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            raise RequestError(f"{path} is a folder: expected one corpus, or mapping documents of one.")
        corpora.setdefault(corpus_file_of(path), path)
    if len(corpora) > 1:
        fault = " and ".join(f"{path} of {corpus}" for corpus, path in [*corpora.items()][:2])
        raise RequestError(f"The documents are of several corpora ({fault}): expected documents of one.")
    return next(iter(corpora)), tuple(paths)


def read_corpus_dataset(corpus: Path, progress: Progress = no_progress) -> CorpusDataset:
    """Read a corpus and the schema as the dataset on which a first build would run inference and validation.

    Raises RequestError if there is no corpus, MappingError with all faults of its documents.
    """
    file = corpus_file(corpus)
    progress(f"Reading the mapping documents of {file}")
    return CorpusDataset(read_corpus(file), read_schema())
