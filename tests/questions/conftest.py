"""The shipped mapping as a store that questions are put to."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

from kg.app.schema import read_schema
from kg.datasets import Owner
from kg.formats import CSV
from kg.mapping.corpora.corpus_reader import Corpus, read_corpus
from kg.namespaces import SCHEME
from kg.reasoning.graph_reasoner import infer
from kg.shipped_files import mappings_folder
from kg.store import EmbeddedStore, Query
from tests.support.built_once import built_once

Row = dict[str, str]
Ask = Callable[[str], list[Row]]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Return the content of the shipped mapping documents."""
    return read_corpus(mappings_folder() / "corpus.yaml")


@pytest.fixture(scope="session")
def store(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Return a store of the shipped corpus and what follows from it."""
    ontology, names = read_schema().ontology, corpus.names

    def build(folder: Path) -> None:
        asserted = Graph(bind_namespaces="none")
        for name, graph in corpus.graphs.items():
            asserted += graph if names.in_default(name) else ()
        with EmbeddedStore.open(folder, names).write() as change:
            for name, graph in {**corpus.graphs, names.ontology: ontology}.items():
                change.replace_graph(name, graph, Owner.BUILD)
            change.replace_graph(names.inferred, infer(asserted, ontology), Owner.SYSTEM)
            change.commit("the shipped corpus")

    return EmbeddedStore.open(built_once(tmp_path_factory, "questions", build), names)


@pytest.fixture(scope="session")
def ask(store: EmbeddedStore, corpus: Corpus) -> Ask:
    """Return what answers a query with its rows, the corpus's and the schemes' identifiers in short."""
    beginnings = (corpus.articles[0].iri.rstrip("/") + "/", corpus.names.base)

    def answer(query: str) -> list[Row]:
        text = b"".join(store.query(Query(query, CSV, None)).chunks).decode("utf-8")
        return [{key: short(value) for key, value in row.items()} for row in csv.DictReader(io.StringIO(text))]

    def short(value: str) -> str:
        concept = value.removeprefix(SCHEME).partition("/")[2] if value.startswith(SCHEME) else ""
        return concept or next((value.removeprefix(start) for start in beginnings if value.startswith(start)), value)

    return answer
