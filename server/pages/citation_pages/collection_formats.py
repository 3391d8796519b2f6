"""Writes a collection as CSV, with a row for each thing of each item, and as Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from kg.act_words import CONCEPT_WORDS
from kg.export.spreadsheet_cells import spreadsheet_cell
from kg.iterables import in_batches
from kg.sparql.query_terms import iri_in_query
from kg.store.interfaces import Version
from server.pages.citation_pages.citation_formats import escape_markdown
from server.pages.citation_pages.collected_items import CollectedItem, CollectedThing
from server.pages.queried_data.page_queries import PageQueries, rows_by
from server.pages.queried_data.thing_names import Names
from server.pages.terms.page_terms import Row
from server.pages.things.cited_things import STATEMENTS_PER_QUERY

# Named as in lists of statements; empty for a passage.
STATEMENT_COLUMNS = ("source", "act", "polarity", "certainty", "side", "behalf", "outer", "occasion")
COLUMNS = ("thing", "words", "said", *STATEMENT_COLUMNS, "article", "note", "disputed", "by", "at", "permalink")


def collection_as_csv(items: Sequence[CollectedItem], version: Version) -> str:
    """Return the items as CSV (RFC 4180), for spreadsheets, with the columns of statements in a version."""
    text, values = io.StringIO(), _values_of_statements(items, PageQueries(version))
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for item in items:
        writer.writerows(map(spreadsheet_cell, _row(item, thing, values)) for thing in item.things)
    return text.getvalue()


def collection_as_markdown(title: str, items: Sequence[CollectedItem]) -> str:
    """Return the items under the title as Markdown: each thing, its citation, and the note as a quotation."""
    parts = [f"# {escape_markdown(title)}\n"]
    for item in items:
        parts += [_markdown_thing(thing) for thing in item.things]
        disputed = "This reading is disputed. " if item.is_disputed else ""
        lines = f"{disputed}{item.note}".split("\n") if disputed or item.note else []
        parts.append("".join(f"  > {escape_markdown(line)}\n" for line in lines))
        parts.append(f"  {escape_markdown(item.by)}, {item.at}\n")
    return "\n".join(filter(None, parts))


def _values_of_statements(items: Sequence[CollectedItem], queries: PageQueries) -> dict[str, tuple[str, ...]]:
    """Return the words in each statement's columns, several values joined, by its IRI."""
    things = dict.fromkeys(thing.iri for item in items for thing in item.things if thing.part)
    rows: list[Row] = []
    for batch in in_batches([*things], STATEMENTS_PER_QUERY):
        rows += queries.select("collected-columns", statements=" ".join(map(iri_in_query, batch)))
    return {
        statement: tuple(_joined(of_statement, column, queries.names) for column in STATEMENT_COLUMNS)
        for statement, of_statement in rows_by(rows, "statement").items()
    }


def _joined(rows: Sequence[Row], column: str, names: Names) -> str:
    values = dict.fromkeys(row[column].value for row in rows if column in row)
    return "; ".join(CONCEPT_WORDS.get(value) or names[value].label for value in values)


def _row(item: CollectedItem, thing: CollectedThing, values: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    part = thing.part
    sentences = " ".join(part.sentences) if part else ""
    article = part.article.words if part and part.article else ""
    words, disputed = part.quoted_words if part else "", str(item.is_disputed).lower()
    of_statement = values.get(thing.iri, ("",) * len(STATEMENT_COLUMNS))
    return (thing.iri, words, sentences, *of_statement, article, item.note, disputed, item.by, item.at, thing.permalink)


def _markdown_thing(thing: CollectedThing) -> str:
    if thing.part is None:
        return f"- No longer in the data: <{thing.iri}>\n"
    lines = map(escape_markdown, thing.part.lines)
    return "- " + "\n\n  ".join((*lines, f"<{thing.permalink}>")) + "\n"
