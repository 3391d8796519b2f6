"""The command `kg review`, which `kg` finds by an entry point, since `kg` does not import `server`."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click

from kg.cli import Command, store_option
from kg.errors import RequestError
from kg.review.review_folder import ReviewFolder
from kg.tokens import Tokens
from server.review.review_access import ReviewAccess
from server.review.review_app import ReviewDesk, create_review_app
from server.review.store_site import StoreSite
from server.runtime.http_server import serve


@click.command(
    cls=Command,
    short_help="Review drafts in the browser.",
    examples=["kg review examples/harbour-talks --store ./harbour --port 8100"],
)
@click.argument("documents", metavar="FOLDER_OR_DOCUMENT", type=click.Path(exists=True, path_type=Path))
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True, help="0 takes any free port.")
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the articles' texts. Default: the folder of the documents.",
)
@click.option("--name", help="Who reviews, for the record of changes. Default: your name on this machine.")
@click.option(
    "--site", default="", metavar="ADDRESS", help="The address of a `kg serve` over the store. Default: one is started."
)
def review(  # noqa: PLR0913, PLR0917 -- each option by its name
    documents: Path, store: Path, host: str, port: int, sources: Path | None, name: str | None, site: str
) -> None:
    """Serve a page for accepting, correcting, rejecting and publishing the drafts in FOLDER_OR_DOCUMENT.

    The printed address contains a token, without which nothing is shown. Create tokens for others with `kg token add
    NAME --role review`: changes are recorded under that name. Each change is saved at once. Ctrl+C stops it.
    """
    folder = ReviewFolder(documents, sources)
    texts = sources or folder.folder
    store_site = StoreSite(store, texts, site)
    access, token = ReviewAccess.with_new_token(name or getpass.getuser(), Tokens.of_store(store), host)
    desk = ReviewDesk(folder, texts, store, store_site, only="" if documents.is_dir() else documents.name)
    path = f"review?name={documents.name}&" if desk.only else "?"

    def ready(address: str) -> None:
        click.echo(f"Reviewing {documents} on {address}{path}token={token} (Ctrl+C stops it).")

    try:
        serve(create_review_app(desk, access), host, port, ready)
    except OSError as error:
        raise RequestError(f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}.") from error
    finally:
        store_site.close()
