"""`kg diff`: shows the changes between versions of a store, or files, in words or as an update."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from kg.app.diff import Difference, compare
from kg.cli.command import command
from kg.cli.options import output_option, store_place_option
from kg.cli.output import write
from kg.cli.progress import Steps
from kg.engines import StorePlace
from kg.export.difference_texts import as_update, counted, in_words


@command(
    "Compare versions or files.",
    [
        "kg diff",
        "kg diff 000001 000003 --graph authority",
        "kg diff export.nq 000003 --as update --output changes.ru",
        "kg diff ./store --store http://localhost:8890/sparql",
    ],
)
@click.argument("before", required=False)
@click.argument("after", required=False)
@store_place_option
@click.option("--graph", "graphs", multiple=True, help="Compare this graph only, named in full or after graph/.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["words", "update"]),
    default="words",
    show_default=True,
    help="Write the difference in words, or as a SPARQL update that turns BEFORE into AFTER.",
)
@output_option
def diff(
    before: str | None, after: str | None, place: StorePlace, graphs: tuple[str, ...], form: str, output: Path | None
) -> None:
    """Show what was removed and added from BEFORE to AFTER.

    Each is a version of the store, a file of RDF, the folder of another store, or the address at which another engine
    answers queries; --user and --token are for the address of --store alone. Without AFTER, the current version;
    without BEFORE, the version before that. A file's format follows from its extension. Triples are compared, whatever
    their format, and blank nodes by the triples that describe them (RDFC-1.0).
    """
    with Steps() as steps:
        steps("Comparing")
        difference = compare(place, before, after, graphs)
    lines = _report(difference) if form == "words" else as_update(difference.changes)
    write((line.encode() for line in lines), output)


def _report(difference: Difference) -> Iterator[str]:
    total = counted(difference.changes) if difference.changes else "nothing has changed"
    yield f"From {difference.before} to {difference.after}: {total}.\n"
    lines = in_words(difference.changes, difference.labels, difference.base, difference.about_builds)
    yield from (f"{line}\n" for line in lines)
