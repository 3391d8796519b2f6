"""`kg query`: answers a SPARQL query from a store, as a table or in any results format."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kg import formats
from kg.cli.command import command, note
from kg.cli.options import format_option, readable_store_option, version_option
from kg.cli.output import show_table, write
from kg.cli.progress import Steps
from kg.engines import StorePlace
from kg.errors import QuerySyntaxError, RequestError
from kg.formats import FORMATS, GRAPH_FORMATS, Format
from kg.prefixes import WELL_KNOWN
from kg.store import Answer, Query, QueryForm, Store, declarations_before, undeclared

MAX_PATH_LENGTH = 4096
"""Characters of the longest path of a file."""
MIN_QUERY_WORDS = 2
"""Words of the shortest query: `DESCRIBE <…>`, `ASK {}`."""


@command(
    "Answer a SPARQL query.",
    [
        'kg query "SELECT ?name { ?person a <https://schema.org/Person> ; <https://schema.org/name> ?name }"',
        "kg query question.rq --format csv",
        "kg query question.rq --store http://localhost:8890/sparql",
    ],
)
@click.argument("query", metavar="QUERY")
@readable_store_option
@format_option(FORMATS, None, "The format of the answer. Without it, solutions are a table and triples are Turtle.")
@version_option
@click.option("--explain", is_flag=True, help="Show the query for the engine, and why, instead of the answer.")
def query(
    query: str, store: Store, place: StorePlace, format_: Format | None, at: str | None, *, explain: bool
) -> None:
    """Answer QUERY: the text of a SPARQL query, a file that holds one, or - for standard input.

    The default graph has what articles and the authority state, and what is inferred; GRAPH queries the other graphs.
    The prefixes of the ontology and of common vocabularies (cq, rdf, rdfs, skos, schema, foaf, prov, xsd …) need not be
    declared.
    """
    with Steps() as steps:
        steps(f"Querying version {store.version(at).name} of {place}")
        answer = _answer(store, _text(query), _query(format_, at, explain=explain))
        chunks = [*answer.chunks] if format_ is None else answer.chunks
    if format_ is None and answer.form in (QueryForm.SELECT, QueryForm.ASK):
        result = json.loads(b"".join(chunks))
        _show_explanation(result) if explain else _show(result)
    else:
        write(chunks, None)


def _answer(store: Store, text: str, query: Query) -> Answer:
    """Answer a query, preceded by a line of declarations of the known prefixes that it uses and does not declare."""
    try:
        missing = {prefix: WELL_KNOWN[prefix] for prefix in undeclared(text) if prefix in WELL_KNOWN}
    except QuerySyntaxError:
        # Whoever answers the query finds the same fault, and tells it with the query's own lines.
        missing = {}
    # On one line before the text, so that only the line numbers of errors have to be corrected.
    lines = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in sorted(missing.items()))
    if not lines:
        return store.query(replace(query, text=text))
    with declarations_before():
        return store.query(replace(query, text=f"{lines}\n{text}"))


def _text(query: str) -> str:
    file = Path(query)
    if query == "-":
        return _decode(sys.stdin.buffer.read(), "Standard input")
    # The system refuses a longer path by an error, where a query of any length is meant.
    if len(query) < MAX_PATH_LENGTH and "\n" not in query and file.is_file():
        return _decode(file.read_bytes(), query)
    if file.suffix == f".{formats.QUERY.extension}" or len(query.split()) < MIN_QUERY_WORDS:
        raise RequestError(f"{query!r} is neither a file nor a SPARQL query.")
    return query


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(f"{name} is not UTF-8 text: byte {error.start + 1} cannot be read.") from error


def _query(format_: Format | None, at: str | None, *, explain: bool) -> Query:
    """Return a query that has no text yet."""
    if format_ is None:
        return Query("", formats.JSON, formats.TURTLE, version=at, explain=explain)
    graph = format_ in GRAPH_FORMATS
    return Query("", None if graph else format_, format_ if graph else None, version=at, explain=explain)


def _show(answer: dict[str, Any]) -> None:
    if "boolean" in answer:
        click.echo("yes" if answer["boolean"] else "no")
        return
    columns = answer["head"]["vars"]
    rows = [
        [row[column]["value"] if column in row else "" for column in columns] for row in answer["results"]["bindings"]
    ]
    show_table(columns, rows)
    note(f"{len(rows):,} {'solution' if len(rows) == 1 else 'solutions'}")


def _show_explanation(answer: dict[str, Any]) -> None:
    """Write the text that the engine would get, below the reasons as comments of SPARQL."""
    for row in answer["results"]["bindings"]:
        step, detail = row["step"]["value"], row["detail"]["value"]
        click.echo(detail if step == "text" else f"# {step}: {' '.join(detail.split())}")
