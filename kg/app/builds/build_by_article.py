"""A build of everything, article by article, whose memory grows with what articles share, not with all their content.

Articles are built by several processes and written when done. Then the store is used for everything that involves
several articles: references to each other, joint inference, and the validation of shared nodes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from kg.app.asserted_triples import AssertedTriples
from kg.app.build_options import BuildOptions, Progress
from kg.app.builds.article_pool import Outcome, built_articles, process_count, start_fork_server
from kg.app.builds.article_task import BuiltArticle
from kg.app.builds.build_inputs import BuildInputs
from kg.app.builds.finished_articles import FinishedArticles
from kg.app.builds.last_build import BuiltDocument
from kg.app.builds.new_version import BuiltContent, NewVersion, publish, read_document_records
from kg.app.builds.shared_content import read_shared_content
from kg.app.builds.stored_counts import StoredCounts
from kg.app.builds.stored_documents import StoredDocuments
from kg.app.corpus_dataset import CorpusDataset
from kg.app.document_errors import NOWHERE, located_contradictions
from kg.app.partition_counts import Counts, CountSum
from kg.app.schema import read_schema
from kg.app.validate import require_conforming, require_well_typed, violation_error
from kg.datasets import GraphNames, Owner
from kg.errors import DataError, Location, MappingError, Problem
from kg.extras import needs_extra
from kg.garbage_collection import one_collection
from kg.iterables import grouped, in_batches
from kg.mapping.checks.value_checks import dangling_reference, identifier_faults
from kg.mapping.corpora.article_reader import read_article
from kg.mapping.corpora.corpus_documents import UnreadDocuments
from kg.mapping.corpora.corpus_reader import read_corpus
from kg.mapping.triples.document_triples import DocumentParts, article_base
from kg.reasoning.closure_union import infer_across_closures
from kg.store import Transaction, Triple, as_stored, whole_lines
from kg.terms import TextTriple, from_term, from_text, new_graph, to_lines, to_text
from kg.validation.affected_nodes import CachedSubjects
from kg.validation.shacl_validator import merged_report
from kg.validation.validation_report import Severity, ValidationReport

MAX_BATCH_BYTES = 32 * 2**20
"""The bytes of articles' triples that are passed to the engine at a time; with 8 MiB, it spends half of a build merging
the files that it makes of each batch."""
MAX_SHARED_TOGETHER = 40
"""The number of shared nodes validated at a time: shapes read triples of all articles that describe them."""
MAX_AFFECTED_TOGETHER = 1_000
"""The number of other nodes validated at a time: those of one article read the same triples."""


class LeftOutError(DataError):
    """Articles are faulty only together with others: they have to be left out, and the rest built again."""

    def __init__(self, faults: dict[Path, DataError]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(error) for error in faults.values()))


@dataclass
class _Articles:
    """The data kept about the articles that have been built."""

    faults: dict[Path, DataError] = field(default_factory=dict)
    documents: dict[str, BuiltDocument] = field(default_factory=dict)
    slugs: dict[str, Path] = field(default_factory=dict)
    cross_references: dict[Path, DocumentParts] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    """The nodes that several documents may describe."""
    counted_together: set[bytes] = field(default_factory=set)
    """The subjects in N-Triples that are counted at the end, since several graphs may describe them."""
    reports: dict[Path, ValidationReport] = field(default_factory=dict)


class ArticleBuild:
    """One build of all articles of a corpus without faults, in a transaction that starts from nothing."""

    def __init__(self, inputs: BuildInputs, options: BuildOptions, progress: Progress, unfinished: Path) -> None:
        self._inputs, self._options, self._progress, self._unfinished = inputs, options, progress, unfinished
        if not options.cluster and process_count(len(inputs.corpus.articles), options.jobs) > 1:
            start_fork_server()
        self._schema = read_schema()
        self._document_names = inputs.names_of_files
        self._files = inputs.corpus.articles
        shared = read_shared_content(inputs, options.sources)
        self._shared, self._corpus = shared.documents, shared.corpus
        self._base, self._graph_names = self._shared.base, inputs.names
        self._articles, self._stored_counts = _Articles(), StoredCounts()

    @property
    def faults(self) -> dict[Path, DataError]:
        """Return the errors of the articles that cannot be built."""
        return self._articles.faults

    def run(self, transaction: Transaction) -> NewVersion:
        """Build and publish. Raises LeftOutError if articles are faulty together with others."""
        self._progress(f"Building {len(self._files)} articles")
        with self._stored_counts:
            return self._run(transaction)

    def _run(self, transaction: Transaction) -> NewVersion:
        finished = FinishedArticles.of(self._inputs, self._unfinished)
        with self._outcomes(finished) as outcomes:
            # While other processes, if there are any, build the first articles.
            self._schema.compile_for_build()
            self._write_articles(transaction, outcomes)
        if self.faults and (self._options.strict or not self._articles.documents):
            raise combined_error(self.faults.values())
        self._write_shared(transaction)
        _keep_clients_graphs(transaction, self._graph_names)
        self._check_together(transaction)
        self._progress("Inferring across articles")
        self._infer_together(transaction)
        report = self._validate_together(transaction)
        self._progress("Describing the dataset")
        # After all inference, and before the description, which contains these counts and is not counted itself.
        counts = self._counts(transaction)
        documents = {**read_document_records(self._corpus, self._inputs), **self._articles.documents}
        content = BuiltContent(self._corpus, self._schema, documents, counts, report, len(documents))
        return publish(transaction, content, self._options, self._progress)

    def _outcomes(self, finished: FinishedArticles) -> AbstractContextManager[Iterator[Outcome]]:
        if not self._options.cluster:
            return built_articles(self._files, self._shared, self._schema, finished, self._options.jobs)
        with needs_extra("cluster"):
            from kg.app.builds.article_cluster import cluster_articles  # noqa: PLC0415 -- needs an extra
        return cluster_articles(self._files, self._shared, finished, self._options.cluster)

    def _write_articles(self, transaction: Transaction, outcomes: Iterable[Outcome]) -> None:
        with ThreadPoolExecutor(max_workers=1) as loader:
            self._write_batches(_Batch(transaction, self._graph_names, loader), outcomes)

    def _write_batches(self, batch: _Batch, outcomes: Iterable[Outcome]) -> None:
        doubtful = dict[Path, BuiltArticle]()
        for number, (file, outcome) in enumerate(zip(self._files, outcomes, strict=True), start=1):
            self._options.counted(number, len(self._files))
            if isinstance(outcome, DataError):
                # A document that was being saved while it was read is not its author's fault.
                self._inputs.require_unchanged([file])
                self.faults[file] = outcome
            elif other := self._articles.slugs.get(outcome.article.slug):
                self.faults[file] = _same_name(file, other, outcome.article.slug)
            else:
                self._remember(file, outcome)
                if _report(outcome).conforms:
                    batch.add(outcome)
                else:
                    doubtful[file] = outcome
        for file, built in doubtful.items():
            # Other articles may provide what a node of this one lacks: then everything that they affect is validated
            # together. Nodes that others describe too may be incomplete here, and are judged once all are written.
            own = _without(_report(built), self._articles.shared)
            if built.article.cross_references.values or own.conforms:
                batch.add(built)
            else:
                self.faults[file] = violation_error(own, [file], self._base)
                self._forget(file, built)
        batch.write()
        batch.wait()

    def _remember(self, file: Path, built: BuiltArticle) -> None:
        """Keep what is needed of an article at the end. Raises ChangedWhileReadError if the document has changed."""
        article, known = built.article, self._articles
        self._inputs.require(file, article.digest)
        graph = self._graph_names.article(article.slug)
        known.slugs[article.slug] = file
        known.documents[self._document_names[file]] = BuiltDocument(article.digest, graph, article.text)
        known.cross_references[file] = article.cross_references
        known.shared |= article.foreign_iris
        known.counted_together |= built.counts.others
        self._stored_counts.write(file, built.counts)
        if built.results:
            known.reports[file] = _report(built)

    def _forget(self, file: Path, built: BuiltArticle) -> None:
        known = self._articles
        del (
            known.documents[self._document_names[file]],
            known.cross_references[file],
            known.slugs[built.article.slug],
            known.reports[file],
        )

    def _write_shared(self, transaction: Transaction) -> None:
        """Write the authority, outside knowledge and the schema, and what follows from the authority alone."""
        built = {article_base(self._base, slug) for slug in self._articles.slugs}
        authority = new_graph()
        authority += self._shared.authority
        # The authority's triples about an article go into the article's graph, or if that is left out, its own.
        for base, triples in self._shared.authority_triples_by_article.items():
            authority += () if base in built else triples
        self._corpus = replace(
            self._corpus,
            graphs={**self._corpus.graphs, self._graph_names.authority: authority},
            described_by_authority=frozenset(
                self._graph_names.article(slug)
                for slug in self._articles.slugs
                if article_base(self._base, slug) in self._shared.authority_triples_by_article
            ),
        )
        require_well_typed(authority)
        built_graphs = CorpusDataset(self._corpus, self._schema).built
        lines = {name: as_stored(to_lines(graph)) for name, graph in built_graphs.items()}
        inferred = self._schema.reasoner.infer_lines(lines[self._graph_names.authority])
        self._articles.counted_together |= _subjects(lines[self._graph_names.authority] + inferred)
        transaction.load({**lines, self._graph_names.inferred: inferred})
        ends = {node for triple in authority for node in (triple[0], triple[2]) if isinstance(node, URIRef)}
        self._articles.shared |= {str(node) for node in ends if (node, None, None) not in self._schema.ontology}

    def _check_together(self, transaction: Transaction) -> None:
        """Raise LeftOutError or MappingError if documents are incompatible with each other."""
        shared = DocumentParts(
            triples=[triple for document in self._shared.documents.documents for triple in document.triples],
            defined=[defined for document in self._shared.documents.documents for defined in document.defined],
            values=[*self._shared.references],
        )
        parts = [shared, *self._articles.cross_references.values()]
        problems = [*identifier_faults(parts)]
        # Only asserted triples count as definitions, since a range entails a type even for undefined nodes.
        asserted = frozenset(filter(self._graph_names.asserts, transaction.graphs()))
        stored = StoredDocuments(transaction, asserted, frozenset(), before=False)
        dangling = [value for part in parts for value in part.values if not stored.defines(value.iri)]
        problems += [dangling_reference(value, stored.defined_near(value.iri, self._graph_names)) for value in dangling]
        if not problems and stored.contradict_together(shared, self._articles.cross_references.values()):
            problems = _problems_of_all(self._inputs, self._options, self._files)
        self._raise_of({problem.location.file: problem for problem in problems}, problems)

    def _raise_of(self, files: Iterable[Path], problems: list[Problem]) -> None:
        at_fault = {*files}
        if not at_fault <= {*self._files}:
            raise combined_error([*self.faults.values(), MappingError(problems)])
        if at_fault:
            by_file = {file: [problem for problem in problems if problem.location.file == file] for file in at_fault}
            raise LeftOutError({file: MappingError(listed) for file, listed in sorted(by_file.items())})

    def _infer_together(self, transaction: Transaction) -> None:
        """Infer what follows from several documents, and remove triples that one asserts from another's inferences."""
        asserted, shared = AssertedTriples(transaction, self._graph_names), self._shared_nodes
        # Including terms of the ontology, which articles may describe.
        meeting = map(from_text, sorted(self._articles.counted_together.union(map(to_text, shared))))
        with located_contradictions([*self._shared.files, *self._files], self._base):
            inferred = infer_across_closures(
                self._schema.reasoner, transaction.select, transaction.match, asserted.__contains__, meeting
            )
        self._articles.counted_together |= {to_text(subject) for subject, _, _ in inferred}
        transaction.add(self._graph_names.inferred, inferred, Owner.SYSTEM)
        repeated = {triple for node in shared for triple in self._inferred_and_asserted(transaction, node)}
        transaction.remove(self._graph_names.inferred, repeated, Owner.SYSTEM)

    def _inferred_and_asserted(self, transaction: Transaction, node: Node) -> Iterator[Triple]:
        """Yield a node's inferred triples that are asserted too."""
        subject, inferred = to_text(node).decode(), f"<{self._graph_names.inferred}>"
        inferred_pattern, other_pattern = (f"GRAPH {graph} {{ {subject} ?p ?o }}" for graph in (inferred, "?g"))
        text = f"SELECT ?p ?o ?g WHERE {{ {inferred_pattern} {other_pattern} FILTER(?g != {inferred}) }}"
        for predicate, value, graph in transaction.select(text):
            if self._graph_names.asserts(str(from_term(graph))):
                yield node, from_term(predicate), from_term(value)

    @property
    def _shared_nodes(self) -> list[Node]:
        return [URIRef(iri) for iri in sorted(self._articles.shared)]

    def _counts(self, transaction: Transaction) -> Counts:
        """Count the default graph, using the counts of tasks for articles that no other document describes."""
        nodes = self._articles.counted_together | {to_text(node) for node in self._shared_nodes}
        start = f"<{self._base}article/".encode()
        told_of = {node.removeprefix(start).partition(b"/")[0].decode() for node in nodes if node.startswith(start)}
        counts = CountSum(transaction.statements)
        for slug, file in self._articles.slugs.items():
            if slug in told_of:
                own = f"<{article_base(self._base, slug)}".encode()
                nodes |= {node for node in _nodes(transaction, self._graph_names.article(slug)) if node.startswith(own)}
            else:
                counts.add_article(self._stored_counts.read(file))
        for node in nodes:
            counts.add_node(node)
        return counts.total()

    def _validate_together(self, transaction: Transaction) -> ValidationReport:
        """Validate shared nodes and what they affect, and include the articles' own results."""
        asserted = AssertedTriples(transaction, self._graph_names, only_graph=self._own_graphs())
        shared = [to_text(node) for node in self._shared_nodes]
        self._progress(f"Validating what {len(shared):,} shared nodes affect")
        reports, own_results = list[ValidationReport](), [*self._articles.reports.values()]
        found_before = {str(result.focus) for report in own_results for result in report.results}
        validated = set[str]()
        affected = self._affected_by(shared, asserted)
        for nodes in (*in_batches(affected, MAX_AFFECTED_TOGETHER), *in_batches(shared, MAX_SHARED_TOGETHER)):
            # Each part allocates millions of small objects that live until its end, so collecting meanwhile is useless.
            with one_collection():
                reports.append(self._schema.build_validator.report_of(nodes, CachedSubjects(asserted)))
            validated |= found_before.intersection(node[1:-1].decode() for node in nodes)
        reports += [_without(report, validated) for report in own_results]
        report = merged_report(reports, self._locations(reports))
        self._raise_of_violations(report)
        return report

    def _own_graphs(self) -> Callable[[bytes], str | None]:
        """Return a function from a node to the graph of the only article that describes it, None if others may too."""
        start, names = f"<{self._base}article/".encode(), self._graph_names
        several = {to_text(node) for node in self._shared_nodes}
        several |= {to_text(node) for graph in self._corpus.graphs.values() for node in graph.subjects()}
        graphs = {slug.encode(): names.article(slug) for slug in self._articles.slugs}

        def own_graph(node: bytes) -> str | None:
            if not node.startswith(start) or node in several:
                return None
            slug, slash, _ = node[len(start) :].partition(b"/")
            return graphs.get(slug) if slash else None

        return own_graph

    def _affected_by(self, shared: Sequence[bytes], asserted: AssertedTriples) -> list[bytes]:
        """Return the other nodes affected by articles' facts about shared nodes, with each article's nodes together."""
        affected = set[bytes]()
        slugs = self._articles.slugs
        bases = {self._graph_names.article(slug): f"<{article_base(self._base, slug)}".encode() for slug in slugs}
        of_authority = {*as_stored(to_lines(self._shared.authority)).splitlines()}
        for nodes in in_batches(shared, MAX_SHARED_TOGETHER):
            with one_collection():
                graph, stated = CachedSubjects(asserted), defaultdict[frozenset[str], list[TextTriple]](list)
                for fact, holders in (item for node in nodes for item in asserted.statements(node).items()):
                    if b"%b %b %b ." % fact not in of_authority:
                        stated[frozenset(holders)].append(fact)
                for names, facts in stated.items():
                    # An article's own nodes have been validated with everything that it states itself. What these
                    # lead to is its own too, or shared and validated anyway.
                    validated = partial(_is_only_in, names, asserted.only_graph)
                    nodes_of_facts = self._schema.build_validator.affected(facts, graph, except_for=validated)
                    own = tuple(bases[name] for name in names & bases.keys())
                    affected |= {node for node in nodes_of_facts if not node.startswith(own)}
        return sorted(affected.difference(shared))

    def _raise_of_violations(self, report: ValidationReport) -> None:
        """Raise LeftOutError if all violations are of articles' nodes, otherwise ShapesViolatedError."""
        violations = [result for result in report.results if result.severity is Severity.VIOLATION]
        by_file = grouped((report.locations.get(str(result.focus), NOWHERE).file, result) for result in violations)
        if by_file.keys() <= {*self._files} and not self._options.strict and by_file:
            own_reports = {file: replace(report, results=tuple(own)) for file, own in by_file.items()}
            raise LeftOutError({file: violation_error(own, [file], self._base) for file, own in own_reports.items()})
        require_conforming(report, [*self._shared.files, *by_file.keys() & {*self._files}], self._base)

    def _locations(self, reports: Iterable[ValidationReport]) -> dict[str, Location]:
        """Return the locations of nodes in results; the articles that define some are read again."""
        nodes = {str(node) for report in reports for result in report.results for node in (result.focus, result.value)}
        start = f"{self._base}article/"
        slugs = {iri.removeprefix(start).partition("/")[0] for iri in nodes if iri.startswith(start)}
        files = [self._articles.slugs[slug] for slug in slugs if slug in self._articles.slugs]
        defined = {
            iri: location for file in files for iri, location in read_article(file, self._shared)[0].locations.items()
        }
        return {iri: location for iri, location in {**self._corpus.locations, **defined}.items() if iri in nodes}


