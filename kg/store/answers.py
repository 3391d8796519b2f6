"""Answers: the results of a query, a graph or the whole dataset, in chunks of the requested format."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox

from kg import formats
from kg.act_words import CONCEPT_WORDS
from kg.bounded_cache import BoundedCache
from kg.errors import NotAcceptableError
from kg.formats import Format
from kg.sparql.engine_dataset import EngineDataset
from kg.sparql.optimizations import Optimized, optimize
from kg.sparql.protocol import STORED, Query, QueryForm
from kg.sparql.query_request import Request, read_query
from kg.sparql.syntax_faults import refuse_faults
from kg.sparql.token_edits import Edits
from kg.sparql.workarounds import aggregates_in, functions_in
from kg.sparql.workarounds.extension_functions import Functions, own_functions
from kg.sparql.workarounds.graph_patterns import rewrite_graph_patterns
from kg.store.engine_thread import Sink, call, stream
from kg.store.interfaces import Answer
from kg.store.label_columns import LABEL_FUNCTION, label_function, with_label_columns
from kg.store.serialization import rdf_format, require_format, write_quads, write_results, write_triples
from kg.store.snapshots import Snapshot
from kg.terms import GraphName

MAX_KEPT_CHARACTERS = 64 * 1024
"""Total characters of the texts whose parsed requests are cached: their tokens take about a hundred times as much."""
# Pages run the same queries again and again.
_requests = BoundedCache[Request](256, MAX_KEPT_CHARACTERS)
Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Evaluation:
    """A parsed query, and the work that evaluates it, to be run in a thread of `engine_thread`."""

    form: QueryForm
    format: Format
    version: str
    work: Callable[[Sink[None]], None]


def read_evaluation(query: Query, snapshot: Snapshot, version: str) -> Evaluation:
    """Parse a query without evaluating it; errors in the request are raised here."""
    request = _read(query)
    labels: Functions = {}
    if query.labels:
        labels[LABEL_FUNCTION] = label_function(snapshot.store, CONCEPT_WORDS if query.plain_labels else {})
    form = QueryForm.SELECT if query.explain else request.form
    format_ = answer_format(form, query)

    def work(sink: Sink[None]) -> None:
        started, dataset = time.thread_time(), snapshot.dataset(request.dataset)
        optimized = _optimized(request, query, snapshot)
        if query.explain:
            results: Results = _explained(request, optimized, dataset, labels)
        else:
            results = _evaluated(request, optimized, dataset, labels)
        sink.begin(None)
        if isinstance(results, ox.QueryTriples):
            write_triples(results, sink, format_, request.prologue.named())
        else:
            write_results(results, sink, format_)
        # Not earlier, since the engine evaluates while its solutions are written.
        snapshot.data_facts.note_cost(optimized.unknown, time.thread_time() - started)

    return Evaluation(form, format_, version, work)


def _optimized(request: Request, query: Query, snapshot: Snapshot) -> Optimized:
    """Return what the engine is to evaluate; facts about the stored default graph do not apply to other datasets."""
    if not query.optimize:
        return Optimized(request.rewritten)
    facts = snapshot.data_facts
    # An explanation checks every fact, whatever queries have cost so far.
    knows = facts.must_hold if query.explain else facts.holds
    return optimize(request.rewritten, request.prologue, None if request.dataset != STORED else knows)


def _explained(
    request: Request, optimized: Optimized, dataset: EngineDataset, functions: Functions
) -> ox.QuerySolutions:
    """Return a table of the text that the engine would get, and of the optimizations made, with the reasons."""
    text = rewrite_graph_patterns(optimized.tokenized, request.prologue, dataset)
    _evaluated(request, optimized, EngineDataset(ox.Store()), functions)  # raises syntax errors as usual
    rows = [*optimized.reasons, ("text", text)]
    # Built by a query, since only queries give solutions that the engine's serializers accept.
    values = " ".join(f"({ox.Literal(step)} {ox.Literal(detail)})" for step, detail in rows)
    return cast(
        "ox.QuerySolutions", ox.Store().query(f"SELECT ?step ?detail {{ VALUES (?step ?detail) {{ {values} }} }}")
    )


def _read(query: Query) -> Request:
    """Return a parsed and rewritten query, from a cache; it depends only on its text and on these parameters."""
    key = query.text, query.labels, query.base, query.dataset, query.sparql12
    request = _requests.get(key)
    if request is None:
        text = with_label_columns(query.text, query.labels)
        request = read_query(text, query.base, query.dataset, sparql12=query.sparql12)
        _requests.put(key, request, len(text) + sum(map(len, (*query.dataset.default, *query.dataset.named))))
    return request


def check_query(text: str) -> QueryForm:
    """Return the form of a query. Raises RequestError if it does not parse or the policy refuses it."""
    return checked_query(Query(text, None, None)).form


def checked_query(query: Query) -> Request:
    """Return a parsed query for another engine. Raises RequestError as `check_query` does."""
    request = read_query(query.text, query.base, query.dataset, sparql12=query.sparql12)
    call(lambda: _require_parseable(request))
    return request


def _require_parseable(request: Request) -> None:
    """Raise SyntaxError, or RequestError if the fault can be located, if a query does not parse."""
    # The engine only parses what it evaluates, and sorts the rows of VALUES at once: joined with a table without rows,
    # there are none.
    edits = Edits(request.original)
    group = edits.group_of_clause(-1)
    if group is not None and group in edits.closing:
        edits.insert_after(group, " VALUES () {} {")
        edits.insert_before(edits.closing[group], "}")
    try:
        _run_query(request, edits.result().text, EngineDataset(ox.Store()))
    except SyntaxError:
        # CONSTRUCT WHERE allows only triples, so that a valid one no longer parses after the edit.
        _require_original_parses(request)


def _require_original_parses(request: Request) -> None:
    """Raise as `_require_parseable` does, with the position of the error in the text that the client sent."""
    try:
        _run_query(request, request.original.text, EngineDataset(ox.Store()))
    except SyntaxError:
        refuse_faults(request.original)
        raise


def graph_answer(
    snapshot: Snapshot, graph: GraphName, format_: Format, version: str, prefixes: Mapping[str, str]
) -> Answer:
    """Answer with the triples of a graph; in formats with named graphs, they are the document's default graph."""
    # This way, the document can be sent back to any graph (Graph Store HTTP Protocol, sections 5.2 and 5.3).
    require_format(format_)

    def write(sink: Sink[None]) -> None:
        if format_ is formats.RDFXML:  # predicates that are not XML names have to be refused one by one
            triples = (quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, graph))
            write_triples(triples, sink, format_, prefixes)
        else:
            snapshot.store.dump(sink.file, rdf_format(format_), from_graph=graph, prefixes=dict(prefixes))

    return written_answer(write, format_, version)


