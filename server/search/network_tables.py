"""The network in an index: written from a version's columns, and queried with SQL."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from functools import cached_property, lru_cache, partial
from itertools import chain

from kg.iterables import grouped
from kg.moments import DAY, Moment
from server.search.index_database import Database, Record, ThingIds
from server.search.network import (
    BELONGING,
    NO_FILTER,
    UNREAL_RELATION,
    WEAK_RELATIONS,
    Network,
    NetworkEdge,
    NetworkFilter,
    NetworkNode,
    nodes_due,
    relations_with_origins,
    side_letters,
)
from server.search.property_columns import Columns
from server.search.shortest_paths import shortest_paths
from server.search.time_spans import moment_key, parse_moment

# Their sizes and their busiest nodes are cached.
MAX_CACHED_PARTS = 8
MAX_RANKED = 5000
"""How many nodes of highest degree a part ranks."""
NODE = "{0}.iri, {0}.kind, {0}.name, {0}.side, {0}.first, {0}.last"
# A single parameter however long the list: SQLite limits the parameters of a statement.
AMONG = "IN (SELECT value FROM json_each(:{}))"


class NetworkPart:
    """The part of a network that matches a filter; with `NO_FILTER`, the whole network."""

    def __init__(self, database: Database, chosen: NetworkFilter) -> None:
        self._database, self._is_whole = database, chosen == NO_FILTER
        self._values: dict[str, object] = {}
        self._node_tests = [*self._tests_of_nodes(chosen)]
        self._edge_test = self._test_of_edges(chosen)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Return the number of nodes with edges, and the number of edges."""
        query = f"SELECT count(*), coalesce(sum(degree), 0) FROM ({self._degrees()}) WHERE degree > 0"
        ((nodes, ends),) = self._select(query)
        # Each edge is counted at both of its ends.
        return nodes, ends // 2

    def node(self, iri: str) -> NetworkNode | None:
        """Return the node with an IRI, None if there is none."""
        query = f"SELECT {NODE.format('n')} FROM node AS n WHERE n.iri = :iri AND {self._nodes('n')}"
        return next((NetworkNode(*record) for record in self._select(query, iri=iri)), None)

    def called(self, name: str) -> NetworkNode | None:
        """Return the node with a name, that of highest degree if several have it, None if none has."""
        query = f"SELECT n.id, {NODE.format('n')} FROM node AS n WHERE folded = :name AND {self._nodes('n')}"
        nodes = {id_: NetworkNode(*values) for id_, *values in self._select(query, name=name.casefold())}
        degrees = self._degrees_of(nodes)
        return max(nodes.values(), key=lambda node: (degrees[node.iri], node.iri), default=None)

    def busiest(self, max_nodes: int) -> Network:
        """Return the nodes of highest degree, at most `MAX_RANKED`, and the edges between them."""
        return self._network(self._ranked[:max_nodes])

    def around(self, iri: str) -> Network:
        """Return a node, its neighbours, and the edges between them; nothing if there is no such node."""
        here = self._ids([iri])
        return self._network([*here, *(id_ for id_ in self._neighbours(here) if id_ not in here)])

    def among(self, iris: Iterable[str]) -> Network:
        """Return these nodes and the edges between them."""
        return self._network(self._ids(iris))

    def edges_at(self, iri: str) -> list[NetworkEdge]:
        """Return the edges at a node, in the order in which shortest paths prefer them."""
        starting, ending = (self._edge_query(f"{end} {AMONG.format('ids')}") for end in ("start", "end"))
        query = f"SELECT * FROM ({starting} UNION ALL {ending}) ORDER BY is_weak, relation, first, second"
        edges = self._select(query, ids=json.dumps(self._ids([iri])))
        return [NetworkEdge(*record[:3]) for record in edges]

    def between(self, here: str, there: str) -> list[NetworkEdge]:
        """Return the edges between two nodes, in the order in which shortest paths prefer them."""
        ids = self._ids((here, there))
        query = self._edge_query(f"start {AMONG.format('ids')} AND end {AMONG.format('ids')}")
        edges = self._select(f"{query} ORDER BY is_weak, relation.iri, a.iri, b.iri", ids=json.dumps(ids))
        return [NetworkEdge(*record[:3]) for record in edges]

    def paths(self, start: str, goal: str) -> Iterator[list[str]]:
        """Yield the nodes of every shortest path; none if there is no path."""
        ends = [self._ids([iri]) for iri in (start, goal)]
        if all(ends):
            for path in shortest_paths(ends[0][0], ends[1][0], self._neighbours, self._joined):
                yield self._iris(path)

    @cached_property
    def _ranked(self) -> list[int]:
        query = f"SELECT id FROM ({self._degrees()}) WHERE degree > 0 ORDER BY degree DESC, iri LIMIT :most"
        return [id_ for (id_,) in self._select(query, most=MAX_RANKED)]

    def _network(self, ids: Collection[int]) -> Network:
        query = f"SELECT {NODE.format('n')} FROM node AS n WHERE id {AMONG.format('ids')} ORDER BY n.iri"
        nodes: dict[str, NetworkNode] = {
            record[0]: NetworkNode(*record) for record in self._select(query, ids=json.dumps([*ids]))
        }
        query = self._edge_query(f"start {AMONG.format('ids')} AND end {AMONG.format('ids')}")
        edges = self._select(f"{query} ORDER BY a.iri, is_weak, relation.iri, b.iri", ids=json.dumps([*ids]))
        return Network(nodes, [NetworkEdge(*record[:3]) for record in edges], self._degrees_of(ids))

    def _edge_query(self, condition: str) -> str:
        # SQLite does not reorder a CROSS JOIN: it begins with the edges, which the condition finds by an index.
        return (
            "SELECT a.iri AS first, relation.iri AS relation, b.iri AS second, is_weak, start, end "
            "FROM edge CROSS JOIN node AS a ON a.id = start CROSS JOIN node AS b ON b.id = end "
            f"CROSS JOIN relation ON relation.id = edge.relation WHERE {condition} AND {self._edges()}"
        )

    def _neighbours(self, ids: Collection[int]) -> set[int]:
        """Return the nodes that an edge joins to one of these."""
        ends = (
            f"SELECT {there} FROM edge CROSS JOIN node AS a ON a.id = start CROSS JOIN node AS b ON b.id = end "
            f"WHERE {here} {AMONG.format('ids')} AND {self._edges()}"
            for here, there in (("start", "end"), ("end", "start"))
        )
        # One query for each end, since each end has an index of its own.
        return {id_ for (id_,) in self._select(" UNION ".join(ends), ids=json.dumps([*ids]))}

    def _joined(self, ids: Collection[int], others: Collection[int]) -> Mapping[int, list[int]]:
        """Return, for each of some nodes, its neighbours among others, in the order in which paths prefer the edges."""
        among_ids, among_others = (AMONG.format(name) for name in ("ids", "others"))
        ends = (
            f"SELECT {here} AS here, {there} AS there, * FROM ("
            + self._edge_query(f"{here} {among_ids} AND {there} {among_others}")
            + ")"
            for here, there in (("start", "end"), ("end", "start"))
        )
        query = f"SELECT here, there FROM ({' UNION ALL '.join(ends)}) ORDER BY is_weak, relation, first, second"
        pairs: list[tuple[int, int]] = self._select(query, ids=json.dumps([*ids]), others=json.dumps([*others]))
        return {here: [*dict.fromkeys(neighbours)] for here, neighbours in grouped(pairs).items()}

    def _ids(self, iris: Iterable[str]) -> list[int]:
        query = f"SELECT n.id FROM node AS n WHERE n.iri {AMONG.format('iris')} AND {self._nodes('n')}"
        return [id_ for (id_,) in self._select(query, iris=json.dumps([*iris]))]

    def _iris(self, ids: Iterable[int]) -> list[str]:
        in_turn = [*ids]
        iris: dict[int, str] = dict(self._database.select_among("SELECT id, iri FROM node WHERE id IN ({})", in_turn))
        return [iris[id_] for id_ in in_turn]

    def _degrees_of(self, ids: Iterable[int]) -> Counter[str]:
        among_ids = f"n.id {AMONG.format('ids')}"
        query = f"SELECT iri, degree FROM ({self._degrees(among_ids)})"
        return Counter(dict(self._select(query, ids=json.dumps([*ids]))))

    def _degrees(self, condition: str = "TRUE") -> str:
        """Return the query for nodes with their degrees, which the table has for the whole network."""
        if self._is_whole:
            return f"SELECT id, iri, degree FROM node AS n WHERE {condition}"
        counts = (
            f"(SELECT count(*) FROM edge CROSS JOIN node AS b ON b.id = {there} "
            f"WHERE {here} = n.id AND {self._edge_test} AND {self._nodes('b')})"
            for here, there in (("start", "end"), ("end", "start"))
        )
        degree, test = " + ".join(counts), f"{condition} AND {self._nodes('n')}"
        return f"SELECT n.id, n.iri, {degree} AS degree FROM node AS n WHERE {test}"

    def _edges(self) -> str:
        """Return the test of an edge between the nodes `a` and `b`."""
        return f"{self._edge_test} AND {self._nodes('a')} AND {self._nodes('b')}"

    def _nodes(self, name: str) -> str:
        return " AND ".join(test.format(name) for test in self._node_tests) or "TRUE"

    def _tests_of_nodes(self, chosen: NetworkFilter) -> Iterator[str]:
        if chosen.real == "yes":
            yield "{0}.kind <> 'scenario'"
        if chosen.real == "no":
            yield "{0}.kind NOT IN ('meeting', 'event')"
        if since := parse_moment(chosen.since):
            self._values["since"] = moment_key(since)
            yield "({0}.closes = '' OR {0}.closes >= :since)"
        if until := parse_moment(chosen.until):
            self._values["until"] = moment_key(Moment(until.seconds + DAY))
            yield "({0}.opens = '' OR {0}.opens < :until)"

    def _test_of_edges(self, chosen: NetworkFilter) -> str:
        if not chosen.relations and chosen.real != "yes":
            return "TRUE"
        relations = self._database.select("SELECT id, iri FROM relation")
        allowed = [
            id_
            for id_, iri in relations
            if iri in (chosen.relations or (iri,)) and not (chosen.real == "yes" and iri == UNREAL_RELATION)
        ]
        self._values["relations"] = json.dumps(allowed)
        return f"edge.relation {AMONG.format('relations')}"

    def _select(self, query: str, **values: object) -> list[Record]:
        return self._database.select(query, **self._values, **values)


