"""The list of disagreements: by topic, pairs of statements that contradict or oppose each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kg.namespaces import CQ
from server.http.parameters import query_parameters
from server.pages.list_documents import DATA_MENU_FORMATS, list_response
from server.pages.page_queries import AnsweredQuery, PageQueries, distinct_rows, load_query
from server.pages.page_terms import Row
from server.pages.paging import Pager, page_number
from server.pages.passage_display import displayed_passages
from server.pages.rendering import page as html
from server.search import current_index
from server.search.disagreement_index import Issue, OpposedPair
from server.search.tsv_cells import iri

bp = Blueprint("disagreements", __name__)

ISSUES_PER_PAGE = 8
"""Topics per page."""
MAX_PAIRS_PER_ISSUE = 20
"""Pairs shown per topic; the page of the topic has the others."""


@dataclass(frozen=True)
class LinkedPair:
    """Two statements, that of side a first, and the link between them, an asserted one if there is any."""

    relation: str
    link: Row
    one: Row
    other: Row


@bp.get("/disagreements")
def disagreements() -> Response:
    """Return the statements that contradict or oppose each other, by topic."""
    page = page_number(query_parameters())
    return list_response(lambda: _page(page), load_query("disagreements")[1], "one", labels=("relation",))


def _page(page: int) -> Response:
    index = current_index()
    queries, pager = PageQueries(index.version), Pager(page, ISSUES_PER_PAGE, len(index.issues))
    queries.answered.append(AnsweredQuery(*load_query("disagreements"), []))
    here = index.issues[pager.here]
    queries.add_names(iri(issue.topic) for issue in here if issue.topic)
    pairs = [pair for issue in here for pair in issue.pairs[:MAX_PAIRS_PER_ISSUE]]
    links, statements = (_links(queries, pairs), _statements(queries, pairs)) if pairs else ({}, {})
    issues = [(iri(issue.topic) if issue.topic else "", _pairs(queries, issue, links, statements)) for issue in here]
    values: dict[str, Any] = {
        "issues": [(topic, found, len(issue.pairs)) for issue, (topic, found) in zip(here, issues, strict=True)],
        "pager": pager,
        "words": {
            each.row["statement"].value: each.words for each in displayed_passages(statements.values(), index.version)
        },
    }
    return html("disagreements.html", queries, DATA_MENU_FORMATS, **values)


LinkRows = dict[tuple[str, frozenset[str]], Row]


def _links(queries: PageQueries, pairs: Iterable[OpposedPair]) -> LinkRows:
    """Return one link per pair in either direction, preferring asserted links to inferred ones."""
    ways = (
        f"(cq:{pair.relation} {one} {other})"
        for pair in pairs
        for one, other in ((pair.one, pair.other), (pair.other, pair.one))
    )
    found: LinkRows = {}
    for row in distinct_rows(queries.select("disagreement-links", links=" ".join(ways)), "relation", "one", "other"):
        kind = row["relation"].value.removeprefix(str(CQ))
        found.setdefault((kind, frozenset((row["one"].value, row["other"].value))), row)
    return found


def _statements(queries: PageQueries, pairs: Iterable[OpposedPair]) -> dict[str, Row]:
    named = " ".join(sorted({end for pair in pairs for end in (pair.one, pair.other)}))
    told = distinct_rows(queries.select("disagreement-statements", statements=named), "statement")
    return {row["statement"].value: row for row in told}


def _pairs(queries: PageQueries, issue: Issue, links: LinkRows, statements: dict[str, Row]) -> Sequence[LinkedPair]:
    found = []
    for pair in issue.pairs[:MAX_PAIRS_PER_ISSUE]:
        link = links.get((pair.relation, frozenset((iri(pair.one), iri(pair.other)))))
        ends = (
            [statements[each] for each in (link["one"].value, link["other"].value) if each in statements]
            if link
            else []
        )
        if link and len(ends) == 2:  # noqa: PLR2004 -- the two ends
            found.append(LinkedPair(pair.relation, link, *_sided(queries, *ends)))
    return found


def _sided(queries: PageQueries, one: Row, other: Row) -> tuple[Row, Row]:
    """Return the two statements with that of side a first."""
    found = [queries.names[each["source"].value].side or "m" for each in (one, other)]
    return (one, other) if found[0] <= found[1] else (other, one)
