"""Property graphs as Parquet: a file of nodes and a file of edges, with typed columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg import formats
from kg.export.property_graph import PropertyGraph, value_types
from kg.formats import Format

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_TYPES = {int: pa.int64(), str: _TEXT, list: _TEXTS}


def write_parquet(graph: PropertyGraph, format_: Format) -> Iterator[bytes]:
    """Yield the nodes or the edges, with the description of the graph in the file's metadata."""
    table = _TABLES[format_](graph).replace_schema_metadata(
        {"description": graph.description} if graph.description else {}
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    yield sink.getvalue().to_pybytes()


def _nodes(graph: PropertyGraph) -> pa.Table:
    nodes = graph.nodes.values()
    columns = {
        "id": pa.array([node.iri for node in nodes], _TEXT),
        "label": pa.array([node.label for node in nodes], _TEXT),
        "types": pa.array([node.types for node in nodes], _TEXTS),
    }
    return pa.table(columns | _columns([node.properties for node in nodes]))


def _edges(graph: PropertyGraph) -> pa.Table:
    columns = {
        name: pa.array([getattr(edge, name) for edge in graph.edges], _TEXT) for name in ("source", "target", "label")
    }
    return pa.table(columns | _columns([edge.properties for edge in graph.edges]))


def _columns(rows: Iterable[Mapping[str, Any]]) -> dict[str, pa.Array]:
    types = value_types(rows)
    return {key: pa.array([_value(row.get(key), kind) for row in rows], _TYPES[kind]) for key, kind in types.items()}


def _value(value: list[str] | int | None, kind: type) -> object:
    # If none has several values, it is a column of texts.
    return value[0] if kind is str and isinstance(value, list) else value


_TABLES: Mapping[Format, Callable[[PropertyGraph], pa.Table]] = {
    formats.PARQUET_NODES: _nodes,
    formats.PARQUET_EDGES: _edges,
}