class StoredNetwork(NetworkPart):
    """The network of an index, and its parts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, NO_FILTER)
        # On the object rather than the class, which would keep the indexes of old versions.
        self.part = lru_cache(MAX_CACHED_PARTS)(partial(NetworkPart, database))

    @cached_property
    def relations(self) -> list[tuple[str, int]]:
        """Return the relations and how often each joins two nodes, the most frequent first."""
        query = (
            "SELECT relation.iri, number FROM (SELECT relation AS id, count(*) AS number FROM edge GROUP BY relation) "
            "JOIN relation USING (id) ORDER BY number DESC, relation.iri"
        )
        return [(iri, number) for iri, number in self._select(query)]


def renew_network(database: sqlite3.Connection, columns: Columns, things: ThingIds) -> None:
    """Rewrite an index's nodes that are due, and the edges whose origins are due."""
    # As counts, so that an update reads no participations of what has not changed (decision 0039).
    database.executemany("INSERT OR REPLACE INTO side VALUES (?, ?)", columns.sides.items())
    due = things.of(columns.due or ())
    nodes = {things[f"<{node.iri}>"]: node for node in nodes_due(columns)}
    database.executemany("DELETE FROM node WHERE id = ?", ([id_] for id_ in due))
    # Without degree and side: both depend on edges, which are written after the nodes that they need.
    records = ((id_, *astuple(replace(node, side="")), *_sorted_by(node), 0, node.side) for id_, node in nodes.items())
    database.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", records)
    # Nodes that are not due may have gained or lost an edge to one that is.
    ends = {end for start, _, end in _renew_edges(database, columns, things, due) for end in (start, end)}
    degree = "(SELECT count(*) FROM edge WHERE start = node.id) + (SELECT count(*) FROM edge WHERE end = node.id)"
    changed = [*ends.union(nodes)]
    database.executemany(f"UPDATE node SET degree = {degree} WHERE id = ?", ([id_] for id_ in changed))
    _take_sides(database, side_letters(columns), changed)


