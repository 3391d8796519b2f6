"""`kg serve`: the command that `kg` finds by its entry point, since it knows no server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from kg.cli import Command, store_option
from kg.dataset import GraphNames
from kg.errors import RequestError
from kg.pipeline import knowledge, open_store, site_facts
from kg.pipeline.changes import change_checked, change_plainly
from kg.pipeline.stores import PLAIN, plain_store
from kg.resources import ontology_folder
from kg.store import Store, WritableStore
from kg.workers import Limits, PooledStore
from server.app import create_app
from server.limit_options import limit_options, limits_of
from server.serve import THREADS
from server.serve import serve as serve_app
from server.site import Change, Settings
from server.writing import LOOPBACK

SPARE = 4
"""Threads for requests that need no worker."""


@click.command(
    cls=Command,
    short_help="Serve a store over HTTP.",
    examples=["kg serve --port 8080", "kg serve --plain --writable --store ./scratch"],
)
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option("--writable", is_flag=True, help="Take writes, from this machine only: needs a loopback --host.")
@click.option("--plain", is_flag=True, help="Serve a store of anything, made if it is not there: no graphs of ours.")
@limit_options
def serve(store: Path, host: str, port: int, *, writable: bool, plain: bool, **limits: Any) -> None:  # noqa: ANN401 -- by name
    """Serve the store over HTTP: SPARQL at /sparql, and a page about it for browsers.

    SIGTERM and Ctrl+C let the answers under way finish, then it ends.
    """
    if writable and host not in LOOPBACK:
        raise RequestError(f"--writable with --host {host}: writes are taken on {', '.join(LOOPBACK)} only.")
    opened, facts = (plain_store(store), PLAIN) if plain else (open_store(store), site_facts(store))
    questions = ontology_folder() / "questions" if facts.base else None
    settings = Settings(facts.base, facts.title, questions, facts.licence)
    change = _change(opened, facts.base) if writable else None

    def ready(address: str) -> None:
        click.echo(f"Serving version {opened.current().name} of {store} on {address} (Ctrl+C ends it).")

    try:
        with _asked(store, opened, limits_of(limits)) as (asked, threads):
            serve_app(create_app(asked, settings, change), host, port, ready, threads=threads)
    except OSError as error:
        raise RequestError(f"{host}:{port} cannot be listened on: {os.strerror(error.errno or 0)}.") from error


@contextmanager
def _asked(folder: Path, opened: Store, limits: Limits | None) -> Iterator[tuple[Store, int]]:
    """Give the store that requests ask, and threads enough that who has to wait does so for a worker only."""
    if limits is None:
        yield opened, THREADS
        return
    with PooledStore.open(folder, limits) as pooled:
        yield pooled, limits.workers + limits.streams + limits.queue + SPARE


def _change(store: WritableStore, base: str | None) -> Change:
    """Return how writes are made: checked where there is a corpus, as they are in a plain store."""
    if base is None:
        return partial(change_plainly, store)
    return partial(change_checked, store, GraphNames(base), knowledge())
