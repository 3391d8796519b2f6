"""The page of the network, its JSON for the page's script, and the route of chains between two nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for

from kg.export.projections import PROJECTIONS, project, projection_by_name
from kg.export.property_graph_files import write_property_graph
from kg.formats import CSV, GEXF, GRAPH_FORMATS, GRAPHML, HTML, JSON, PROPERTY_GRAPH_FORMATS, SCRIPTED, Format
from kg.moments import DAY, Moment
from kg.namespaces import CQ
from kg.sparql.query_terms import iri_in_query
from kg.store.query_rows import select_rows
from server.descriptions.addresses import with_parameters
from server.descriptions.rdf_responses import requested_version, with_filename
from server.http.conditional_requests import conditional_response, make_validator
from server.http.errors import invalid_parameter
from server.http.negotiation import choose_format
from server.http.parameters import Parameters, query_parameters
from server.http.streaming import stream_response
from server.pages.network.network_chains import LABELLED_COLUMNS, chain_json, chain_query, shortest_chains
from server.pages.network.network_chains import page as chain_page
from server.pages.network.network_chains import page_of_unknown as unknown_page
from server.pages.network.network_json import REALITY_CHOICES, edge_words, network_json, relation_words
from server.pages.paging.list_responses import LIST_FORMATS, data_response, list_response
from server.pages.paging.pager import current_pairs, page_number
from server.pages.queried_data.page_queries import PageQueries
from server.pages.queried_data.select_queries import in_utc, load_query, moment_in_query, with_filters
from server.pages.queried_data.thing_names import left_sides
from server.pages.rendering.json_responses import json_response
from server.pages.rendering.page_rendering import page as html
from server.search.index_cache import current_index
from server.search.network import NetworkFilter, NetworkNode
from server.search.network_tables import MAX_RANKED, NetworkPart
from server.search.time_spans import parse_moment
from server.search.tsv_cells import iri
from server.site import site

bp = Blueprint("network", __name__, url_prefix="/network")

MAX_NODES_DRAWN = MAX_RANKED
# The picture grows by expanding a node, or by asking for more.
DEFAULT_NODES_DRAWN = 15
MORE_NODES = (100, 300, 1000)
MAX_NODES_LISTED = 60
DAY_PATTERN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@bp.get("")
def network() -> Response:
    """Return the page of the network, its edges as rows or triples, or a projection as a property graph."""
    format_ = requested_projection_format(LIST_FORMATS)
    if format_ is not None:
        return projection_response(format_)
    return list_response(_page, _edges_query(query_parameters()), "one", labels=("one", "relation", "other"))


def _edges_query(parameters: Parameters) -> str:
    """Return the query for the edges that pass the page's filters; with `around`, only those at that node."""
    around = parameters.get("around")
    filters = [*_filters(_requested_filter(parameters))]
    if around:
        filters.append(f"FILTER({iri_in_query(around)} IN (?one, ?other))")
    return with_filters(load_query("network-edges")[1], filters)


def _filters(network_filter: NetworkFilter) -> Iterator[str]:
    """Yield the tests of `NetworkFilter` as filters of SPARQL."""
    if network_filter.relations:
        yield f"FILTER(?relation IN ({', '.join(iri_in_query(iri) for iri in sorted(network_filter.relations))}))"
    if network_filter.real == "yes":
        yield "FILTER(?relation != cq:envisagedIn)"
    for end in ("?one", "?other"):
        if network_filter.real != "all":
            yield f"FILTER NOT EXISTS {{ {end} a cq:{'Scenario' if network_filter.real == 'yes' else 'Event'} }}"
        # A node without a day passes: only a known day excludes it.
        if since := parse_moment(network_filter.since):
            test = f"{in_utc('?last')} < {moment_in_query(since)}"
            yield f"FILTER NOT EXISTS {{ {end} cq:latestEnd ?last FILTER({test}) }}"
        if until := parse_moment(network_filter.until):
            test = f"{in_utc('?first')} >= {moment_in_query(Moment(until.seconds + DAY))}"
            yield f"FILTER NOT EXISTS {{ {end} cq:earliestBegin ?first FILTER({test}) }}"


@bp.get("/graph")
def graph() -> Response:
    """Return nodes and edges as JSON: those of highest degree, or the neighbourhood of one node."""
    parameters, index = query_parameters(), current_index()
    network_filter, around = _requested_filter(parameters), parameters.get("around")
    most = parameters.number("most", DEFAULT_NODES_DRAWN, MAX_NODES_DRAWN)

    def make() -> dict[str, Any]:
        part = index.network.part(network_filter)
        return network_json(part.around(around) if around else part.busiest(most), part, left_sides(index.version))

    return json_response(index.version, make, request.query_string.decode())


