"""The page of a passage and the page of a proposition."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.store_queries import iri_in_query
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.passage_display import displayed_passages
from server.pages.rendering import page as html

PASSAGE_USES = (
    ("evidence", "What rests on it"),
    ("mention", "What it names"),
    ("sourceSpan", "Names the source of"),
    ("cueSpan", "Is the cue of"),
    ("contentSpan", "Is the content of"),
    ("quotedSpan", "Is quoted in"),
    ("insertionSpan", "Is the editor's, in a quotation of"),
    ("withoutStatement", "Carries no statement, in"),
)


def passage_page(name: str, queries: PageQueries) -> Response:
    """Return the page of a passage: its position, its text if available, and the statements it evidences."""
    this = iri_in_query(name)
    rows = queries.select("passage-carries", this=this)
    ways = [(title, [row for row in rows if row["way"].value == str(CQ[way])]) for way, title in PASSAGE_USES]
    found = displayed_passages(distinct_rows(queries.select("passage-itself", this=this), "passage"), queries.version)
    return html("passage.html", queries, this=name, passages=found, ways=[each for each in ways if each[1]])


def proposition_page(name: str, queries: PageQueries) -> Response:
    """Return the page of a proposition: its parts, what it describes, and who states it."""
    this = iri_in_query(name)
    values: dict[str, Any] = {
        "facts": [row for row in queries.facts(name) if row["property"].value.startswith(str(CQ))],
        "said": distinct_rows(queries.select("proposition-said", this=this), "statement"),
        "pointing": [
            row for row in queries.pointing(name) if row["property"].value in {str(CQ.condition), str(CQ.consequence)}
        ],
    }
    queries.add_names([name])
    return html("proposition.html", queries, this=name, **values)
