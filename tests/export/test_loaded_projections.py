"""Projections in engines that are not ours: Cypher over `LOAD CSV`, DuckDB over CSV and Parquet, and Neo4j's header."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg import formats
from kg.export.projections import PROJECTIONS, projection_by_name
from tests.export.conftest import document, graph
from tests.support.export_datasets import BASE

PERSON = f"{BASE}person/"


def edges_by_networkx(store: Path, name: str) -> list[tuple[str, str, str, int]]:
    return sorted((*ends, edge["label"], edge["count"]) for *ends, edge in graph(store, name).edges(data=True))


def test_the_cypher_script_loads_the_same_graph_and_twice_changes_nothing(store: Path, tmp_path: Path) -> None:
    for format_ in (formats.NODES, formats.EDGES):
        (tmp_path / format_.extension).write_bytes(document(store, "people", format_))
    script = document(store, "people", formats.CYPHER).decode().replace("file:///", f"file://{tmp_path}/")
    statements = "".join(line for line in script.splitlines(keepends=True) if not line.startswith("//")).split(";\n")
    import kglite

    loaded: Any = kglite.KnowledgeGraph()
    for statement in [*statements, *statements]:
        if statement:
            loaded.cypher(statement)
    rows = loaded.cypher("MATCH (a:Thing)-[r]->(b:Thing) RETURN a.id AS a, b.id AS b, type(r) AS label, r.count AS n")
    assert sorted(tuple(row[key] for key in ("a", "b", "label", "n")) for row in rows) == edges_by_networkx(
        store, "people"
    )
    kinds = Counter(kind for _, kind in graph(store, "people").nodes(data="types"))
    (people,) = loaded.cypher("MATCH (p:Person) RETURN count(p) AS n")
    assert people["n"] == kinds["Person"]
    ends = f"{{id: '{PERSON}nadia-roux'}})-[r:spokeAbout]->({{id: '{BASE}organization/coastal-office'}}"
    (accused,) = loaded.cypher(f"MATCH ({ends}) RETURN r.act AS act, r.count AS n")
    assert (accused["act"], accused["n"]) == (["accuse"], 1)


@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_duckdb_reads_the_same_edges_from_csv_and_parquet(store: Path, name: str, tmp_path: Path) -> None:
    import duckdb

    for format_ in (formats.EDGES, formats.PARQUET_EDGES, formats.PARQUET_NODES):
        (tmp_path / format_.extension).write_bytes(document(store, name, format_))
    edges = list[tuple[str, str, str, int]]()
    for read in (f"read_csv('{tmp_path}/edges.csv')", f"read_parquet('{tmp_path}/edges.parquet')"):
        edges = duckdb.sql(f"SELECT source, target, label, count FROM {read}").fetchall()
        assert sorted(edges) == edges_by_networkx(store, name)
    joined = f"SELECT count(*) FROM '{tmp_path}/edges.parquet' e JOIN '{tmp_path}/nodes.parquet' n ON n.id = e.target"
    assert duckdb.sql(joined).fetchall() == [(len(edges),)]
    described = duckdb.sql(
        f"SELECT value FROM parquet_kv_metadata('{tmp_path}/nodes.parquet') WHERE key = 'description'"
    )
    assert described.fetchall() == [(projection_by_name(name).description.encode(),)]


@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_polars_and_pandas_read_the_same_edges_from_csv_and_parquet(store: Path, name: str, tmp_path: Path) -> None:
    import pandas as pd
    import polars as pl

    columns = ["source", "target", "label", "count"]
    for format_ in (formats.EDGES, formats.PARQUET_EDGES):
        (tmp_path / format_.extension).write_bytes(document(store, name, format_))
    for frame in (pl.read_csv(tmp_path / "edges.csv"), pl.read_parquet(tmp_path / "edges.parquet")):
        assert sorted(frame.select(columns).rows()) == edges_by_networkx(store, name)
    for table in (pd.read_csv(tmp_path / "edges.csv"), pd.read_parquet(tmp_path / "edges.parquet")):
        assert sorted(table[columns].itertuples(index=False, name=None)) == edges_by_networkx(store, name)


@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_igraph_reads_the_same_edges_from_graphml_with_numbers_as_numbers(
    store: Path, name: str, tmp_path: Path
) -> None:
    import igraph

    (tmp_path / "all.graphml").write_bytes(document(store, name, formats.GRAPHML))
    read = igraph.Graph.Read_GraphML(str(tmp_path / "all.graphml"))
    nodes = read.vs["iri"]
    edges = [(nodes[edge.source], nodes[edge.target], edge["label"], edge["count"]) for edge in read.es]
    assert read.is_directed()
    assert sorted(edges) == edges_by_networkx(store, name)
    assert {*nodes} == {*graph(store, name).nodes}


def test_the_files_for_neo4j_admin_say_the_types_of_their_columns(store: Path) -> None:
    nodes, edges = (
        [*csv.DictReader(io.StringIO(document(store, "people", format_).decode()))]
        for format_ in (formats.NEO4J_NODES, formats.NEO4J_EDGES)
    )
    assert {row[":LABEL"].split("\x1f")[0] for row in nodes} == {"Thing"}
    ends = [(row[":START_ID"], row[":END_ID"], row[":TYPE"], int(row["count:long"])) for row in edges]
    assert sorted(ends) == edges_by_networkx(store, "people")
    assert {end for start, end, *_ in ends} <= {row["id:ID"] for row in nodes}
    passages = [row["passage:string[]"] for row in edges]
    assert any("\x1f" in cell for cell in passages)
    assert not any(" | " in cell for cell in passages)
