"""The network in an index: written from a version's columns, and read as a whole when a page asks for it."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from server.search.index_database import Database
from server.search.network import Network, NetworkEdge, NetworkNode, build_network
from server.search.network_builder import read_network
from server.search.property_columns import Columns

SCHEMA = """
CREATE TABLE node (id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, name TEXT, side TEXT, first TEXT, last TEXT);
CREATE TABLE edge (rank INTEGER PRIMARY KEY, start INTEGER, relation TEXT, end INTEGER);
"""
"""The edges are in the order in which shortest paths prefer them."""


def write_network(database: sqlite3.Connection, columns: Columns) -> None:
    """Write the network of a version into an index."""
    network = read_network(columns)
    ids = {iri: id_ for id_, iri in enumerate(network.nodes)}
    nodes = ((ids[node.iri], *astuple(node)) for node in network.nodes.values())
    database.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, ?)", nodes)
    edges = ((rank, ids[edge.start], edge.relation, ids[edge.end]) for rank, edge in enumerate(network.edges))
    database.executemany("INSERT INTO edge VALUES (?, ?, ?, ?)", edges)


def load_network(database: Database) -> Network:
    """Return the network of an index."""
    nodes = {id_: NetworkNode(*values) for id_, *values in database.select("SELECT * FROM node ORDER BY id")}
    relations: dict[str, str] = {}
    edges = (
        NetworkEdge(nodes[start].iri, relations.setdefault(relation, relation), nodes[end].iri)
        for start, relation, end in database.select("SELECT start, relation, end FROM edge ORDER BY rank")
    )
    return build_network({node.iri: node for node in nodes.values()}, edges)
