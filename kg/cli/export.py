"""`kg export`: the dataset, or graphs of it, in any format of the table, the same bytes for the same triples."""

from __future__ import annotations

from pathlib import Path

import click

from kg import formats
from kg.app import export_graphs
from kg.cli.command import Command
from kg.cli.options import format_option, output_option, store_option, version_option
from kg.cli.output import write
from kg.cli.progress import Steps
from kg.export import EXPORT_FORMATS
from kg.formats import Format
from kg.store import open_store


@click.command(
    cls=Command,
    short_help="Write graphs in any format.",
    examples=[
        "kg export --format nquads --output communique.nq",
        "kg export article/haqqani-talks inferred --format turtle",
        "kg export --format graphml --output communique.graphml",
    ],
)
@click.argument("graphs", nargs=-1, metavar="[GRAPH]...")
@store_option
@format_option(EXPORT_FORMATS, formats.TRIG, "The format to write.")
@output_option
@version_option
def export(graphs: tuple[str, ...], store: Path, row: Format, output: Path | None, at: str | None) -> None:
    """Write the dataset, or the GRAPHs of it that are named, whole or by the part after graph/.

    Without a GRAPH, formats for named graphs hold all of them, and formats for triples and property graphs the default
    graph: what articles, authority and inference say.
    """
    with Steps() as steps:
        steps(f"Reading version {open_store(store).version(at).name} of {store}")
        chunks = export_graphs(store, graphs, row, at)
        steps(f"Writing {row.label}")
        write(chunks, output)
