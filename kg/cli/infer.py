"""`kg infer`: writes what follows from a corpus and the ontology."""

from __future__ import annotations

from pathlib import Path

from kg import formats
from kg.app.build_options import BuildOptions
from kg.app.corpus_dataset import read_corpus_dataset
from kg.app.infer import infer_triples
from kg.cli.build_flags import reasoner_options
from kg.cli.command import command
from kg.cli.options import corpus_argument, corpus_path, format_option, output_option
from kg.cli.output import write
from kg.cli.progress import Steps
from kg.export.format_writers import write as serialize
from kg.formats import GRAPH_FORMATS, Format


@command("Write what follows from a corpus.", ["kg infer examples/harbour-talks --format ntriples"])
@corpus_argument
@reasoner_options
@format_option(GRAPH_FORMATS, formats.TURTLE, "The format to write.")
@output_option
def infer(corpus: Path | None, reasoner: str, cross_check: bool, format_: Format, output: Path | None) -> None:
    """Write what follows from CORPUS and the ontology, without what CORPUS asserts itself."""
    with Steps() as steps:
        dataset = read_corpus_dataset(corpus_path(corpus), progress=steps)
        options = BuildOptions(reasoner, cross_check)
        inferred = infer_triples(dataset.asserted, dataset.schema.ontology, options, steps)
    write(serialize({None: inferred}, format_, dataset.corpus.names.base), output)
