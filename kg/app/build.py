"""The use case `build`: the architecture in code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import Graph

from kg.app.build_options import DEFAULT_OPTIONS, BuildOptions, Progress, no_progress
from kg.app.corpus_dataset import CorpusDataset, Graphs, assemble, corpus_file
from kg.app.description_graph import description_graph
from kg.app.example_questions import Question, corpus_question_triples, read_questions
from kg.app.infer import infer_triples
from kg.app.schema import Schema, read_schema
from kg.app.validate import require_valid
from kg.app.write_provenance import SOFTWARE, client_graphs_provenance, software_version
from kg.datasets import GraphNames, Owner
from kg.mapping import Corpus, read_corpus
from kg.provenance import BuildRecord, provenance
from kg.shipped_files import ontology_folder
from kg.store import Transaction, Version, WritableStore
from kg.validation import ValidationReport


@dataclass(frozen=True)
class Built:
    """The result of a build: the version that is current now, and whether it is a new one."""

    version: Version
    corpus: Corpus
    dataset: CorpusDataset
    inferred: Graph
    report: ValidationReport
    changed: bool = False


def build(
    corpus: Path,
    open_store: Callable[[GraphNames], WritableStore],
    options: BuildOptions = DEFAULT_OPTIONS,
    progress: Progress = no_progress,
) -> Built:
    """Make a corpus the store's current version; if the build fails, the store keeps what it had.

    Clients' own graphs stay, and are inferred from and validated with the rest. Raises MappingError,
    ContradictionError, IllTypedLiteralError, ShapesViolatedError or UnsupportedAxiomError if the corpus is at fault.
    """
    documents, schema = read_inputs(corpus, options.sources, progress)
    with open_store(documents.names).write() as transaction:
        dataset = assemble(documents, schema, _client_graphs(transaction, documents.names))
        inferred = infer_triples(dataset.asserted, schema.ontology, options, progress)
        report = require_valid(dataset, progress)
        _write_graphs(transaction, dataset, inferred, options)
        return _publish(transaction, Built(transaction.base, documents, dataset, inferred, report), progress)


def read_inputs(corpus: Path, sources: Path | None = None, progress: Progress = no_progress) -> tuple[Corpus, Schema]:
    """Read a corpus and the schema; with `sources`, every passage is checked against its article's text."""
    file = corpus_file(corpus)
    progress(f"Reading the mapping documents of {file}")
    return read_corpus(file, sources), read_schema()


def _client_graphs(transaction: Transaction, names: GraphNames) -> Graphs:
    """Return the graphs of the store that clients own."""
    client_names = (name for name in transaction.graphs() if names.owner(name) is Owner.CLIENT)
    return {name: _graph(transaction, name) for name in client_names}


def _graph(transaction: Transaction, name: str) -> Graph:
    graph = Graph(bind_namespaces="none")
    for triple in transaction.triples(name):
        graph.add(triple)
    return graph


def _write_graphs(transaction: Transaction, dataset: CorpusDataset, inferred: Graph, options: BuildOptions) -> None:
    """Replace every graph that no client owns; graphs of articles that the corpus no longer has are removed."""
    names = dataset.names
    for name in transaction.graphs():
        if names.owner(name) is Owner.BUILD and name not in dataset.built:
            transaction.remove_graph(name, Owner.BUILD)
    for name, graph in dataset.built.items():
        transaction.replace_graph(name, graph, Owner.BUILD)
    record = _provenance(dataset, options) + client_graphs_provenance(transaction, names)
    for triple in corpus_question_triples(dataset.questions, names):
        record.add(triple)
    description = description_graph(dataset, inferred, _questions(dataset))
    for name, graph in ((names.inferred, inferred), (names.description, description), (names.provenance, record)):
        transaction.replace_graph(name, graph, Owner.SYSTEM)


def _publish(transaction: Transaction, built: Built, progress: Progress) -> Built:
    """Commit what has changed; a build that changes nothing makes no version."""
    if not any(change.added or change.removed for change in transaction.changes().values()):
        return built
    progress("Writing the new version")
    version = transaction.commit(f"build of {len(built.dataset.built)} graphs")
    return replace(built, version=version, changed=True)


def _provenance(dataset: CorpusDataset, options: BuildOptions) -> Graph:
    record = BuildRecord(
        corpus=dataset.description,
        sources=dataset.sources,
        inferred_from=(*dataset.asserted_graphs, dataset.names.ontology),
        software=SOFTWARE,
        version=software_version(),
        reasoner=options.reasoner,
        time=options.time,
    )
    return provenance(record, dataset.names)


def _questions(dataset: CorpusDataset) -> tuple[Question, ...]:
    """Return the corpus's own questions, and the shipped ones whose names it does not use."""
    shipped = {question.name: question for question in read_questions(ontology_folder() / "questions")}
    own = {question.name: Question(question.name, question.text, question.query) for question in dataset.questions}
    return tuple({**shipped, **own}.values())
