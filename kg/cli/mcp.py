"""`kg mcp`: serves a store to agents by the Model Context Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kg.cli.command import command, note
from kg.cli.options import store_place_option
from kg.engines import StorePlace
from kg.extras import needs_extra
from kg.mcp.tools import AgentTools
from kg.workers.limited_engine import LimitedEngine
from kg.workers.pooled_store import PooledStore
from kg.workers.query_limits import MEGABYTE, QueryLimits
from kg.workers.served_store import ServedStore

LIMITS = QueryLimits(time=20, cpu=20, rows=10_000, size=4 * MEGABYTE, workers=2, slow=1)
"""The limits on an agent's query."""


@command(
    "Let agents query the store (MCP).",
    ["kg mcp --store ./store", "kg mcp --http 8001", "kg mcp --store http://localhost:8890/sparql"],
)
@store_place_option
@click.option(
    "--http",
    "port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Serve over streamable HTTP on this port of 127.0.0.1 (0 takes any free one), instead of standard input.",
)
def mcp(place: StorePlace, port: int | None) -> None:
    """Serve agents by the Model Context Protocol, on standard input and output.

    The tools find entities, describe one, return statements by their source and subject, meetings, and the accounts of
    articles side by side, answer questions and run limited queries. Each answer has IRIs, certainty, chains and
    passages, and marks the articles' words as data. Nothing is written. Needs the extra `mcp`: pip install
    'communique[mcp]'.
    """
    with needs_extra("mcp"):
        from kg.mcp.server import serve_http, serve_stdio  # noqa: PLC0415 -- an extra
    with _open_within_limits(place) as store:
        tools = AgentTools(store)
        if port is None:
            serve_stdio(tools)
        else:
            serve_http(tools, port, lambda address: note(f"Answering agents on {address} (Ctrl+C stops it)."))


@contextmanager
def _open_within_limits(place: StorePlace) -> Iterator[ServedStore]:
    # An external engine is queried by threads of this process; only a folder needs workers.
    if place.is_engine:
        yield LimitedEngine(place.open_engine(), LIMITS)
        return
    with PooledStore.open(Path(place.name), LIMITS) as pooled:
        yield pooled
