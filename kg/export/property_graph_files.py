"""Property graphs as files: GraphML, GEXF 1.3, CSV files of nodes and of edges, files for Neo4j, and Parquet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from kg import formats
from kg.errors import DataError
from kg.export.neo4j_files import csv_row, cypher, neo4j_edges, neo4j_nodes
from kg.export.property_graph import NODE_FIELDS, VALUE_SEPARATOR, Edge, Node, PropertyGraph
from kg.extras import needs_extra
from kg.formats import Format

SIDE_COLOURS = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233))
"""The colours of sides, as red, green and blue; distinguishable with red-green colour blindness (Okabe and Ito)."""

_NO_NMTOKEN = re.compile(r"[^\w.:-]+")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A parser turns a bare carriage return into a line feed (XML 1.0, section 2.11).
_CARRIAGE_RETURN = {"\r": "&#13;"}


def write_property_graph(graph: PropertyGraph, format_: Format) -> Iterator[bytes]:
    """Yield a property graph. Raises DataError for a character not allowed in XML, RequestError without the extra."""
    if format_ in (formats.PARQUET_NODES, formats.PARQUET_EDGES):
        with needs_extra("parquet"):
            from kg.export.parquet_files import write_parquet  # noqa: PLC0415 -- an extra
        return write_parquet(graph, format_)
    return (part.encode("utf-8") for part in WRITERS[format_](graph))


def _graphml(graph: PropertyGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    keys = {key: f"n{number}" for number, key in enumerate(("iri", *NODE_FIELDS[1:], *graph.keys))}
    edge_keys = {key: f"e{number}" for number, key in enumerate(("label", *graph.edge_keys))}
    # The GraphML schema allows few of an IRI's characters in an id (xs:NMTOKEN).
    ids = {iri: f"n{number}" for number, iri in enumerate(graph.nodes)}
    for element, listed, types in (("node", keys, {}), ("edge", edge_keys, graph.edge_keys)):
        for key, name in _key_names(listed).items():
            kind = "int" if types.get(key) is int else "string"
            yield f'  <key id="{listed[key]}" for="{element}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '  <graph edgedefault="directed">\n'
    if graph.description:
        yield f"    <desc>{_text(graph.description)}</desc>\n"
    for node in graph.nodes.values():
        values = (("iri", node.iri), *_values(node))
        yield f'    <node id="{ids[node.iri]}">{_data(keys, values)}</node>\n'
    for number, edge in enumerate(graph.edges):
        ends = f'source="{ids[edge.source]}" target="{ids[edge.target]}"'
        yield f'    <edge id="e{number}" {ends}>{_data(edge_keys, _edge_values(edge))}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _key_names(ids: Mapping[str, str]) -> dict[str, str]:
    """Return the name of each key in a form that the schema allows (xs:NMTOKEN), replacing other characters."""
    names = dict[str, str]()
    for key, identifier in ids.items():
        name = _NO_NMTOKEN.sub(".", key)
        names[key] = f"{name}.{identifier}" if name in names.values() else name
    return names


def _data(keys: Mapping[str, str], values: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<data key="{keys[key]}">{_text(value)}</data>' for key, value in values)


def _values(node: Node) -> Iterator[tuple[str, str]]:
    """Yield a node's label, types and properties as texts."""
    yield "label", node.label
    yield "types", VALUE_SEPARATOR.join(node.types)
    yield from ((key, VALUE_SEPARATOR.join(values)) for key, values in node.properties.items())


def _edge_values(edge: Edge) -> Iterator[tuple[str, str]]:
    """Yield an edge's label and properties as texts."""
    yield "label", edge.label
    for key, value in edge.properties.items():
        yield key, str(value) if isinstance(value, int) else VALUE_SEPARATOR.join(value)


