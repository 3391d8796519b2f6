"""The use case `build`: makes a corpus the store's current version, processing only changes since the last build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Graph

from kg.app.build_options import DEFAULT_OPTIONS, OWLRL, PYSHACL, BuildOptions, Progress, no_progress
from kg.app.builds.build_by_article import ArticleBuild, LeftOutError, combined_error
from kg.app.builds.build_changes import build_changes
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.build_whole import build_whole
from kg.app.builds.last_build import BuiltDocument, LastBuild, LeftOutDocument
from kg.app.builds.new_version import NewVersion
from kg.app.builds.stored_documents import WholeBuildNeededError
from kg.app.corpus_dataset import corpus_file
from kg.app.schema import read_schema
from kg.datasets import GraphNames, Owner
from kg.errors import DataError, MappingError
from kg.garbage_collection import one_collection
from kg.mapping.corpora.corpus_documents import UnreadDocuments
from kg.mapping.corpora.corpus_reader import UncheckedArticle, read_corpus, unchecked_reason
from kg.store import EmbeddedStore, Transaction, Version, versions_of_same_facts
from kg.validation.validation_report import ValidationReport

Faults = dict[Path, DataError]
"""The errors of articles that are left out, by document."""
NOTHING_VALIDATED = ValidationReport((), Graph(), {})


@dataclass(frozen=True)
class Built:
    """The result of a build: the version that is now current, and whether it is new."""

    version: Version
    names: GraphNames
    unchecked: tuple[UncheckedArticle, ...]
    """The articles whose passages were not compared with a text."""
    report: ValidationReport = NOTHING_VALIDATED
    """The validation results for the documents that were read."""
    changed: bool = False
    read: int = 0
    """The number of documents that were read."""
    left_out: Mapping[str, LeftOutDocument] = field(default_factory=dict)
    """The documents of faulty articles, by name."""

    @property
    def inferred(self) -> int:
        """Return the number of inferred triples."""
        return self.version.counts[self.names.inferred]

    @property
    def asserted(self) -> int:
        """Return the number of asserted triples in the default graph."""
        return self.version.default - self.inferred - self.version.counts[self.names.description]


def build(
    corpus: Path,
    open_store: Callable[[GraphNames], EmbeddedStore],
    options: BuildOptions = DEFAULT_OPTIONS,
    progress: Progress = no_progress,
) -> Built:
    """Make a corpus the store's current version; if the build fails, the store is unchanged.

    Clients' own graphs are kept, and included in inference and validation. Raises MappingError, ContradictionError,
    IllTypedLiteralError, ShapesViolatedError or UnsupportedAxiomError if the corpus is faulty.
    """
    file = corpus_file(corpus)
    progress(f"Reading the mapping documents of {file}")
    inputs = BuildInputs.of(file, options)
    store = open_store(inputs.names)
    last = LastBuild.read(store)
    if last and not _must_build(options) and inputs.is_unchanged(last) and _has_facts_of(last, store, inputs):
        store.drop_unfinished()
        unchecked = _unchecked(last.documents, inputs, options)
        return Built(store.current(), inputs.names, unchecked, left_out=last.left_out)
    new, inputs, faults = _build_without_faults(store, inputs, last, options, progress)
    left_out = {
        name: LeftOutDocument(digest, tuple(str(faults[inputs.corpus.file.parent / name]).splitlines()))
        for name, digest in inputs.left_out.items()
    }
    # Before the unfinished results are dropped: a build that is interrupted here can continue from them.
    _last_build(new, inputs, left_out).write(store)
    store.drop_unfinished()
    unchecked = _unchecked(new.documents, inputs, options)
    return Built(new.version, inputs.names, unchecked, new.report, new.changed, new.read, left_out)


def _must_build(options: BuildOptions) -> bool:
    """Return whether everything has to be built, regardless of changes."""
    return options.force or options.cross_check or options.validator == PYSHACL


def _build_without_faults(
    store: EmbeddedStore, inputs: BuildInputs, last: LastBuild | None, options: BuildOptions, progress: Progress
) -> tuple[NewVersion, BuildInputs, Faults]:
    """Build a corpus, if necessary without faulty articles; return the new version, its inputs and the faults."""
    faults: Faults = {}
    # Without an article, others that refer to it may be faulty.
    while True:
        try:
            new, of_articles = _new_version(store, inputs, last, options, progress)
        except DataError as error:
            at_fault = _articles_at_fault(error, inputs)
            if not (at_fault or faults):
                raise
            if not at_fault:
                # Including the articles left out before, which may be the reason, since others refer to them.
                raise combined_error([*faults.values(), error]) from error
            # A document that was being saved while it was read is not its author's fault.
            inputs.require_unchanged(at_fault)
            if options.strict or len(at_fault) == len(inputs.corpus.articles):
                raise combined_error([*faults.values(), *at_fault.values()]) from error
            progress(f"Leaving out {len(at_fault)} of {len(inputs.corpus.articles)} articles, which are faulty")
            faults, inputs = {**faults, **at_fault}, inputs.without(at_fault)
        else:
            return new, inputs.without(of_articles), {**faults, **of_articles}


def _articles_at_fault(error: DataError, inputs: BuildInputs) -> Faults:
    """Return the errors by article if an error only concerns articles."""
    if isinstance(error, LeftOutError):
        return error.faults
    problems = error.problems if isinstance(error, MappingError) else []
    files = {problem.location.file for problem in problems}
    # For a fault in the corpus or its authority, leaving out articles does not help.
    if not files <= {*inputs.corpus.articles}:
        return {}
    return {file: MappingError([p for p in problems if p.location.file == file]) for file in sorted(files)}


def _new_version(
    store: EmbeddedStore, inputs: BuildInputs, last: LastBuild | None, options: BuildOptions, progress: Progress
) -> tuple[NewVersion, Faults]:
    """Build only what has changed, or everything if necessary, and report the reason."""
    if last is not None and not _must_build(options):
        try:
            _require_comparable(inputs, last, options)
            with store.write() as transaction:
                # Checked again with the writers' lock held, since a client may have written in the meantime.
                _require_facts_of(last, store, inputs)
                return _build_changes(transaction, inputs, last, options, progress), {}
        except WholeBuildNeededError as reason:
            progress(f"Reading everything, since {reason}")
    # Clients' facts may affect any article, and a single article cannot be distributed.
    if options.is_reference or _has_client_facts(store, inputs.names) or len(inputs.corpus.articles) == 1:
        unread = UnreadDocuments(inputs.corpus.left_out)
        corpus, schema = read_corpus(inputs.corpus.file, options.sources, unread=unread), read_schema()
        with store.write() as transaction:
            return build_whole(transaction, corpus, schema, inputs, options, progress), {}
    articles = ArticleBuild(inputs, options, progress, store.unfinished())
    with store.write(from_empty=True) as transaction:
        return articles.run(transaction), articles.faults


def _build_changes(
    transaction: Transaction, inputs: BuildInputs, last: LastBuild, options: BuildOptions, progress: Progress
) -> NewVersion:
    """Build what has changed. Also raises WholeBuildNeededError if there is a fault but its article is unknown."""
    try:
        with one_collection():
            return build_changes(transaction, inputs, last, options, progress)
    except MappingError:
        raise
    except DataError as error:
        if options.strict or len(inputs.corpus.articles) == 1:
            raise
        raise WholeBuildNeededError("a changed document has faults") from error


def _has_client_facts(store: EmbeddedStore, names: GraphNames) -> bool:
    return any(names.owner(name) is Owner.CLIENT and names.asserts(name) for name in store.current().counts)


def _has_facts_of(last: LastBuild, store: EmbeddedStore, inputs: BuildInputs) -> bool:
    """Return whether the current version is that of the last build, or differs only in readers' collections."""
    return any(map(last.made, versions_of_same_facts(store, inputs.names, store.current())))


