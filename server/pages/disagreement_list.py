"""Where they disagree: an issue at a time, each party's statements in its column, and what runs against what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from kg.namespaces import CQ
from server.http.parameters import from_query_string
from server.pages.list_documents import LISTED, listed
from server.pages.page_queries import Asked, Findings, distinct, query
from server.pages.page_terms import Row
from server.pages.paging import Pager, number
from server.pages.passage_display import shown
from server.pages.rendering import page as html
from server.search import indexed
from server.search.disagreement_index import Against, Issue
from server.search.tsv_cells import iri
from server.site import site

bp = Blueprint("disagreements", __name__)

A_PAGE = 8
"""Issues of a page."""
MOST = 20
"""Pairs of an issue that a page shows; its topic's own page has the others."""


@dataclass(frozen=True)
class Pair:
    """Two statements, the one of side a first, and the link between them in the direction that is best founded."""

    relation: str
    link: Row
    one: Row
    other: Row


@bp.get("/disagreements")
def disagreements() -> Response:
    """Answer with the statements that contradict or oppose each other, by what they are about."""
    page = number(from_query_string())
    return listed(lambda: _page(page), query("disagreements")[1], "one", site().store.current())


def _page(page: int) -> Response:
    index = indexed()
    findings, pager = Findings(index.version), Pager(page, A_PAGE, len(index.issues))
    findings.asked.append(Asked(*query("disagreements"), []))
    here = index.issues[pager.here]
    findings.also(iri(issue.topic) for issue in here if issue.topic)
    pairs = [pair for issue in here for pair in issue.pairs[:MOST]]
    links, statements = (_links(findings, pairs), _statements(findings, pairs)) if pairs else ({}, {})
    issues = [(iri(issue.topic) if issue.topic else "", _pairs(findings, issue, links, statements)) for issue in here]
    values: dict[str, Any] = {
        "issues": [(topic, found, len(issue.pairs)) for issue, (topic, found) in zip(here, issues, strict=True)],
        "pager": pager,
        "words": {each.row["statement"].value: each.words for each in shown(statements.values(), index.version)},
    }
    return html("disagreements.html", findings, LISTED, **values)


Links = dict[tuple[str, frozenset[str]], Row]


def _links(findings: Findings, pairs: Iterable[Against]) -> Links:
    """Return one link a pair, whichever way it points: an asserted one before one that follows."""
    ways = (
        f"(cq:{pair.relation} {one} {other})"
        for pair in pairs
        for one, other in ((pair.one, pair.other), (pair.other, pair.one))
    )
    found: Links = {}
    for row in distinct(findings.ask("disagreement-links", links=" ".join(ways)), "relation", "one", "other"):
        kind = row["relation"].value.removeprefix(str(CQ))
        found.setdefault((kind, frozenset((row["one"].value, row["other"].value))), row)
    return found


def _statements(findings: Findings, pairs: Iterable[Against]) -> dict[str, Row]:
    named = " ".join(sorted({end for pair in pairs for end in (pair.one, pair.other)}))
    told = distinct(findings.ask("disagreement-statements", statements=named), "statement")
    return {row["statement"].value: row for row in told}


def _pairs(findings: Findings, issue: Issue, links: Links, statements: dict[str, Row]) -> Sequence[Pair]:
    found = []
    for pair in issue.pairs[:MOST]:
        link = links.get((pair.relation, frozenset((iri(pair.one), iri(pair.other)))))
        ends = (
            [statements[each] for each in (link["one"].value, link["other"].value) if each in statements]
            if link
            else []
        )
        if link and len(ends) == 2:  # noqa: PLR2004 -- the two ends
            found.append(Pair(pair.relation, link, *_sided(findings, *ends)))
    return found


def _sided(findings: Findings, one: Row, other: Row) -> tuple[Row, Row]:
    """Put the statement of side a at the left."""
    found = [findings.names[each["source"].value].side or "m" for each in (one, other)]
    return (one, other) if found[0] <= found[1] else (other, one)
