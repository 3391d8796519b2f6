"""The network as a property graph for other programs: a projection of the version, in a format that they read."""

from __future__ import annotations

from flask import Response

from kg.export.projections import PROJECTIONS, project, projection_by_name
from kg.export.property_graph_files import write_property_graph
from kg.formats import GEXF, GRAPHML, PROPERTY_GRAPH_FORMATS, Format
from server.descriptions.rdf_responses import requested_version, with_filename
from server.descriptions.store_queries import select
from server.http.caching import conditional_response, make_validator
from server.http.negotiation import choose_format
from server.http.parameters import query_parameters
from server.http.streaming import stream_response

PROJECTION_CONTENTS = {projection.name: projection.description for projection in PROJECTIONS}
DEFAULT = PROJECTIONS[0].name


def requested_projection_format(others: tuple[Format, ...]) -> Format | None:
    """Return the format of property graphs that is asked for, None if one of the others is or a projection is not."""
    # Without `projection`, CSV is that of the rows.
    offered = PROPERTY_GRAPH_FORMATS if "projection" in query_parameters() else (*others, GRAPHML, GEXF)
    row = choose_format(offered)
    return row if row in PROPERTY_GRAPH_FORMATS else None


def projection_response(row: Format) -> Response:
    """Return the projection that `projection` names, of people if none is named. Raises HttpError 400 for another."""
    name, version = query_parameters().choice("projection", PROJECTION_CONTENTS, DEFAULT), requested_version()

    def make() -> Response:
        graph = project(projection_by_name(name), lambda text: select(text, version.name))
        return with_filename(stream_response(write_property_graph(graph, row), row), name, row)

    return conditional_response(make_validator(version, row.name, name), make)
