"""A store on an external server: the graphs that `kg push` has sent there, read over the SPARQL 1.1 Protocol.

The engine only has named graphs. Each query is sent with its dataset, whose default graph consists of the graphs that
our default graph unites. An engine has one state, hence one version, named by a digest of what distinguishes states.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Self

import pyoxigraph as ox
from rdflib import PROV, RDF

from kg import formats
from kg.act_words import CONCEPT_WORDS
from kg.datasets import GraphNames
from kg.engines.boolean_casts import with_truth_values
from kg.engines.engine_connection import TIMEOUT, Deadline, EngineAnswer, EngineConnection
from kg.engines.engine_table import ANY, Engine, engine_of
from kg.engines.logins import Login
from kg.engines.result_tables import (
    ResultTable,
    read_results,
    read_table,
    read_triples,
    reading,
    refuse_cut_off,
    truth_value,
    with_columns,
)
from kg.errors import (
    FetchError,
    NotAcceptableError,
    RequestError,
    StoppedError,
    TimeLimitError,
    UnknownGraphError,
    UnknownVersionError,
)
from kg.formats import Format, Holds
from kg.iterables import in_batches
from kg.prefixes import prefixes
from kg.sparql.protocol import STORED, Query, QueryForm, RequestDataset
from kg.sparql.query_terms import iri_in_query
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.workarounds import with_total_order
from kg.store.answers import answer_format, checked_query, written_answer
from kg.store.engine_thread import Sink, stream
from kg.store.interfaces import Answer, Version
from kg.store.label_columns import LABEL_PROPERTIES, preferred_label
from kg.store.serialization import rdf_format, require_format, write_results, write_triples
from kg.terms import to_graph, to_quads

FRESH_SECONDS = 10.0
"""Seconds during which the engine's state is not requested again."""
_LABELS_OF_A_QUERY = 500
_BASE = f"""SELECT DISTINCT ?dataset WHERE {{ GRAPH ?provenance {{ ?dataset a <{PROV.Collection}> }}
  FILTER(STR(?provenance) = CONCAT(STR(?dataset), "graph/provenance")) }}"""
_COUNTS = "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
_MEMBERS = f"SELECT ?graph WHERE {{ GRAPH <%s> {{ <%s> <{PROV.hadMember}> ?graph }} }}"
_ACTIVITIES = f"""SELECT ?activity ?time WHERE {{ GRAPH <%s> {{ ?activity <{RDF.type}> <{PROV.Activity}>
  OPTIONAL {{ ?activity <{PROV.endedAtTime}> ?time }} }} }}"""
_TRIPLES = "SELECT ?s ?p ?o WHERE { GRAPH <%s> { ?s ?p ?o } }"
# DISTINCT, since an engine may return a triple once for each graph in its default graph.
_DEFAULT = "SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o }"
_DEFAULT_COUNT = "SELECT (COUNT(*) AS ?triples) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }"
_LABELS = """SELECT DISTINCT ?thing ?property ?label WHERE {
  VALUES ?thing { %s } VALUES ?property { %s } GRAPH ?g { ?thing ?property ?label } }"""


@dataclass(frozen=True)
class EngineState:
    """The state of our dataset on an engine, as far as triple counts show."""

    engine: Engine
    names: GraphNames | None
    version: Version

    @property
    def dataset(self) -> RequestDataset:
        """Return the dataset of queries that name none; for a plain store, the engine's own."""
        if self.names is None:
            return STORED
        counts = self.version.counts
        return RequestDataset((*filter(self.names.in_default, counts),), (*counts,))


@dataclass
class _KnownStates:
    """The last known state of an engine, and the names of versions that readers may still refer to."""

    latest: EngineState | None = None
    refreshed: float = 0.0
    names: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    asking: threading.Lock = field(default_factory=threading.Lock)


