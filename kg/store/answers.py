"""Answers: a query or a graph, evaluated and written in the format asked for, as chunks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg import formats
from kg.errors import NotAcceptableError
from kg.formats import Format
from kg.sparql.engine_dataset import Dataset
from kg.sparql.protocol import STORED, Query, QueryForm
from kg.sparql.query_request import Request, read_query, refuse_undeclared
from kg.sparql.workarounds import aggregates_in, functions_in
from kg.sparql.workarounds.extension_functions import Functions, own_functions
from kg.sparql.workarounds.graph_patterns import rewrite_graph_patterns
from kg.store.engine_thread import Sink, call, stream
from kg.store.interfaces import Answer
from kg.store.labels import LABEL_FUNCTION, label_function, with_label_columns
from kg.store.snapshots import Snapshot
from kg.store.xml_characters import for_xml, with_names
from kg.terms import GraphName

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
_GRAPH_FORMATS = {
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.NTRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDFXML: ox.RdfFormat.RDF_XML,
    formats.JSONLD: ox.RdfFormat.JSON_LD,
    formats.TRIG: ox.RdfFormat.TRIG,
    formats.NQUADS: ox.RdfFormat.N_QUADS,
}
_RESULT_FORMATS = {
    formats.JSON: ox.QueryResultsFormat.JSON,
    formats.XML: ox.QueryResultsFormat.XML,
    formats.CSV: ox.QueryResultsFormat.CSV,
    formats.TSV: ox.QueryResultsFormat.TSV,
}


def rdf_format(wanted: Format) -> ox.RdfFormat:
    """Return the engine's name for a graph format, or raise NotAcceptableError for what holds no graph."""
    if wanted not in _GRAPH_FORMATS:
        raise NotAcceptableError(f"{wanted.label} is no format for graphs.")
    return _GRAPH_FORMATS[wanted]


def answer(query: Query, snapshot: Snapshot, version: str) -> Answer:
    """Answer a query over a snapshot; errors of the request are raised here, those of its evaluation by the chunks."""
    text = with_label_columns(query.text, query.labels)
    request = read_query(text, query.base, query.dataset, sparql12=query.sparql12)
    labels: Functions = {LABEL_FUNCTION: label_function(snapshot.store)} if query.labels else {}
    wanted = _format(request.form, query)

    def work(sink: Sink[None]) -> None:
        results = _evaluated(request, snapshot.dataset(request.dataset), query.base, labels)
        sink.begin(None)
        if isinstance(results, ox.QueryTriples):
            _serialize(results, sink, wanted, request.prologue.named())
        else:
            sink.fitted = for_xml if wanted is formats.XML else bytes
            results.serialize(sink.file, _RESULT_FORMATS[wanted])

    _, chunks = stream(work)
    return Answer(request.form, wanted, chunks, version)


def check_query(text: str) -> QueryForm:
    """Return the form of a query that parses and asks for nothing that is refused, or raise RequestError."""
    request = read_query(text, None, STORED)
    call(lambda: _parse(request))
    return request.form


def _parse(request: Request) -> None:
    try:
        _asked(request, request.sent, Dataset(ox.Store()), None)
    except SyntaxError:
        refuse_undeclared(request.sent)
        raise


def graph_answer(
    snapshot: Snapshot, graph: GraphName, wanted: Format, version: str, prefixes: Mapping[str, str]
) -> Answer:
    """Answer with the triples of a graph, as the default graph of a document that could hold others too.

    So the document can be sent back to any graph (Graph Store HTTP Protocol, sections 5.2 and 5.3).
    """
    rdf_format(wanted)

    def work(sink: Sink[None]) -> None:
        sink.begin(None)
        found = snapshot.store.quads_for_pattern(None, None, None, graph)
        _serialize((quad.triple for quad in found), sink, wanted, prefixes)

    _, chunks = stream(work)
    return Answer(QueryForm.CONSTRUCT, wanted, chunks, version)


def dataset_answer(
    snapshot: Snapshot, graphs: Iterable[GraphName], wanted: Format, version: str, prefixes: Mapping[str, str]
) -> Answer:
    """Answer with the quads of graphs, each under its name."""
    found = (quad for graph in graphs for quad in snapshot.store.quads_for_pattern(None, None, None, graph))

    def work(sink: Sink[None]) -> None:
        sink.begin(None)
        ox.serialize(found, sink.file, rdf_format(wanted), prefixes=dict(prefixes))

    _, chunks = stream(work)
    return Answer(QueryForm.CONSTRUCT, wanted, chunks, version)


def _serialize(triples: Iterable[ox.Triple], sink: Sink[None], wanted: Format, prefixes: Mapping[str, str]) -> None:
    if wanted is formats.RDFXML:
        sink.fitted = for_xml
        triples = with_names(triples)
    ox.serialize(triples, sink.file, rdf_format(wanted), prefixes=dict(prefixes))


def _format(form: QueryForm, query: Query) -> Format:
    asks_results = form in (QueryForm.SELECT, QueryForm.ASK)
    wanted, kind = (query.results, "a format of query results") if asks_results else (query.graph, "an RDF format")
    if wanted is None:
        offered = ", ".join(each.name for each in (_RESULT_FORMATS if asks_results else _GRAPH_FORMATS))
        raise NotAcceptableError(
            f"The answer to {form.value} is written in {kind}, and the request accepts none: expected one of {offered}."
        )
    if asks_results and wanted not in _RESULT_FORMATS:
        raise NotAcceptableError(f"The answer to {form.value} cannot be written as {wanted.label}.")
    if not asks_results:
        rdf_format(wanted)
    return wanted


def _evaluated(request: Request, dataset: Dataset, base: str | None, functions: Functions) -> Results:
    text = rewrite_graph_patterns(request.text, request.prologue, dataset)
    try:
        return _asked(request, text, dataset, base, functions)
    except SyntaxError:
        refuse_undeclared(request.sent)
        if text != request.sent:  # so that what does not parse is said of what was sent
            _asked(request, request.sent, Dataset(ox.Store()), base)
        raise


def _asked(
    request: Request, text: str, dataset: Dataset, base: str | None, functions: Functions | None = None
) -> Results:
    return dataset.store.query(
        text,
        base_iri=base,
        default_graph=dataset.default,
        named_graphs=dataset.named,
        custom_functions={**functions_in(text), **(own_functions(request.functions) or {}), **(functions or {})},
        custom_aggregate_functions=aggregates_in(text),
    )
