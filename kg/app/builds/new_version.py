"""The last steps of every build: writing provenance and description, and publishing the version if anything differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kg.app.build_options import BuildOptions, Progress
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.last_build import BuiltDocument
from kg.app.description_graph import description_graph, partition_sizes
from kg.app.example_questions import corpus_question_triples
from kg.app.partition_counts import Counts
from kg.app.schema import Schema
from kg.app.write_provenance import SOFTWARE, client_graphs_provenance, software_version
from kg.datasets import Owner
from kg.mapping.corpora.corpus_reader import Corpus
from kg.mapping.corpora.question_files import Question, read_questions
from kg.provenance import BuildRecord, CorpusDescription, SourceFile, provenance
from kg.shipped_files import ontology_folder
from kg.store import Transaction, Version
from kg.validation.validation_report import ValidationReport


@dataclass(frozen=True)
class BuiltContent:
    """The content of a version: the documents that were read, everything that it is built from, and the results."""

    corpus: Corpus
    schema: Schema
    documents: dict[str, BuiltDocument]
    counts: Counts
    report: ValidationReport
    read: int
    """The number of documents that were read."""


@dataclass(frozen=True)
class NewVersion(BuiltContent):
    """The current version after a build, and whether it is new."""

    version: Version
    changed: bool


def read_document_records(corpus: Corpus, inputs: BuildInputs) -> dict[str, BuiltDocument]:
    """Return the records of the documents that were read. Raises ChangedWhileReadError if one has changed."""
    texts = {article.file: article.digest for article in corpus.articles if article.text is not None}
    records: dict[str, BuiltDocument] = {}
    for graph, file in corpus.files.items():
        inputs.require(file, corpus.digests[graph])
        records[inputs.names_of_files[file]] = BuiltDocument(corpus.digests[graph], graph, texts.get(file, ""))
    return records


def publish(
    transaction: Transaction,
    content: BuiltContent,
    options: BuildOptions,
    progress: Progress,
    described: Counts | None = None,
) -> NewVersion:
    """Add provenance and description to a transaction and commit it, unless the build changes nothing.

    `described` are the counts of the description in the store, if only the counts can differ from it.
    """
    names = content.corpus.names
    record = provenance(_build_record(transaction, content, options), names)
    record += client_graphs_provenance(transaction, names)
    record += corpus_question_triples(content.corpus.questions, names)
    transaction.replace_graph(names.provenance, record, Owner.SYSTEM)
    _describe(transaction, content, described)
    # Both graphs are the same for the same inputs: no clock is read, and `options.time` is set by the operator.
    if not transaction.changed_graphs():
        return NewVersion(**vars(content), version=transaction.base, changed=False)
    progress("Writing the new version")
    built = [name for name in transaction.graphs() if names.owner(name) is Owner.BUILD]
    return NewVersion(**vars(content), version=transaction.commit(f"build of {len(built)} graphs"), changed=True)


def _describe(transaction: Transaction, content: BuiltContent, described: Counts | None) -> None:
    names, counts = content.corpus.names, content.counts
    if described is None or described.keys() != counts.keys():
        description = description_graph(names.base, content.schema.ontology, counts, _questions(content.corpus))
        transaction.replace_graph(names.description, description, Owner.SYSTEM)
        return
    changed = [key for key in counts if counts[key] != described[key]]
    before, after = (Counter({key: numbers[key] for key in changed}) for numbers in (described, counts))
    transaction.remove(names.description, partition_sizes(names.base, before), Owner.SYSTEM)
    transaction.add(names.description, partition_sizes(names.base, after), Owner.SYSTEM)


def _build_record(transaction: Transaction, content: BuiltContent, options: BuildOptions) -> BuildRecord:
    corpus, names, schema = content.corpus, content.corpus.names, content.schema
    return BuildRecord(
        corpus=CorpusDescription(corpus.title, corpus.licence, corpus.creator),
        sources={
            **{document.graph: (_source_file(name, document),) for name, document in content.documents.items()},
            names.ontology: schema.ontology_files,
            names.shapes: schema.shapes_files,
        },
        inferred_from=(*filter(names.asserts, transaction.graphs()), names.ontology),
        software=SOFTWARE,
        version=software_version(),
        reasoner=options.reasoner,
        time=options.time,
    )


def _source_file(name: str, document: BuiltDocument) -> SourceFile:
    # The path of a document outside the corpus's folder belongs to this machine, and must not be published.
    return SourceFile(Path(name).name if Path(name).is_absolute() else name, document.digest)


def _questions(corpus: Corpus) -> tuple[Question, ...]:
    """Return the corpus's own questions, and the shipped ones whose names it does not use."""
    shipped = {question.name: question for question in read_questions(ontology_folder() / "questions")}
    own = {question.name: question for question in corpus.questions}
    return tuple({**shipped, **own}.values())