class RemoteStore:
    """A store on an external engine; see `kg.store.interfaces.Store`. Thread-safe."""

    def __init__(
        self,
        connection: EngineConnection,
        seconds: float = TIMEOUT,
        has_left: Callable[[], bool] = lambda: False,
        known: _KnownStates | None = None,
    ) -> None:
        self._connection, self._seconds, self._has_left = connection, seconds, has_left
        self._known = known or _KnownStates()

    @classmethod
    def open(cls, url: str, login: Login) -> Self:
        """Return the store at a SPARQL query address. Raises RequestError or FetchError as `state` does."""
        opened = cls(EngineConnection(url, login))
        opened.state()
        return opened

    def graph_names(self) -> GraphNames | None:
        """Return the names of the graphs, None for a plain store."""
        return self.state().names

    def state(self) -> EngineState:
        """Return the engine's state, requesting it again if it is too old.

        Raises FetchError if the engine does not answer, RequestError if it holds the datasets of several corpora.
        """
        # Shared by the stores of all requests (`within`), so that one of them refreshes it for all.
        known = self._known
        # The lock is held during the request: other threads wait for its answer instead of sending the same.
        with known.asking:
            if known.latest is None or time.monotonic() - known.refreshed > FRESH_SECONDS:
                known.latest, known.refreshed = self._read_state(), time.monotonic()
                if known.latest.version.name not in known.names:
                    known.names.append(known.latest.version.name)
            return known.latest

    def within(self, seconds: float, has_left: Callable[[], bool]) -> RemoteStore:
        """Return the same store for requests with a time limit that end if their client has disconnected."""
        return RemoteStore(self._connection, seconds, has_left, self._known)

    def engine_name(self) -> str:
        """Return the engine's name in the table of engines as far as known, without a request."""
        latest = self._known.latest
        return (latest.engine if latest else ANY).name

    def current(self) -> Version:
        """Return the version that readers see now."""
        return self.state().version

    def versions(self) -> tuple[Version, ...]:
        """Return the one version."""
        return (self.current(),)

    def names(self) -> tuple[str, ...]:
        """Return the name of the one version."""
        return (self.current().name,)

    def version(self, name: str | None = None) -> Version:
        """Return the one version. Raises UnknownVersionError if another is named."""
        current = self.current()
        # A client may still use the name of a version that was current a moment ago.
        if name is None or name in self._known.names:
            return current
        host = self._connection.host
        raise UnknownVersionError(f"There is no version {name!r}: {host} holds one version, which is {current.name}.")

    def size(self) -> None:
        """Return None, because the engine has the files."""

    def query(self, query: Query) -> Answer:
        """Answer a query. Raises QuerySyntaxError, ForbiddenError, RequestError, FetchError or TimeLimitError."""
        request, version = checked_query(query), self.version(query.version)
        form = QueryForm.SELECT if query.explain else request.form
        format_, state = answer_format(form, query), self.state()
        dataset = state.dataset if request.dataset == STORED else request.dataset
        sent = _spelt_for(state.engine, request.original)
        # The protocol has no parameter for a base.
        text = f"BASE <{query.base}> {sent}" if query.base else sent
        left = self._deadline()

        def work(sink: Sink[None]) -> None:
            if query.explain:
                sink.begin(None)
                write_results(_explained(state.engine, text, dataset), sink, format_)
            elif request.form in (QueryForm.SELECT, QueryForm.ASK):
                answer = self._ask(text, dataset, formats.JSON, left)
                results = self._results(state.engine, answer, request.form, query, left)
                sink.begin(None)
                with reading(answer.host):
                    write_results(results, sink, format_)
            else:
                triples = read_triples(self._ask(text, dataset, formats.NTRIPLES, left))
                sink.begin(None)
                write_triples(triples, sink, format_, request.prologue.named())

        return Answer(form, format_, stream(work)[1], version.name)

    def graph(self, name: str | None, format_: Format, version: str | None = None) -> Answer:
        """Answer with a graph's triples (the default graph's for None). Raises UnknownGraphError if there is none."""
        seen = self.version(version)
        if name is not None and name not in seen.counts:
            raise UnknownGraphError(f"The dataset holds no graph {name}.")
        require_format(format_)

        def write(sink: Sink[None]) -> None:
            write_triples(self._graph(name, seen), sink, format_, self._prefixes())

        return written_answer(write, format_, seen.name)

    def dataset(self, format_: Format, version: str | None = None) -> Answer:
        """Answer with every named graph in a format that holds quads."""
        if format_.holds is not Holds.QUADS:
            raise NotAcceptableError(f"{format_.label} holds one graph only, and the dataset has several.")
        seen = self.version(version)

        def write(sink: Sink[None]) -> None:
            graphs = (to_quads(self._graph(name, seen), to_graph(name)) for name in sorted(seen.counts))
            ox.serialize(chain.from_iterable(graphs), sink.file, rdf_format(format_), prefixes=self._prefixes())

        return written_answer(write, format_, seen.name)

    def _read_state(self) -> EngineState:
        left = self._deadline()
        # Not with `_ask`: only this answer identifies the engine, and so the parameters that it supports.
        answer = self._connection.ask([("query", _BASE)], formats.JSON.media_type, left)
        engine = engine_of(answer.headers.get("Server", ""))
        datasets = read_table(answer, ()).rows
        if len(datasets) > 1:
            known = ", ".join(sorted(row["dataset"]["value"] for row in datasets))
            raise RequestError(f"{answer.host} holds the datasets of several corpora: {known}; expected one.")
        names = GraphNames(datasets[0]["dataset"]["value"]) if datasets else None
        stored = {row["graph"]: int(row["triples"]) for row in self._rows(engine, _COUNTS, STORED, left)}
        if names is None:
            return EngineState(engine, None, _version(stored, sum(stored.values()), []))
        members = self._rows(engine, _MEMBERS % (names.provenance, names.base), STORED, left)
        ours = {row["graph"] for row in members}
        # An engine may also hold its own graphs, and other people's.
        counts = {name: stored[name] for name in sorted(stored) if name in ours or name.startswith(names.base)}
        activities = self._rows(engine, _ACTIVITIES % names.provenance, STORED, left)
        default_graph = RequestDataset((*filter(names.in_default, counts),))
        default = int(self._rows(engine, _DEFAULT_COUNT, default_graph, left)[0]["triples"])
        return EngineState(engine, names, _version(counts, default, activities))

    def _rows(self, engine: Engine, text: str, dataset: RequestDataset, left: Deadline) -> list[dict[str, str]]:
        table = self._table(engine, text, dataset, left)
        return [{name: term["value"] for name, term in row.items()} for row in table.rows]

    def _table(self, engine: Engine, text: str, dataset: RequestDataset, left: Deadline) -> ResultTable:
        answer = self._ask(text, dataset, formats.JSON, left)
        table = read_table(answer, engine.spellings)
        refuse_cut_off(answer, engine.row_limit, len(table.rows))
        return table

    def _results(
        self, engine: Engine, answer: EngineAnswer, form: QueryForm, query: Query, left: Deadline
    ) -> ox.QuerySolutions | ox.QueryBoolean:
        if form is QueryForm.ASK:
            return truth_value(answer)
        # Solutions are streamed unless labels or a row limit require all of them at once.
        if not query.labels and not answer.headers.get(engine.row_limit):
            return read_results(answer, engine.spellings)
        table = read_table(answer, engine.spellings)
        refuse_cut_off(answer, engine.row_limit, len(table.rows))
        if not query.labels:
            return table.solutions()
        words = CONCEPT_WORDS if query.plain_labels else {}
        labels = self._labels(engine, table, query.labels, left)
        # These replace labels of the store that are jargon to readers.
        in_words = {iri: {"type": "literal", "value": word, "xml:lang": "en"} for iri, word in words.items()}
        return with_columns(table, query.labels, {**labels, **in_words}).solutions()

    def _labels(
        self, engine: Engine, table: ResultTable, columns: Sequence[str], left: Deadline
    ) -> Mapping[str, dict[str, str]]:
        """Return the label of each IRI in the columns, from all our graphs, chosen as in `kg.store.label_columns`."""
        terms = (row[column] for row in table.rows for column in columns if column in row)
        iris = dict.fromkeys(term["value"] for term in terms if term["type"] == "uri")
        labels_of: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        properties = " ".join(map(iri_in_query, LABEL_PROPERTIES))
        for batch in in_batches(iris, _LABELS_OF_A_QUERY):
            text = _LABELS % (" ".join(map(iri_in_query, batch)), properties)
            for row in self._table(engine, text, self.state().dataset, left).rows:
                if row["label"]["type"] == "literal":
                    label = row["label"]["value"], row["label"].get("xml:lang", "")
                    labels_of[row["thing"]["value"], row["property"]["value"]].append(label)
        best: dict[str, dict[str, str]] = {}
        for iri in iris:
            for labels in (labels_of[iri, name] for name in LABEL_PROPERTIES if (iri, name) in labels_of):
                value, language = preferred_label(labels)
                term = {"type": "literal", "value": value}
                # The first property with a label wins, as in our own store.
                best.setdefault(iri, {**term, "xml:lang": language} if language else term)
        return best

    def _graph(self, name: str | None, version: Version) -> Iterator[ox.Triple]:
        """Yield a graph's triples. Raises FetchError if their number differs from the engine's own count."""
        state, left = self.state(), self._deadline()
        text, dataset = (_DEFAULT, state.dataset) if name is None else (_TRIPLES % name, STORED)
        answer = self._ask(text, dataset, formats.JSON, left)
        results = read_results(answer, state.engine.spellings)
        if isinstance(results, ox.QueryBoolean):
            raise FetchError(f"{answer.host} answered a SELECT with a truth value.")
        number, expected = 0, version.size_of(name)
        with reading(answer.host):
            for subject, predicate, value in results:
                number += 1
                yield ox.Triple(subject, predicate, value)
        if number != expected:
            what = "its default graph" if name is None else f"<{name}>"
            raise FetchError(
                f"{answer.host} has sent {number:,} of the {expected:,} triples that it counted in {what}: "
                "it sends no more at once, or the graph was written meanwhile."
            )

    def _ask(self, text: str, dataset: RequestDataset, format_: Format, left: Deadline) -> EngineAnswer:
        fields = [("query", text), *_graph_fields(dataset)]
        engine = self._known.latest.engine if self._known.latest else ANY
        if engine.timeout is not None:
            parameter, units = engine.timeout
            fields.append((parameter, str(max(int(left() * units), 1))))
        answer = self._connection.ask(fields, format_.media_type, left)
        if engine.cut_short and engine.cut_short in answer.headers:
            raise TimeLimitError(f"{answer.host} gave up in the middle of the answer ({engine.cut_short}).", "time")
        return answer

    def _prefixes(self) -> dict[str, str]:
        names = self.graph_names()
        return prefixes(names.base) if names else {}

    def _deadline(self) -> Deadline:
        end, has_left = time.monotonic() + self._seconds, self._has_left

        def left() -> float:
            if has_left():
                raise StoppedError("The client that asked has left.")
            return end - time.monotonic()

        return left


