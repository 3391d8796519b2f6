"""A build of only what has changed: unchanged documents are not read, inferred from or validated again.

The resulting version has the same triples as one that is built from nothing.
"""

from __future__ import annotations

from dataclasses import replace

from kg.app.asserted_triples import AssertedChange, AssertedTriples
from kg.app.build_options import BuildOptions, Progress
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.changed_documents import read_changed
from kg.app.builds.last_build import BuiltDocument, LastBuild
from kg.app.builds.new_version import BuiltContent, NewVersion, publish
from kg.app.document_errors import located_contradictions
from kg.app.infer import infer_incrementally
from kg.app.partition_counts import recount_partitions
from kg.app.schema import Schema, read_schema
from kg.app.validate import require_conforming, require_well_typed
from kg.datasets import Owner
from kg.mapping.corpora.corpus_reader import Corpus
from kg.store import Transaction
from kg.validation.validation_report import ValidationReport


def build_changes(
    transaction: Transaction, inputs: BuildInputs, last: LastBuild, options: BuildOptions, progress: Progress
) -> NewVersion:
    """Build what differs from the last build. Raises WholeBuildNeededError, with the reason, if that is unknown."""
    corpus, documents = read_changed(transaction, inputs, last, options)
    _replace_graphs(transaction, corpus, {document.graph for document in last.documents.values()}, documents)
    schema = read_schema()
    require_well_typed(triple for change in transaction.changes().values() for triple in change.added)
    progress("Inferring from what has changed")
    with located_contradictions(corpus.files.values(), corpus.names.base):
        asserted, all_ = infer_incrementally(transaction, corpus.names, schema)
    report = _validated(transaction, corpus, schema, asserted, progress)
    counts = recount_partitions(last.partition_counts, all_, transaction, corpus.names)
    content = BuiltContent(corpus, schema, documents, counts, report, len(corpus.graphs))
    return publish(transaction, content, options, progress, last.partition_counts)


def _replace_graphs(
    transaction: Transaction, corpus: Corpus, before: set[str], documents: dict[str, BuiltDocument]
) -> None:
    for name in before - {document.graph for document in documents.values()}:
        transaction.remove_graph(name, Owner.BUILD)
    for name, graph in corpus.graphs.items():
        transaction.replace_graph(name, graph, Owner.BUILD)


def _validated(
    transaction: Transaction, corpus: Corpus, schema: Schema, change: AssertedChange, progress: Progress
) -> ValidationReport:
    progress(f"Validating what {len(change.triples):,} changed triples affect")
    before, after = (AssertedTriples(transaction, corpus.names, before=before) for before in (True, False))
    report = replace(schema.build_validator.report(change.triples, before, after), locations=corpus.locations)
    require_conforming(report, corpus.files.values(), corpus.names.base)
    return report
