"""`kg push`: copies the store's graphs to another server."""

from __future__ import annotations

from pathlib import Path

import click

from kg.app.push import TargetServer
from kg.app.push import push as push_graphs
from kg.cli.command import command, note
from kg.cli.options import store_option, version_option
from kg.engines import login_of


@command(
    "Copy graphs to another SPARQL server.",
    [
        "kg push http://localhost:7878/store",
        "kg push http://localhost:3030/news/data --version 000007",
        "kg push http://localhost:8000/graphs article/haqqani-talks authority",
    ],
)
@click.argument("url", metavar="URL")
@click.argument("graphs", nargs=-1, metavar="[GRAPH]...")
@store_option
@version_option
@click.option("--token", envvar="KG_PUSH_TOKEN", show_envvar=True, help="A bearer token; safer in the environment.")
@click.option("--user", envvar="KG_PUSH_USER", show_envvar=True, help="NAME:PASSWORD; safer in the environment.")
@click.option("--digest", is_flag=True, help="Log in by digest authentication (RFC 7616) as --user, for Virtuoso.")
def push(
    url: str,
    graphs: tuple[str, ...],
    store: Path,
    at: str | None,
    token: str | None,
    user: str | None,
    *,
    digest: bool,
) -> None:
    """Replace graphs of the server at URL, an address of the SPARQL 1.1 Graph Store Protocol, by those of the store.

    All graphs, or only the GRAPHs named, in full or by the part after graph/; other graphs of the server are kept.
    After a lost connection, or if the server is busy, the request is repeated. If the server refuses a graph, its own
    is unchanged.
    """
    pushed = []
    for graph in push_graphs(store, TargetServer(url, login_of(url, user, token, digest=digest)), graphs, at):
        note(f"{graph.triples:,} triples: {graph.name}")
        pushed.append(graph.triples)
    click.echo(f"Pushed {len(pushed)} graphs with {sum(pushed):,} triples to {url}.")
