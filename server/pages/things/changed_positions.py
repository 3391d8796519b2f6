"""Who changed their position, and what articles take back, with both statements as lists show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.namespaces import SCHEME
from server.pages.queried_data.page_queries import PageQueries, distinct_rows
from server.pages.terms.page_terms import Row

ARTICLE_VOICE = f"{SCHEME}source/article-voice"


@dataclass(frozen=True)
class ChangedPosition:
    """What somebody said before and after, and whether the later statement takes the earlier one back."""

    before: Row
    after: Row
    is_taken_back: bool


@dataclass(frozen=True)
class ChangedPositions:
    """The positions that people changed, and the corrections of articles, which are nobody's position."""

    positions: list[ChangedPosition]
    corrections: list[ChangedPosition]


def changed_links(queries: PageQueries, sources: str = "UNDEF") -> list[Row]:
    """Return the pairs of statements by which somebody changed position; `sources` in SPARQL syntax, UNDEF for all."""
    return queries.select("changed-positions", sources=sources)


def statements_of(links: Iterable[Row]) -> set[str]:
    """Return the statements of such pairs in SPARQL syntax."""
    return {row[end].sparql for row in links for end in ("before", "after")}


def statement_rows(queries: PageQueries, statements: Iterable[str]) -> list[Row]:
    """Return a row for each passage of each statement, in text order; without statements, none and without a query."""
    named = " ".join(sorted(statements))
    return distinct_rows(queries.select("statements-shown", statements=named), "statement", "passage") if named else []


def changed_positions(links: Iterable[Row], rows: Iterable[Row]) -> ChangedPositions:
    """Return the changed positions, from the links and the rows of their statements."""
    shown: dict[str, Row] = {}
    for row in rows:
        shown.setdefault(row["statement"].value, row)
    changed = ChangedPositions([], [])
    for link in links:
        before, after = (shown.get(link[end].value) for end in ("before", "after"))
        if before and after:
            is_correction = "voice" in link and link["voice"].value == ARTICLE_VOICE
            of_kind = changed.corrections if is_correction else changed.positions
            of_kind.append(ChangedPosition(before, after, link["isTakenBack"].value == "true"))
    return changed
