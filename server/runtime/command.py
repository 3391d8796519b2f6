"""The command `kg serve`, which `kg` finds by an entry point, since `kg` does not import `server`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kg.cli import Command, keep_option, place_option
from kg.engines import StorePlace, is_address
from kg.errors import RequestError
from server.auth.origins import LOOPBACK
from server.http.request_limits import MEGABYTE
from server.monitoring.logs import JSON, TEXT, logging_to_stderr
from server.runtime.access_options import access_options, settings_of
from server.runtime.front_processes import run_front_processes
from server.runtime.lifecycle import ServeOptions, run
from server.runtime.limit_options import limit_options, query_limits_of
from server.site import Settings

ENVIRONMENT = "KG_SERVE"
"""The prefix of the options' environment variables: `KG_SERVE_RATE` for `--rate`."""


@click.command(
    cls=Command,
    short_help="Serve a store over HTTP.",
    context_settings={"auto_envvar_prefix": ENVIRONMENT},
    examples=[
        "kg serve --port 8080",
        "kg serve --store ./harbour --sources examples/harbour-talks",
        "kg serve --store http://localhost:8890/sparql",
        "kg serve --plain --writable --store ./scratch",
    ],
)
@place_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free port.")
@click.option(
    "--writable", is_flag=True, help="Accept writes without a token from this machine; needs a loopback --host."
)
@click.option(
    "--plain", is_flag=True, help="Serve a store of any RDF, created if missing, without the graphs of a corpus."
)
@click.option(
    "--sources",
    type=click.Path(exists=True, path_type=Path),
    help="A folder with the articles' texts, which pages then show.",
)
@click.option(
    "--log", type=click.Choice([JSON, TEXT]), help="The format of the log. Default: text on a terminal, JSON elsewhere."
)
@click.option(
    "--slow-log",
    type=click.FloatRange(0),
    default=Settings.slow,
    show_default=True,
    help="Seconds after which a query is logged with its text.",
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    metavar="N",
    default=ServeOptions.processes,
    show_default=True,
    help="Processes that serve the port; they divide the workers, the page processes and the cache.",
)
@click.option(
    "--page-processes",
    type=click.IntRange(0),
    metavar="N",
    default=ServeOptions.page_processes,
    show_default=True,
    help="Processes that render pages, over one index; 0 renders them in the server's own.",
)
@click.option(
    "--cache",
    type=click.IntRange(0),
    metavar="MB",
    default=Settings.cache // MEGABYTE,
    show_default=True,
    help="Megabytes of answers to queries that are cached in memory; 0 for none.",
)
@click.option(
    "--refresh",
    type=click.IntRange(0),
    metavar="N",
    default=Settings.refresh,
    show_default=True,
    help="Cached answers that idle workers evaluate again after each write, the most expensive first; 0 for none.",
)
@keep_option
@access_options
@limit_options
def serve(store: str, host: str, port: int, **values: Any) -> None:  # noqa: ANN401 -- each option by its name
    """Serve the store over HTTP: SPARQL at /sparql, and a page about it for browsers.

    On SIGTERM and Ctrl+C, it finishes the running responses and stops. SIGHUP reloads the corpus's settings.

    Every option can be set in the environment too: --cache as KG_SERVE_CACHE, a flag as 1, several values with spaces.
    """
    if values["writable"] and host not in LOOPBACK:
        raise RequestError(f"--writable with --host {host}: expected one of {', '.join(LOOPBACK)}.")
    if values["workers"] == 0 and host not in LOOPBACK:
        raise RequestError(f"--workers 0 with --host {host}: without limits, expected one of {', '.join(LOOPBACK)}.")
    # The processes divide the workers among them.
    if values["workers"] == 0 and values["processes"] > 1:
        raise RequestError(f"--workers 0 with --processes {values['processes']}: expected 2 workers or more.")

    if is_address(store) and (values["writable"] or values["plain"]):
        raise RequestError(f"--writable and --plain need a store in a folder: expected neither with {store}.")

    def ready(address: str, version: str) -> None:
        click.echo(f"Serving version {version} of {store} on {address} (Ctrl+C stops it).")

    options = _serve_options(store, values)
    try:
        with logging_to_stderr(options.log):
            (run if options.processes == 1 else run_front_processes)(options, host, port, ready)
    except OSError as error:
        raise RequestError(f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}.") from error


def _serve_options(place: str, values: dict[str, Any]) -> ServeOptions:
    """Return the options, taking each value by name; `ServeOptions` refuses any that nothing reads."""
    login = {name: values.pop(name) for name in ("user", "token", "digest")}
    named, store = StorePlace(place, **login), Path(place)
    settings = settings_of(values, store, writable=values.pop("writable"))
    cache, slow, limits = values.pop("cache") * MEGABYTE, values.pop("slow_log"), query_limits_of(values)
    settings = replace(settings, cache=cache, refresh=values.pop("refresh"), slow=slow)
    return ServeOptions(store, settings=settings, limits=limits, engine=named if named.is_engine else None, **values)
