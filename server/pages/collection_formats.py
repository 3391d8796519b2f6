"""Writes a collection as CSV, a row for each thing of each item, and as Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from kg.export import spreadsheet_cell
from server.pages.citation_formats import escape_markdown
from server.pages.collected_items import CollectedItem, CollectedThing

COLUMNS = ("thing", "words", "said", "article", "note", "disputed", "by", "at", "permalink")


def collection_as_csv(items: Sequence[CollectedItem]) -> str:
    """Return the items as CSV (RFC 4180), for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for item in items:
        writer.writerows(map(spreadsheet_cell, _row(item, thing)) for thing in item.things)
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


def _row(item: CollectedItem, thing: CollectedThing) -> tuple[str, ...]:
    part = thing.part
    sentences = " ".join(part.sentences) if part else ""
    article = part.article.words if part and part.article else ""
    words, disputed = part.quoted_words if part else "", str(item.is_disputed).lower()
    return (thing.iri, words, sentences, article, item.note, disputed, item.by, item.at, thing.permalink)


def _markdown_thing(thing: CollectedThing) -> str:
    if thing.part is None:
        return f"- No longer in the data: <{thing.iri}>\n"
    article = [f"In: {thing.part.article.words}"] if thing.part.article else []
    lines = map(escape_markdown, (thing.part.quoted_words, *thing.part.sentences, *article))
    return "- " + "\n\n  ".join((*lines, f"<{thing.permalink}>")) + "\n"
