"""`kg validate`: validates a corpus against the shapes, and reports in sentences or as RDF."""

from __future__ import annotations

from pathlib import Path

import click

from kg.app.corpus_dataset import read_corpus_dataset
from kg.app.validate import validate_dataset
from kg.cli.build_flags import validator_option
from kg.cli.command import command
from kg.cli.options import corpus_argument, corpus_path, format_option, json_option
from kg.cli.output import write, write_json
from kg.cli.progress import Steps
from kg.export.blank_node_names import named_blanks
from kg.export.format_writers import write as serialize
from kg.formats import GRAPH_FORMATS, Format


@command("Validate a corpus against the shapes.", ["kg validate examples/harbour-talks"])
@corpus_argument
@format_option(GRAPH_FORMATS, None, "Write the SHACL report in this format instead of sentences.")
@validator_option
@json_option
@click.pass_context
def validate(ctx: click.Context, corpus: Path | None, format_: Format | None, validator: str, *, as_json: bool) -> None:
    """Validate the assertions of CORPUS against the shapes; no store is read or written.

    Each finding is a line: file, line, what is wrong, and the shape. The exit status is 1 if a shape is violated.
    """
    with Steps() as steps:
        dataset = read_corpus_dataset(corpus_path(corpus), progress=steps)
        report = validate_dataset(dataset, steps, validator)
    if as_json:
        findings = [*report.sentences()]
        write_json({"conforms": report.conforms, "violations": report.violations, "findings": findings})
    elif format_ is not None:
        base = dataset.corpus.names.base
        write(serialize({None: named_blanks(report.graph, f"{base}report/")}, format_, base), None)
    else:
        for sentence in report.sentences():
            click.echo(sentence)
        click.echo(f"{len(dataset.asserted):,} triples {_verdict(report.violations)} the shapes.")
    ctx.exit(0 if report.conforms else 1)


def _verdict(violations: int) -> str:
    if not violations:
        return "conform to"
    return f"hold {violations:,} violation{'s' if violations > 1 else ''} of"