def _renew_edges(
    database: sqlite3.Connection, columns: Columns, things: ThingIds, due: Iterable[int]
) -> set[tuple[int, int, int]]:
    """Rewrite the edges whose origins are due, and return those that had or have such an origin."""
    edges_of_due = (database.execute("SELECT start, relation, end FROM told WHERE origin = ?", [id_]) for id_ in due)
    edges: set[tuple[int, int, int]] = {*chain.from_iterable(edges_of_due)}
    database.executemany("DELETE FROM told WHERE origin = ?", ([id_] for id_ in due))
    relations: dict[str, int] = dict(database.execute("SELECT iri, id FROM relation"))
    for origin, start, relation, end in relations_with_origins(columns):
        ids = things[start], things[end]
        # A relation may lead to something that is not a node, and could not be drawn.
        if database.execute("SELECT count(*) FROM node WHERE id IN (?, ?)", ids).fetchone()[0] == len(ids):
            edge = ids[0], relations.setdefault(relation, len(relations)), ids[1]
            database.execute("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)", (*edge, things[origin]))
            edges.add(edge)
    weak = ((id_, iri, iri in WEAK_RELATIONS) for iri, id_ in relations.items())
    database.executemany("INSERT OR IGNORE INTO relation VALUES (?, ?, ?)", weak)
    # From `told`, since other things may state the same edge: it is removed with the last one that does.
    this = "start = ? AND relation = ? AND end = ?"
    database.executemany(f"DELETE FROM edge WHERE {this}", edges)
    database.executemany(f"INSERT INTO edge SELECT DISTINCT start, relation, end FROM told WHERE {this}", edges)
    return edges


def _take_sides(database: sqlite3.Connection, letters: Mapping[str, str], nodes: Iterable[int]) -> None:
    """Give nodes the side that they took themselves, or else that of what they belong to."""
    belonging = (
        "SELECT node.iri FROM edge JOIN relation ON relation.id = relation JOIN node ON node.id = end "
        "WHERE start = :id AND relation.iri IN (SELECT value FROM json_each(:relations)) "
        f"AND node.iri {AMONG.format('sides')} ORDER BY relation.iri, node.iri LIMIT 1"
    )
    values = {"relations": json.dumps(BELONGING), "sides": json.dumps([*letters])}
    for id_ in nodes:
        iri, own = database.execute("SELECT iri, own_side FROM node WHERE id = ?", [id_]).fetchone() or ("", "")
        side = own or letters.get(iri)
        if not side:
            joined = database.execute(belonging, {**values, "id": id_}).fetchone()
            side = letters[joined[0]] if joined else ""
        database.execute("UPDATE node SET side = ? WHERE id = ?", (side, id_))


def _sorted_by(node: NetworkNode) -> tuple[str, ...]:
    return node.name.casefold(), *(moment_key(parse_moment(stamp)) for stamp in (node.first, node.last))
