"""`kg infer`: what follows from a corpus and the ontology."""

from __future__ import annotations

from pathlib import Path

import click

from kg import formats
from kg.app import How, assemble, inferred, read
from kg.cli.command import Command
from kg.cli.options import corpus_argument, format_option, output_option
from kg.cli.output import write
from kg.cli.progress import Steps
from kg.cli.reading import reasoner_options, the_corpus
from kg.export import write as written
from kg.formats import GRAPH_FORMATS, Format


@click.command(
    cls=Command,
    short_help="Write what follows from a corpus.",
    examples=["kg infer examples/harbour-talks --format ntriples"],
)
@corpus_argument
@reasoner_options
@format_option(GRAPH_FORMATS, formats.TURTLE, "The format to write.")
@output_option
def infer(corpus: Path | None, reasoner: str, cross_check: bool, wanted: Format, output: Path | None) -> None:
    """Write what follows from CORPUS and the ontology, and nothing that CORPUS asserts itself."""
    with Steps() as steps:
        whole = assemble(*read(the_corpus(corpus), tell=steps))
        found = inferred(whole.asserted, whole.knowledge.ontology, How(reasoner, cross_check), steps)
    write(written({None: found}, wanted, whole.names.base), output)
