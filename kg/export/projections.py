"""Projections of the dataset: property graphs of a part of it that can be understood at a glance.

A projection has two queries in `projection_queries/`. Each row of `NAME.nodes.rq` has values of the node `?id`, and
each row of `NAME.edges.rq` a reason (`?because`) for an edge from `?source` to `?target` named `?label`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import RequestError
from kg.export.property_graph import Edge, Node, PropertyGraph, last_segment
from kg.namespaces import SCHEME

QUERIES = Path(__file__).with_name("projection_queries")
Row = Mapping[str, str]
Select = Callable[[str], Iterable[Row]]
"""Returns the rows of a SELECT, with values as strings."""
_NODE_FIELDS = ("id", "label", "types")
_EDGE_FIELDS = ("source", "target", "label", "because", "day")


@dataclass(frozen=True)
class Projection:
    """A read-only view of a part of the dataset as a property graph."""

    name: str
    nodes: str
    edges: str
    leaves_out: str

    def query(self, part: str) -> str:
        """Return the query for its nodes or its edges."""
        return (QUERIES / f"{self.name}.{part}.rq").read_text(encoding="utf-8")

    @property
    def description(self) -> str:
        """Return what it includes and what it leaves out."""
        return f"Nodes: {self.nodes}. Edges: {self.edges}. Left out: {self.leaves_out}."


PROJECTIONS = (
    Projection(
        "people",
        "people, organizations and groups",
        "who met whom of another side, who spoke about or to whom, who belongs to what",
        "what was said, events that are no meetings, plans, places, times but the first and last day, and who was at a "
        "meeting with others of the same side",
    ),
    Projection(
        "meetings",
        "meetings, other events and scenarios, those who took part, and places",
        "who took part in what or would, where it was, what it was part of and came of",
        "statements, and the relations of people to one another",
    ),
    Projection(
        "statements",
        "statements and their sources, and whom they are addressed to or are about",
        "who said what, to whom, about whom, on whose behalf; how statements stand to one another",
        "events, what statements are about beside agents, conditions, and the words that were quoted",
    ),
)


def projection_by_name(name: str) -> Projection:
    """Return the projection with a name. Raises RequestError, listing the names, if there is none."""
    for projection in PROJECTIONS:
        if projection.name == name:
            return projection
    names = ", ".join(projection.name for projection in PROJECTIONS)
    raise RequestError(f"{name!r} is not a projection: expected one of {names}.")


def project(projection: Projection, select: Select) -> PropertyGraph:
    """Return a projection of the data behind `select`, without edges to things that are not nodes of it."""
    values: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in select(projection.query("nodes")):
        _collect(values[row["id"]], row)
    nodes = {iri: _node(iri, values[iri]) for iri in sorted(values) if "types" in values[iri]}
    reasons: defaultdict[tuple[str, str, str], defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in select(projection.query("edges")):
        if row["source"] in nodes and row["target"] in nodes:
            _collect(reasons[row["source"], row["target"], row["label"]], row)
    edges = [Edge(*ends_and_label, _edge_properties(reasons[ends_and_label])) for ends_and_label in sorted(reasons)]
    return PropertyGraph(nodes, edges, projection.description)


def _collect(values: defaultdict[str, set[str]], row: Row) -> None:
    for name, value in row.items():
        values[name].add(value.removeprefix(SCHEME).partition("/")[2] if value.startswith(SCHEME) else value)


def _node(iri: str, values: Mapping[str, set[str]]) -> Node:
    properties = {name: sorted(values[name]) for name in sorted(values) if name not in _NODE_FIELDS}
    # The alphabetically first of several labels: sets have no order, and each run should choose the same.
    return Node(iri, min(values.get("label", ()), default=last_segment(iri)), sorted(values["types"]), properties)


def _edge_properties(values: Mapping[str, set[str]]) -> dict[str, list[str] | int]:
    days = sorted(values.get("day", ()))
    properties: dict[str, list[str] | int] = {"count": len(values["because"]), "because": sorted(values["because"])}
    properties |= {name: days[at : at + 1 or None] for name, at in (("firstDay", 0), ("lastDay", -1)) if days}
    return properties | {name: sorted(values[name]) for name in sorted(values) if name not in _EDGE_FIELDS}