def _require_facts_of(last: LastBuild, store: EmbeddedStore, inputs: BuildInputs) -> None:
    """Raise WholeBuildNeededError if a client has written facts since, or another version has become current."""
    if not _has_facts_of(last, store, inputs):
        raise WholeBuildNeededError(f"version {store.current().name} has different facts from the last build")


def _require_comparable(inputs: BuildInputs, last: LastBuild, options: BuildOptions) -> None:
    """Raise WholeBuildNeededError if the last build does not allow building only the changes."""
    changed = len(inputs.files) - len(inputs.unchanged_documents(last))
    if settings := inputs.changed_settings(last):
        raise WholeBuildNeededError(f"what all documents depend on has changed: {settings}")
    if options.reasoner == OWLRL:
        raise WholeBuildNeededError("owlrl infers from everything at once")
    if all(document.graph != inputs.names.authority for document in last.documents.values()):
        raise WholeBuildNeededError("an article in no corpus is built as a whole")
    if inputs.corpus.has_withdrawn:
        raise WholeBuildNeededError("the corpus has withdrawn articles, whose links are in no graph")
    # If there are fewer files than documents, one is listed twice, which reading everything reports as an error.
    if 2 * changed > len(inputs.files) or len(inputs.files) < len(inputs.corpus.documents):
        raise WholeBuildNeededError(f"{changed} of {len(inputs.files)} documents have changed")


def _last_build(new: NewVersion, inputs: BuildInputs, left_out: dict[str, LeftOutDocument]) -> LastBuild:
    """Return the record of a build for the next one."""
    return LastBuild(
        version=new.version.name,
        version_digest=new.version.digest,
        settings=inputs.settings,
        time=inputs.time,
        documents=new.documents,
        texts=inputs.texts_digest,
        described_by_authority=tuple(sorted(new.corpus.described_by_authority)),
        left_out=left_out,
        counts={" ".join(key): number for key, number in new.counts.items()},
    )


def _unchecked(
    documents: dict[str, BuiltDocument], inputs: BuildInputs, options: BuildOptions
) -> tuple[UncheckedArticle, ...]:
    start, reason = inputs.names.article(""), unchecked_reason(options.sources)
    articles = (document for _, document in sorted(documents.items()) if document.graph.startswith(start))
    return tuple(
        UncheckedArticle(document.graph.removeprefix(start), reason)
        for document in articles
        if options.sources is None or not document.text
    )
