"""`kg reconcile`: suggests which things in other data are the same as things in ours, for a curator to decide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import click

from kg.cli.command import command, note
from kg.cli.options import output_option, store_place_option
from kg.cli.output import write
from kg.cli.progress import Steps
from kg.engines import StorePlace
from kg.errors import RequestError
from kg.reconciliation.suggestion_file import (
    decisions_of,
    dropped_decisions,
    outside_document,
    read_decided,
    suggestion_lines,
)
from kg.reconciliation.suggestions import Suggestions, joined, read_named_file, read_source, suggest

DEFAULT_CANDIDATES = 3
MAX_LISTED_WITHOUT_CANDIDATES = 1000
"""Things of a source up to which those without candidates are listed too."""


@command(
    "Suggest matches between other data and the graph.",
    [
        "kg reconcile import/yearbook -o suggestions.yaml",
        "kg reconcile names.csv -o suggestions.yaml",
        "kg reconcile --identifiers wikidata.csv -o identifiers.yaml",
        "kg reconcile --accepted identifiers.yaml -o outside.yaml",
    ],
)
@click.argument("source", required=False)
@click.option(
    "--identifiers",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV or RDF of identifiers elsewhere, with labels and descriptions; only likely matches are listed.",
)
@click.option(
    "--accepted",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was accepted in this file as the outside document of a corpus, instead.",
)
@click.option(
    "--candidates",
    type=click.IntRange(1, 20),
    default=DEFAULT_CANDIDATES,
    show_default=True,
    help="The maximum number of candidates for each thing.",
)
@store_place_option
@output_option
def reconcile(
    source: str | None,
    identifiers: Sequence[Path],
    accepted: Path | None,
    candidates: int,
    place: StorePlace,
    output: Path | None,
) -> None:
    """Suggest which people, organizations, groups, places and posts of the store SOURCE names, for you to decide.

    SOURCE is a graph of the store, in full or by the part after graph/, or a file: RDF, or CSV with a header. Names,
    posts, dates and neighbours give each candidate a score, and its evidence says why. A curator writes accept or
    reject into the file that -o names; `kg import` of it imports what is accepted, and running this again keeps it.
    """
    if accepted is not None:
        decided = read_decided(accepted)
        write((line.encode() for line in outside_document(decided)), output)
        if decided.without_iri:
            left_out = f"{decided.without_iri:,} accepted names have no IRI"
            note(f"Note: {left_out}, so they are left out: they identify nothing elsewhere.")
        return
    if source is None and not identifiers:
        raise RequestError("There is nothing to reconcile: expected SOURCE, --identifiers or --accepted.")
    # Before anything is written: what was decided is in the file that is about to be replaced.
    decisions = decisions_of(output) if output is not None else {}
    with Steps(2) as steps:
        steps("Reading what is to be reconciled")
        store = place.open()
        sources = [read_source(store, source)] if source else []
        elsewhere = [read_named_file(store, file) for file in identifiers]
        steps(f"Comparing {sum(len(named.things) for named in (*sources, *elsewhere)):,} names")
        compared = [(named, len(named.things) <= MAX_LISTED_WITHOUT_CANDIDATES) for named in sources]
        compared += [(named, False) for named in elsewhere]
        suggested = (suggest(store, named, candidates, all_things=all_things) for named, all_things in compared)
        suggestions = tuple(chain.from_iterable(suggested))
    names = store.graph_names()
    base = names.base if names else ""
    result = Suggestions(joined([*sources, *elsewhere]), store.current().name, base, suggestions)
    write((line.encode() for line in suggestion_lines(result, decisions)), output)
    note(_summary(result))
    for (identifier, thing), decision in dropped_decisions(result, decisions).items():
        note(f"Note: {decision} of {identifier} as {thing} is left out: it is not suggested any more.")


def _summary(result: Suggestions) -> str:
    number = len(result.suggestions)
    with_candidates = sum(bool(suggestion.candidates) for suggestion in result.suggestions)
    unambiguous = sum(suggestion.match for suggestion in result.suggestions)
    return (
        f"Of {len(result.source.things):,} names, {number:,} are listed, {with_candidates:,} with candidates and "
        f"{unambiguous:,} of these unambiguous; none is decided."
    )