def _is_only_in(names: Collection[str], own_graph: Callable[[bytes], str | None], node: bytes) -> bool:
    return own_graph(node) in names


def _subjects(lines: bytes) -> set[bytes]:
    return {line.partition(b" ")[0] for line in lines.splitlines()}


def _nodes(transaction: Transaction, graph: str) -> Iterator[bytes]:
    """Yield subjects and objects of a graph in N-Triples."""
    for block in whole_lines(transaction.lines(graph)):
        for line in block.splitlines():
            subject, _, rest = line.split(b" ", 2)
            yield from (subject, rest[:-2])


def _keep_clients_graphs(transaction: Transaction, names: GraphNames) -> None:
    """Copy clients' graphs outside the default graph, which a build keeps, since this one starts from nothing."""
    for name in filter(names.is_clients_apart, transaction.base.counts):
        transaction.load({name: as_stored(to_lines(transaction.find((None, None, None), name, before=True)))})


class _Batch:
    """Articles' triples that are passed to the engine together, in a thread, while further articles are built."""

    def __init__(self, transaction: Transaction, names: GraphNames, loader: Executor) -> None:
        self._transaction, self._graph_names, self._loader = transaction, names, loader
        self._asserted: dict[str, bytes] = {}
        self._inferred: list[bytes] = []
        self._bytes = 0
        self.wait: Callable[[], None] = lambda: None
        """Waits for the last write, and raises its error."""

    def add(self, built: BuiltArticle) -> None:
        """Add an article, and write the batch if it is large enough."""
        self._asserted[self._graph_names.article(built.article.slug)] = built.asserted
        self._inferred.append(built.inferred)
        self._bytes += len(built.asserted) + len(built.inferred)
        if self._bytes > MAX_BATCH_BYTES:
            self.write()

    def write(self) -> None:
        """Begin writing the triples added since the last write, once that is finished."""
        self.wait()
        lines = {**self._asserted, self._graph_names.inferred: b"".join(self._inferred)}
        self.wait = self._loader.submit(self._transaction.load, lines).result
        self._asserted, self._inferred, self._bytes = {}, [], 0