@bp.get("/chain")
def chain() -> Response:
    """Return the shortest chains between `from` and `to` (IRIs or names) as HTML, JSON, triples or a table of steps.

    Redirects to the page of the network if neither is given.
    """
    parameters = query_parameters()
    if not (parameters.get("from") or parameters.get("to")):
        return Response(status=303, headers={"Location": url_for("network.network")})
    format_ = choose_format((HTML, CSV, SCRIPTED, *GRAPH_FORMATS))
    index, network_filter = current_index(), _chain_filter(parameters)
    part, queries = index.network.part(network_filter), PageQueries(index.version)
    names = ((parameters.get("from") or "").strip(), (parameters.get("to") or "").strip())
    nodes = [_node_called(part, name) for name in names]
    unknown = [(key, name) for key, name, node in zip(("from", "to"), names, nodes, strict=True) if node is None]
    if unknown and format_ is HTML:
        return unknown_page(queries, names, [name for _, name in unknown], network_filter)
    for key, name in unknown:
        raise invalid_parameter(key, name, "the name or IRI of somebody in the network", 404)
    start, goal = (node for node in nodes if node)
    number = page_number(parameters)
    if format_ is SCRIPTED:
        address = with_parameters(url_for("network.chain"), current_pairs())

        def make() -> dict[str, Any]:
            chains = shortest_chains(queries, part, start, goal, 1)
            return chain_json(chains, part, address, left_sides(index.version))

        return json_response(index.version, make, address)
    if format_ is not HTML:
        labels = LABELLED_COLUMNS if format_ is CSV else ()
        return data_response(chain_query(part, start, goal, number), "carrier", format_, index.version, labels)
    return chain_page(queries, shortest_chains(queries, part, start, goal, number), network_filter)


def _chain_filter(parameters: Parameters) -> NetworkFilter:
    """Return the filter of chains: only what happened, and without who speaks about whom, unless requested."""
    network_filter = _requested_filter(parameters, "yes")
    relations = network_filter.relations or {relation for relation, _ in current_index().network.relations}
    if parameters.choice("spoken", ("no", "yes"), "no") == "no":
        relations -= {str(CQ.about)}
    # If none is left, not the empty set, which a filter takes as all of them.
    return replace(network_filter, relations=frozenset(relations or ("none",)))


def _requested_filter(parameters: Parameters, real: str = "all") -> NetworkFilter:
    since, until = (_day(parameters, key) for key in ("since", "until"))
    relations = frozenset(parameters.get_all("relation")) - {""}
    return NetworkFilter(relations, parameters.choice("real", REALITY_CHOICES, real), since, until)


def _day(parameters: Parameters, key: str) -> str:
    day = parameters.get(key) or ""
    if day and (not DAY_PATTERN.fullmatch(day) or parse_moment(day) is None):
        raise invalid_parameter(key, day, "a day as YYYY-MM-DD")
    return day


def _node_called(part: NetworkPart, name: str) -> NetworkNode | None:
    """Return the node with an IRI or a name, the one with most edges if several have it, or None if none has."""
    node = part.node(name) or part.called(name)
    if node is None:
        result = current_index().texts.search(name, names_only=True)
        # Hits with only most of the words do not match a name.
        hits = result.hits if result.required == len(result.words) else ()
        node = next(filter(None, (part.node(iri(hit.thing)) for hit in hits)), None)
    return node


def _page() -> Response:
    parameters, index = query_parameters(), current_index()
    queries = PageQueries(index.version)
    network_filter, around = _requested_filter(parameters), parameters.get("around")
    part, most = index.network.part(network_filter), parameters.number("most", DEFAULT_NODES_DRAWN, MAX_NODES_DRAWN)
    shown = part.around(around) if around else part.busiest(MAX_NODES_LISTED)
    degrees = {node: shown.degrees[node.iri] for node in shown.nodes.values()}
    edges = part.edges_at(around) if around else ()
    values = {
        "rows": sorted(degrees.items(), key=lambda ranked: (-ranked[1], ranked[0].name)),
        "around": part.node(around) if around else None,
        "near": [
            (edge, edge_words(edge, around), shown.nodes[edge.end if edge.start == around else edge.start])
            for edge in edges
            if around
        ],
        "relations": [(iri, relation_words(iri)[0], n) for iri, n in index.network.relations],
        "filter": network_filter,
        "real": REALITY_CHOICES,
        "total": part.size,
        "first": DEFAULT_NODES_DRAWN,
        "most": most,
        "numbers": sorted({DEFAULT_NODES_DRAWN, *MORE_NODES, MAX_NODES_DRAWN, most}),
        "projections": PROJECTION_CONTENTS,
        "projection_formats": PROPERTY_GRAPH_FORMATS,
    }
    return html("network.html", queries, (CSV, JSON, *GRAPH_FORMATS), **values)


PROJECTION_CONTENTS = {projection.name: projection.description for projection in PROJECTIONS}
DEFAULT = PROJECTIONS[0].name


def requested_projection_format(others: tuple[Format, ...]) -> Format | None:
    """Return the requested format of property graphs, None if the request is for one of the others."""
    # Without `projection`, CSV means the rows.
    offered = PROPERTY_GRAPH_FORMATS if "projection" in query_parameters() else (*others, GRAPHML, GEXF)
    format_ = choose_format(offered)
    return format_ if format_ in PROPERTY_GRAPH_FORMATS else None


def projection_response(format_: Format) -> Response:
    """Return the projection named by `projection`, by default that of people. Raises HttpError 400 if it is unknown."""
    name, version = query_parameters().choice("projection", PROJECTION_CONTENTS, DEFAULT), requested_version()

    def make() -> Response:
        graph = project(projection_by_name(name), lambda text: select_rows(site().store, text, version.name))
        return with_filename(stream_response(write_property_graph(graph, format_), format_), name, format_)

    return conditional_response(make_validator(version, format_.name, name), make)
