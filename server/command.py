"""`kg serve`: the command that `kg` finds by its entry point, since it knows no server."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kg.cli import Command, store_option
from kg.errors import RequestError
from kg.pipeline import open_store, site_facts
from kg.resources import ontology_folder
from server.app import create_app
from server.serve import serve as serve_app
from server.site import Settings


@click.command(cls=Command, examples=["kg serve --port 8080"])
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
def serve(store: Path, host: str, port: int) -> None:
    """Serve the store over HTTP: SPARQL at /sparql, and a page about it for browsers.

    SIGTERM and Ctrl+C let the answers under way finish, then it ends.
    """
    opened, facts = open_store(store), site_facts(store)
    settings = Settings(facts.base, facts.title, ontology_folder() / "questions", facts.licence)

    def ready(address: str) -> None:
        click.echo(f"Serving version {opened.current().name} of {store} on {address} (Ctrl+C ends it).")

    try:
        serve_app(create_app(opened, settings), host, port, ready)
    except OSError as error:
        raise RequestError(f"{host}:{port} cannot be listened on: {os.strerror(error.errno or 0)}.") from error