def _same_name(file: Path, other: Path, slug: str) -> MappingError:
    fault = f"the article {slug!r} has the same name as that of {other}; expected a unique name"
    return MappingError([Problem(Location(file, key="article"), f"{fault}.")])


def _report(built: BuiltArticle) -> ValidationReport:
    return ValidationReport(built.results, Graph(), built.locations)


def _without(report: ValidationReport, nodes: set[str]) -> ValidationReport:
    return replace(report, results=tuple(result for result in report.results if str(result.focus) not in nodes))


def _problems_of_all(inputs: BuildInputs, options: BuildOptions, files: Collection[Path]) -> list[Problem]:
    """Return the faults of documents together by reading all of them, since the store has no locations in files."""
    unread = UnreadDocuments(frozenset(file for file in inputs.corpus.articles if file not in files))
    try:
        read_corpus(inputs.corpus.file, options.sources, unread=unread)
    except MappingError as error:
        return error.problems
    return []


def combined_error(faults: Iterable[DataError]) -> DataError:
    """Return one error for several, of their common class, or else a DataError."""
    errors = [*faults]
    if all(isinstance(error, MappingError) for error in errors):
        return MappingError(
            [problem for error in errors if isinstance(error, MappingError) for problem in error.problems]
        )
    kinds = {type(error) for error in errors}
    return (kinds.pop() if len(kinds) == 1 else DataError)("\n".join(map(str, errors)))