def _version(counts: Mapping[str, int], default: int, activities: Iterable[Mapping[str, str]]) -> Version:
    """Return a state as a version; `activities` are the builds and writes in its provenance."""
    done = sorted((row["activity"], row.get("time", "")) for row in activities)
    digest = hashlib.sha256(repr((sorted(counts.items()), default, done)).encode()).hexdigest()
    created = max((ended for _, ended in done), default="")
    # Digits, like the names of our own versions.
    return Version(f"{int(digest[:10], 16):013}", created, "on another engine", dict(counts), default, digest)


def _graph_fields(dataset: RequestDataset) -> list[tuple[str, str]]:
    """Return the parameters that name a dataset (SPARQL 1.1 Protocol, section 2.1.4)."""
    default = [("default-graph-uri", name) for name in dataset.default]
    return [*default, *(("named-graph-uri", name) for name in dataset.named)]


def _spelt_for(engine: Engine, query: TokenizedText) -> str:
    """Return the text of a query, rewritten so that an engine evaluates it correctly."""
    query = with_total_order(query) if engine.needs_total_order else query
    return (with_truth_values(query) if engine.counts_truth_values else query).text


def _explained(engine: Engine, text: str, dataset: RequestDataset) -> ox.QuerySolutions:
    """Return a table of what would be sent, for an explanation."""
    rows = [("engine", engine.name), *_graph_fields(dataset), ("text", text)]
    names = "step", "detail"
    cells = [{name: {"type": "literal", "value": cell} for name, cell in zip(names, row, strict=True)} for row in rows]
    return ResultTable(names, cells).solutions()
