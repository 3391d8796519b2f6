"""`kg import`: imports RDF files as graphs of clients."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from kg.app.import_graphs import Imported, ImportOptions, read_files
from kg.app.import_graphs import import_files as import_into
from kg.app.imported_files import files_to_import
from kg.cli.command import command, note
from kg.cli.options import format_option, keep_option, store_option
from kg.cli.progress import Steps
from kg.formats import GRAPH_FORMATS, Format
from kg.reconciliation.suggestion_file import read_accepted
from kg.store import PayloadLimits, open_store

IMPORT_STEPS = 3
SUGGESTION_EXTENSIONS = (".yaml", ".yml")
"""Of the files in which a curator has decided what `kg reconcile` suggests."""
DEFAULT_LIMITS = PayloadLimits()


@command(
    "Import RDF into named graphs.",
    [
        "kg import yearbook.ttl",
        "kg import ./dumps register.nq.gz",
        "kg import - --format ntriples --graph import/register",
    ],
    name="import",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@store_option
@format_option(GRAPH_FORMATS, None, "The format of every FILE. Default: by the extension of each.")
@click.option("--graph", default="", help="The one graph for all files, in full or by the part after graph/.")
@click.option("--add", is_flag=True, help="Add to the graphs, instead of replacing them.")
@click.option(
    "--by",
    "author",
    metavar="NAME",
    envvar="KG_AUTHOR",
    show_envvar=True,
    help="Who imports. Default: your name on this machine.",
)
@click.option(
    "--max-triples",
    type=click.IntRange(1),
    default=DEFAULT_LIMITS.triples,
    show_default=True,
    help="How many triples a file may hold.",
)
@keep_option
def import_(
    files: Sequence[Path],
    store: Path,
    format_: Format | None,
    graph: str,
    author: str | None,
    max_triples: int,
    keep: int,
    *,
    add: bool,
) -> None:
    """Import RDF of any format into named graphs: FILE is a file, a folder with all below it, or - for standard input.

    Each file becomes the graph graph/import/NAME, where NAME is its path without extensions, and each graph that it
    names one below that. These graphs are not part of the default graph, since they are not facts of the articles.
    All files become one new version, which is checked against the ontology and the shapes like any write; if a check
    fails, the store is unchanged. Files may be compressed by gzip, bzip2, xz or zstd. Of a .yaml file of
    `kg reconcile`, what a curator has accepted is imported, as schema:sameAs.
    """
    author = getpass.getuser() if author is None else author
    options = ImportOptions(graph, author, add, keep, PayloadLimits(triples=max_triples))
    decided = [file for file in files if file.suffix in SUGGESTION_EXTENSIONS]
    listed = files_to_import([file for file in files if file not in decided], format_, in_one_graph=bool(graph))
    with Steps(IMPORT_STEPS) as steps:
        number = len(listed) + len(decided)
        steps(f"Reading {number:,} {'file' if number == 1 else 'files'}")
        read = read_files(store, listed, sys.stdin.buffer, options, partial(steps.count, noun="files"))
        accepted = [read_accepted(file, open_store(store)) for file in decided]
        imported = import_into(store, [*read, *accepted], options, steps)
    _print(imported, store)


def _print(imported: Imported, store: Path) -> None:
    version = imported.version
    for graph in imported.graphs:
        note(f"{len(graph):,} triples: {graph.name}")
        if not imported.apart:
            note(f"Note: the default graph has the triples of {graph.name} too, beside those of the articles.")
    triples, graphs = sum(map(len, imported.graphs)), len(imported.graphs)
    noun = "graph" if graphs == 1 else "graphs"
    if not imported.changed:
        click.echo(f"Nothing has changed: version {version.name} of {store} holds these {triples:,} triples already.")
        return
    click.echo(f"Version {version.name} of {store} is current: {triples:,} triples imported into {graphs:,} {noun}.")
