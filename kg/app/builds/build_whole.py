"""A build of everything as one graph: the first one, and those that cannot reuse earlier results."""

from __future__ import annotations

from rdflib import Graph

from kg.app.build_options import BuildOptions, Progress
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.new_version import BuiltContent, NewVersion, publish, read_document_records
from kg.app.corpus_dataset import CorpusDataset, Graphs
from kg.app.document_errors import located_contradictions
from kg.app.infer import infer_triples
from kg.app.partition_counts import count_partitions
from kg.app.schema import Schema
from kg.app.validate import require_valid
from kg.datasets import GraphNames, Owner
from kg.mapping.corpora.corpus_reader import Corpus
from kg.store import Transaction
from kg.terms import new_graph


def build_whole(  # noqa: PLR0913, PLR0917 -- what is built, and how
    transaction: Transaction,
    corpus: Corpus,
    schema: Schema,
    inputs: BuildInputs,
    options: BuildOptions,
    progress: Progress,
) -> NewVersion:
    """Run inference and validation on a whole corpus with the clients' graphs, and publish it."""
    documents = read_document_records(corpus, inputs)
    dataset = CorpusDataset(corpus, schema, _client_graphs(transaction, corpus.names))
    with located_contradictions(corpus.files.values(), corpus.names.base):
        inferred = infer_triples(dataset.asserted, schema.ontology, options, progress)
    report = require_valid(dataset, progress, options.validator)
    _write_graphs(transaction, dataset, inferred)
    # Emptied before counting, since it is in the default graph, and would count itself.
    transaction.replace_graph(corpus.names.description, (), Owner.SYSTEM)
    counts = count_partitions(transaction)
    return publish(
        transaction, BuiltContent(corpus, schema, documents, counts, report, len(corpus.files)), options, progress
    )


def _client_graphs(transaction: Transaction, names: GraphNames) -> Graphs:
    """Return the graphs of the store that clients own."""
    client_names = (name for name in transaction.graphs() if names.owner(name) is Owner.CLIENT)
    return {name: new_graph(transaction.triples(name)) for name in client_names}


def _write_graphs(transaction: Transaction, dataset: CorpusDataset, inferred: Graph) -> None:
    """Replace every graph that clients do not own; remove graphs of articles that are no longer in the corpus."""
    names = dataset.corpus.names
    for name in transaction.graphs():
        if names.owner(name) is Owner.BUILD and name not in dataset.built:
            transaction.remove_graph(name, Owner.BUILD)
    for name, graph in dataset.built.items():
        transaction.replace_graph(name, graph, Owner.BUILD)
    transaction.replace_graph(names.inferred, inferred, Owner.SYSTEM)