def _gexf(graph: PropertyGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3"'
    yield ' xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    if graph.description:
        yield f"  <meta><description>{_text(graph.description)}</description></meta>\n"
    mode = 'mode="dynamic" timeformat="date"' if "firstDay" in graph.edge_keys else 'mode="static"'
    yield f'  <graph {mode} defaultedgetype="directed">\n'
    keys = {key: str(number) for number, key in enumerate(("types", *graph.keys))}
    edge_keys = {key: str(number) for number, key in enumerate(graph.edge_keys)}
    yield from _attributes("node", keys, {})
    yield from _attributes("edge", edge_keys, graph.edge_keys)
    yield "    <nodes>\n"
    colours = _colours(graph)
    for node in graph.nodes.values():
        inner = _attvalues(keys, _values(node)) + colours.get(node.iri, "")
        yield f"      <node id={_attribute(node.iri)} label={_attribute(node.label)}>{inner}</node>\n"
    yield "    </nodes>\n    <edges>\n"
    for number, edge in enumerate(graph.edges):
        # Without a kind, Gephi merges all edges between the same two nodes.
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)} kind={_attribute(edge.label)}"
        inner = _attvalues(edge_keys, _edge_values(edge))
        yield f'      <edge id="{number}" {ends} label={_attribute(edge.label)}{_span(edge)}>{inner}</edge>\n'
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _span(edge: Edge) -> str:
    days = {name: edge.properties.get(key) for name, key in (("start", "firstDay"), ("end", "lastDay"))}
    return "".join(f" {name}={_attribute(day[0])}" for name, day in days.items() if isinstance(day, list))


def _colours(graph: PropertyGraph) -> dict[str, str]:
    """Return colour elements of nodes with exactly one side; sides beyond the number of colours have none."""
    sides = {iri: node.properties.get("side", []) for iri, node in graph.nodes.items()}
    palette = dict(zip(sorted({taken[0] for taken in sides.values() if len(taken) == 1}), SIDE_COLOURS, strict=False))
    one_side = {iri: palette[taken[0]] for iri, taken in sides.items() if len(taken) == 1 and taken[0] in palette}
    return {iri: f'<viz:color r="{red}" g="{green}" b="{blue}"/>' for iri, (red, green, blue) in one_side.items()}


def _attributes(element: str, keys: Mapping[str, str], types: Mapping[str, type]) -> Iterator[str]:
    yield f'    <attributes class="{element}">\n'
    for title, number in keys.items():
        kind = "integer" if types.get(title) is int else "string"
        yield f'      <attribute id="{number}" title={_attribute(title)} type="{kind}"/>\n'
    yield "    </attributes>\n"


def _attvalues(keys: Mapping[str, str], values: Iterable[tuple[str, str]]) -> str:
    # Without the label, for which GEXF has a separate attribute.
    listed = [f'<attvalue for="{keys[key]}" value={_attribute(value)}/>' for key, value in values if key in keys]
    return f"<attvalues>{''.join(listed)}</attvalues>"


def _text(value: str) -> str:
    return escape(_require_xml_characters(value), _CARRIAGE_RETURN)


def _attribute(value: str) -> str:
    return quoteattr(_require_xml_characters(value), _CARRIAGE_RETURN)


def _require_xml_characters(value: str) -> str:
    if match := _NOT_IN_XML.search(value):
        raise DataError(f"The text {value!r} cannot be written as XML, which has no character {match.group()!r}.")
    return value


def _nodes(graph: PropertyGraph) -> Iterator[str]:
    columns = (*NODE_FIELDS, *graph.keys)
    yield csv_row(columns)
    for node in graph.nodes.values():
        cells = {"id": node.iri, **dict(_values(node))}
        yield csv_row(cells.get(column, "") for column in columns)


def _edges(graph: PropertyGraph) -> Iterator[str]:
    columns = ("source", "target", "label", *graph.edge_keys)
    yield csv_row(columns)
    for edge in graph.edges:
        cells = {"source": edge.source, "target": edge.target, **dict(_edge_values(edge))}
        yield csv_row(cells.get(column, "") for column in columns)


WRITERS: Mapping[Format, Callable[[PropertyGraph], Iterator[str]]] = {
    formats.GRAPHML: _graphml,
    formats.GEXF: _gexf,
    formats.NODES: _nodes,
    formats.EDGES: _edges,
    formats.NEO4J_NODES: neo4j_nodes,
    formats.NEO4J_EDGES: neo4j_edges,
    formats.CYPHER: cypher,
}
