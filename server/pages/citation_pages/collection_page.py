"""The pages of collections: all of them, one with its exports, and the readings that are disputed in any."""

from __future__ import annotations

from flask import Blueprint, Response

from kg.formats import COLLECTION_FORMATS, CSV, GRAPH_FORMATS, HTML
from server.descriptions.rdf_responses import document_response, graph_response, requested_version
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.pages.citation_pages.collected_items import (
    collected_items,
    collection_address,
    collection_graph,
    require_collection,
)
from server.pages.citation_pages.collection_formats import collection_as_csv, collection_as_markdown
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.page_queries import PageQueries
from server.pages.rendering.page_rendering import page as html

bp = Blueprint("collections", __name__)

ITEMS_PER_PAGE = 50


@bp.get("/collections")
def collections() -> Response:
    """Return the list of the collections, the newest first."""
    queries = PageQueries(requested_version())
    rows = queries.select("collections")
    return html("collections.html", queries, (), rows=rows, collection_address=collection_address)


@bp.get("/collections/<identifier>")
def collection(identifier: str) -> Response:
    """Return a collection as a page, as CSV, as Markdown, or as its graph."""
    format_, queries = choose_format(COLLECTION_FORMATS), PageQueries(requested_version())
    graph, title = collection_graph(identifier), require_collection(queries, identifier)
    if format_ in GRAPH_FORMATS:
        return graph_response(graph)
    items = collected_items(queries, [graph])
    if format_ is not HTML:
        is_table, name = format_ is CSV, title["title"].value
        text = collection_as_csv(items, queries.version) if is_table else collection_as_markdown(name, items)
        return document_response(text.encode(), format_, "collection")
    pager = Pager(page_number(query_parameters()), ITEMS_PER_PAGE, len(items))
    values = {"about": title, "items": items[pager.here], "pager": pager, "identifier": identifier}
    return html("collection.html", queries, COLLECTION_FORMATS[1:], **values)


@bp.get("/disputed")
def disputed() -> Response:
    """Return the readings that readers dispute, in all collections, for the curator to look at again."""
    queries = PageQueries(requested_version())
    items = collected_items(queries, (), disputed=True)
    return html("disputed.html", queries, (), items=items, collection_address=collection_address)
