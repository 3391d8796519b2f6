"""A build of what has changed: documents that are as they were are not read, inferred from or validated again.

The version that comes of it holds the same triples as one that is built from nothing.
"""

from __future__ import annotations

from dataclasses import replace

from kg.app.asserted_triples import AssertedChange, AssertedTriples
from kg.app.build_inputs import BuildInputs
from kg.app.build_options import BuildOptions, Progress
from kg.app.document_errors import located_contradictions
from kg.app.infer import infer_incrementally
from kg.app.last_build import BuiltDocument, LastBuild
from kg.app.new_version import BuiltContent, NewVersion, publish, read_document_records
from kg.app.partition_counts import recount_partitions
from kg.app.schema import Schema, read_schema
from kg.app.stored_documents import StoredDocuments
from kg.app.validate import require_conforming, require_well_typed
from kg.datasets import Owner
from kg.mapping import Corpus, UnreadDocuments, read_corpus
from kg.store import Transaction
from kg.validation import ValidationReport


def build_changes(
    transaction: Transaction, inputs: BuildInputs, last: LastBuild, options: BuildOptions, progress: Progress
) -> NewVersion:
    """Build what differs from the last build. Raises WholeBuildNeededError, with the reason, if that cannot be told."""
    corpus, unread = _read_changed(transaction, inputs, last, options)
    documents = {name: last.documents[name] for name in unread} | read_document_records(corpus, inputs)
    _replace_graphs(transaction, corpus, {document.graph for document in last.documents.values()}, documents)
    schema = read_schema()
    require_well_typed(triple for change in transaction.changes().values() for triple in change.added)
    progress(f"Inferring from the changes of {len(corpus.files)} documents")
    with located_contradictions(corpus.files.values(), corpus.names.base):
        asserted, all_ = infer_incrementally(transaction, corpus.names, schema)
    report = _validated(transaction, corpus, schema, asserted, progress)
    counts = recount_partitions(last.partition_counts, all_, transaction, corpus.names)
    return publish(
        transaction, BuiltContent(corpus, schema, documents, counts, report, len(corpus.files)), options, progress
    )


def _read_changed(
    transaction: Transaction, inputs: BuildInputs, last: LastBuild, options: BuildOptions
) -> tuple[Corpus, frozenset[str]]:
    """Read the documents that have changed, the authority, and what it speaks of if it has changed.

    Returns the names of those that were left unread too.
    """
    names, touched_graphs = inputs.names, {*last.told_by_authority}
    unchanged = inputs.unread(last)
    authority = next(name for name, document in last.documents.items() if document.graph == names.authority)
    while True:
        unread = unchanged - {authority}
        if authority not in unchanged:
            unread = frozenset(name for name in unread if last.documents[name].graph not in touched_graphs)
        corpus = read_corpus(inputs.corpus.file, options.sources, unread=_unread(transaction, inputs, last, unread))
        if authority in unchanged or corpus.told_by_authority <= touched_graphs:
            return corpus, unread
        # The authority as it is now speaks of articles that it did not speak of before: they are read too, in another
        # round.
        touched_graphs |= corpus.told_by_authority


def _unread(transaction: Transaction, inputs: BuildInputs, last: LastBuild, unread: frozenset[str]) -> UnreadDocuments:
    graphs = frozenset(last.documents[name].graph for name in unread)
    replaced = frozenset(document.graph for document in last.documents.values()) - graphs
    stored, start = StoredDocuments(transaction, graphs, replaced), inputs.names.article("")
    slugs = frozenset(graph.removeprefix(start) for graph in graphs if graph.startswith(start))
    files = inputs.corpus.left_out | {inputs.files[name] for name in unread}
    return UnreadDocuments(files, slugs, stored.define, stored.check)


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
