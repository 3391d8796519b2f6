"""`kg export`: the dataset, or graphs of it, in any format of the table, the same bytes for the same triples."""

from __future__ import annotations

from pathlib import Path

import click

from kg import formats
from kg.app import export_graphs, export_projection
from kg.cli.command import Command
from kg.cli.options import format_option, output_option, store_option, version_option
from kg.cli.output import write
from kg.cli.progress import Steps
from kg.export import EXPORT_FORMATS, PROJECTIONS, projection_by_name
from kg.formats import Format
from kg.store import open_store


@click.command(
    cls=Command,
    short_help="Write graphs in any format.",
    examples=[
        "kg export --format nquads --output communique.nq",
        "kg export article/haqqani-talks inferred --format turtle",
        "kg export --format graphml --output communique.graphml",
        "kg export --projection people --format gexf --output people.gexf",
        "kg export --projection people --format cypher --output people.cypher",
    ],
)
@click.argument("graphs", nargs=-1, metavar="[GRAPH]...")
@store_option
@format_option(EXPORT_FORMATS, formats.TRIG, "The format to write.")
@click.option(
    "--projection",
    type=click.Choice(["full", *(projection.name for projection in PROJECTIONS)]),
    default="full",
    show_default=True,
    help="What a property graph shows: everything, or what is readable at a glance.",
)
@output_option
@version_option
def export(
    graphs: tuple[str, ...], store: Path, row: Format, projection: str, output: Path | None, at: str | None
) -> None:
    """Write the dataset, or the GRAPHs of it that are named, whole or by the part after graph/.

    Without a GRAPH, formats for named graphs hold all of them, and formats for triples and property graphs the default
    graph: what articles, authority and inference say. A projection says what it leaves out, except in CSV.
    """
    with Steps() as steps:
        steps(f"Reading version {open_store(store).version(at).name} of {store}")
        if projection == "full":
            chunks = export_graphs(store, graphs, row, at)
        else:
            chunks = export_projection(store, graphs, projection_by_name(projection), row, at)
        steps(f"Writing {row.label}")
        write(chunks, output)
