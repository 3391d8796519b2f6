"""Property graphs as files: GraphML, GEXF 1.2, and a CSV each of the nodes and of the edges."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping

from kg import formats
from kg.export.graph_documents import GraphsByName
from kg.export.property_graph import NODE_FIELDS, VALUE_SEPARATOR, Node, PropertyGraph, property_graph
from kg.export.xml_escaping import attribute, text
from kg.formats import Format


def write_property_graph(dataset: GraphsByName, row: Format, base: str) -> Iterator[bytes]:
    """Yield graphs as a property graph. Raises DataError if XML cannot hold a character."""
    return (part.encode("utf-8") for part in WRITERS[row](property_graph(dataset, base)))


def _graphml(graph: PropertyGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    keys = {key: f"n{number}" for number, key in enumerate((*NODE_FIELDS[1:], *graph.keys))}
    for key, name in keys.items():
        yield f'  <key id="{name}" for="node" attr.name={attribute(key)} attr.type="string"/>\n'
    for name in ("label", "graphs"):
        yield f'  <key id="{name}" for="edge" attr.name="{name}" attr.type="string"/>\n'
    yield '  <graph edgedefault="directed">\n'
    for node in graph.nodes.values():
        yield f"    <node id={attribute(node.iri)}>{_data(keys, node)}</node>\n"
    for number, edge in enumerate(graph.edges):
        ends = f"source={attribute(edge.source)} target={attribute(edge.target)}"
        data = _datum("label", edge.label) + _datum("graphs", VALUE_SEPARATOR.join(edge.graphs))
        yield f'    <edge id="e{number}" {ends}>{data}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _data(keys: Mapping[str, str], node: Node) -> str:
    return "".join(_datum(keys[key], value) for key, value in _values(node))


def _datum(key: str, value: str) -> str:
    return f'<data key="{key}">{text(value)}</data>'


def _values(node: Node) -> Iterator[tuple[str, str]]:
    """Yield a node's label, types and properties, as text."""
    yield "label", node.label
    yield "types", VALUE_SEPARATOR.join(node.types)
    yield from ((key, VALUE_SEPARATOR.join(values)) for key, values in node.properties.items())


def _gexf(graph: PropertyGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n'
    yield '  <graph mode="static" defaultedgetype="directed">\n'
    keys = {key: str(number) for number, key in enumerate(("types", *graph.keys))}
    yield from _attributes("node", keys)
    yield from _attributes("edge", {"graphs": "0"})
    yield "    <nodes>\n"
    for node in graph.nodes.values():
        values = [(keys[key], value) for key, value in _values(node) if key in keys]
        yield f"      <node id={attribute(node.iri)} label={attribute(node.label)}>{_attvalues(values)}</node>\n"
    yield "    </nodes>\n    <edges>\n"
    for number, edge in enumerate(graph.edges):
        ends = f"source={attribute(edge.source)} target={attribute(edge.target)} label={attribute(edge.label)}"
        yield f'      <edge id="{number}" {ends}>{_attvalues([("0", VALUE_SEPARATOR.join(edge.graphs))])}</edge>\n'
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _attributes(kind: str, keys: Mapping[str, str]) -> Iterator[str]:
    yield f'    <attributes class="{kind}">\n'
    for title, number in keys.items():
        yield f'      <attribute id="{number}" title={attribute(title)} type="string"/>\n'
    yield "    </attributes>\n"


def _attvalues(values: Iterable[tuple[str, str]]) -> str:
    inner = "".join(f'<attvalue for="{number}" value={attribute(value)}/>' for number, value in values)
    return f"<attvalues>{inner}</attvalues>"


def _nodes(graph: PropertyGraph) -> Iterator[str]:
    columns = (*NODE_FIELDS, *graph.keys)
    yield _row(columns)
    for node in graph.nodes.values():
        cells = {"id": node.iri, **dict(_values(node))}
        yield _row(cells.get(column, "") for column in columns)


def _edges(graph: PropertyGraph) -> Iterator[str]:
    yield _row(("source", "target", "label", "graphs"))
    for edge in graph.edges:
        yield _row((edge.source, edge.target, edge.label, VALUE_SEPARATOR.join(edge.graphs)))


def _row(values: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


WRITERS: Mapping[Format, Callable[[PropertyGraph], Iterator[str]]] = {
    formats.GRAPHML: _graphml,
    formats.GEXF: _gexf,
    formats.NODES: _nodes,
    formats.EDGES: _edges,
}
