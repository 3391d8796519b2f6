"""Property graphs for Neo4j: CSV files for `neo4j-admin database import`, or a script that loads our plain CSV files.

Every node has the label `Thing` in addition to its types, so that a single index finds it by IRI. A property is a list
if any node or edge has several values of it, and a number or a text otherwise.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from kg.export.property_graph import VALUE_SEPARATOR, Edge, Node, PropertyGraph, value_types

ARRAY_DELIMITER = "\x1f"
"""Separates the values of a list; the importer's default, `;`, occurs in texts."""
_TYPES = {int: "long", str: "string", list: "string[]"}
_LOAD = "LOAD CSV WITH HEADERS FROM 'file:///{}' AS row\n"


def neo4j_nodes(graph: PropertyGraph) -> Iterator[str]:
    """Yield the nodes for `neo4j-admin database import --nodes` with `--array-delimiter=U+001F`."""
    types = value_types(node.properties for node in graph.nodes.values())
    names = _column_names(types)
    yield csv_row(("id:ID", "label", ":LABEL", *(f"{names[key]}:{_TYPES[types[key]]}" for key in types)))
    for node in graph.nodes.values():
        cells = (_cell(node.properties.get(key)) for key in types)
        yield csv_row((node.iri, node.label, ARRAY_DELIMITER.join(("Thing", *node.types)), *cells))


def neo4j_edges(graph: PropertyGraph) -> Iterator[str]:
    """Yield the edges for `neo4j-admin database import --relationships` with the same delimiter."""
    types = value_types(edge.properties for edge in graph.edges)
    names = _column_names(types)
    yield csv_row((":START_ID", ":END_ID", ":TYPE", *(f"{names[key]}:{_TYPES[types[key]]}" for key in types)))
    for edge in graph.edges:
        cells = (_cell(edge.properties.get(key)) for key in types)
        yield csv_row((edge.source, edge.target, edge.label, *cells))


def cypher(graph: PropertyGraph) -> Iterator[str]:
    """Yield an idempotent script that loads the same graph from `nodes.csv` and `edges.csv`."""
    yield "// The formats `nodes` and `edges` of the same export, as nodes.csv and edges.csv in the import folder.\n"
    yield f"// {graph.description}\n" if graph.description else ""
    yield "CREATE CONSTRAINT thing_id IF NOT EXISTS FOR (thing:Thing) REQUIRE thing.id IS UNIQUE;\n"
    yield from _load_nodes(graph.nodes.values())
    yield from _load_edges(graph.edges)


def csv_row(values: Iterable[str]) -> str:
    """Return a row of CSV, with its line ending."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def _load_nodes(nodes: Iterable[Node]) -> Iterator[str]:
    types = value_types(node.properties for node in nodes)
    values = [f"thing.label = row.label, thing.types = split(row.types, '{VALUE_SEPARATOR}')"]
    values += _assignments("thing", types)
    yield f"{_LOAD.format('nodes.csv')}MERGE (thing:Thing {{id: row.id}})\nSET {', '.join(values)};\n"
    for kind in sorted({kind for node in nodes for kind in node.types}):
        # A label cannot be taken from a row, so there is a statement for each.
        yield f"MATCH (thing:Thing) WHERE {_text(kind)} IN thing.types SET thing:{_name(kind)};\n"


def _load_edges(edges: Iterable[Edge]) -> Iterator[str]:
    types = value_types(edge.properties for edge in edges)
    for label in sorted({edge.label for edge in edges}):
        keys = {key for edge in edges if edge.label == label for key in edge.properties}
        values = ", ".join(_assignments("edge", {key: types[key] for key in types if key in keys}))
        yield f"{_LOAD.format('edges.csv')}WITH row WHERE row.label = {_text(label)}\n"
        yield "MATCH (source:Thing {id: row.source}), (target:Thing {id: row.target})\n"
        yield f"MERGE (source)-[edge:{_name(label)}]->(target)\nSET {values};\n"


def _assignments(variable: str, types: Mapping[str, type]) -> Iterator[str]:
    for key, name in _column_names(types).items():
        cell = f"row.{_name(key)}"
        of_type = {int: f"toInteger({cell})", list: f"split({cell}, '{VALUE_SEPARATOR}')"}.get(types[key], cell)
        yield f"{variable}.{name} = CASE {cell} WHEN '' THEN null ELSE {of_type} END"


def _column_names(keys: Iterable[str]) -> dict[str, str]:
    """Return distinct names without characters that have a meaning in the importer's header."""
    names = dict[str, str]()
    for key in keys:
        name = "".join(character if character.isalnum() else "_" for character in key)
        while name in names.values():
            name += "_"
        names[key] = name
    return names


def _cell(value: list[str] | int | None) -> str:
    return ARRAY_DELIMITER.join(value) if isinstance(value, list) else "" if value is None else str(value)


def _name(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