def dataset_answer(
    snapshot: Snapshot, graphs: Iterable[GraphName], format_: Format, version: str, prefixes: Mapping[str, str]
) -> Answer:
    """Answer with the quads of graphs, each under its own name."""
    require_format(format_)
    if format_ is formats.NQUADS:
        return written_answer(lambda sink: write_quads(snapshot.store, graphs, sink), format_, version)
    quads = (quad for graph in graphs for quad in snapshot.store.quads_for_pattern(None, None, None, graph))

    def write(sink: Sink[None]) -> None:
        ox.serialize(quads, sink.file, rdf_format(format_), prefixes=dict(prefixes))

    return written_answer(write, format_, version)


def written_answer(write: Callable[[Sink[None]], None], format_: Format, version: str) -> Answer:
    """Answer with triples or quads that a function writes, which is called in a thread for the engine."""

    def work(sink: Sink[None]) -> None:
        sink.begin(None)
        write(sink)

    return Answer(QueryForm.CONSTRUCT, format_, stream(work)[1], version)


def answer_format(form: QueryForm, query: Query) -> Format:
    """Return the format of an answer. Raises NotAcceptableError if the client accepts none for the query's form."""
    asks_results = form in (QueryForm.SELECT, QueryForm.ASK)
    format_, kind = (query.results, "a format of query results") if asks_results else (query.graph, "an RDF format")
    if format_ is None:
        formats_of_form = formats.RESULT_FORMATS if asks_results else formats.GRAPH_FORMATS
        offered = ", ".join(known.name for known in formats_of_form)
        raise NotAcceptableError(
            f"The answer to {form.value} is written in {kind}, and the request accepts none: expected one of {offered}."
        )
    require_format(format_, of_results=asks_results)
    return format_


def _evaluated(request: Request, optimized: Optimized, dataset: EngineDataset, functions: Functions) -> Results:
    text = rewrite_graph_patterns(optimized.tokenized, request.prologue, dataset)
    try:
        return _run_query(request, text, dataset, functions)
    except SyntaxError:
        _require_original_parses(request)
        raise


def _run_query(request: Request, text: str, dataset: EngineDataset, functions: Functions | None = None) -> Results:
    return dataset.store.query(
        text,
        base_iri=request.base,
        default_graph=dataset.default,
        named_graphs=dataset.named,
        custom_functions={**functions_in(text), **(own_functions(request.functions) or {}), **(functions or {})},
        custom_aggregate_functions=aggregates_in(text),
    )
