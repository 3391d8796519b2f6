"""The queries of a page about one thing: its facts, what points at it, and their passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.iterables import grouped
from kg.namespaces import CQ, SCHEME
from kg.sparql.query_terms import iri_in_query
from server.pages.queried_data.page_queries import PageQueries, distinct_rows
from server.pages.queried_data.passage_display import DisplayedPassage, displayed_passages
from server.pages.queried_data.select_queries import load_query
from server.pages.terms.literal_words import row_span
from server.pages.terms.page_terms import PageTerm, Row
from server.search.property_columns import property_iri
from server.search.time_spans import TimeSpan

# Most statements and people have these: pages show only other values.
USUAL_VALUES = frozenset((f"{SCHEME}grade/explicit", f"{SCHEME}source/named-person"))
EVIDENCE_VARIABLES = ("grade", "passage", "start", "end")
RowsByProperty = list[tuple[str, list[Row]]]


@dataclass
class ThingQueries(PageQueries):
    """Runs the queries of a page about a thing, which is `$this` in each of them."""

    iri: str = ""

    def __post_init__(self) -> None:
        self.add_names([self.iri])

    def rows(self, query: str, *keys: str) -> list[Row]:
        """Return the rows of a query about the thing; with keys, one row per combination of their values."""
        rows = self.select(query, this=iri_in_query(self.iri))
        return distinct_rows(rows, *keys) if keys else rows

    def is_cut(self, query: str) -> bool:
        """Return whether a query that the page has run has as many rows as its LIMIT allows."""
        # By its title: its text contains the terms of the thing, and of its other parameters.
        title, _ = load_query(query)
        return any(answered.is_cut for answered in self.answered if answered.title == title)

    @cached_property
    def facts(self) -> list[Row]:
        """Return the facts about the thing, asserted ones first, each with a passage if there is one."""
        facts = self.rows("facts", "property", "value")
        return facts if not facts else _with_evidence(facts, self.rows("links"), "value", self.iri)

    def pointing(self, query: str = "pointing") -> list[Row]:
        """Return the facts whose object is the thing, each with a passage if there is one."""
        return _with_evidence(self.rows(query, "property", "value"), self.rows("links"), "subject", self.iri)

    def values(self, *properties: str) -> list[Row]:
        """Return the facts with these properties, each given by its name in the ontology or by its IRI."""
        return [row for name in properties for row in with_property(self.facts, name)]

    def values_by_property(self, properties: Iterable[str]) -> RowsByProperty:
        """Return the facts with those of these properties that the thing has, by property, and name the properties."""
        self.add_names(map(property_iri, properties))
        return [(name, rows) for name in properties if (rows := self.values(name))]

    def outcomes(self) -> list[Row]:
        """Return what became of the thing, and what it makes of others, in the order of the articles."""
        return distinct_rows(self.select("outcomes", things=iri_in_query(self.iri)), "before", "relation", "after")

    def passages(self, query: str, *keys: str) -> list[DisplayedPassage]:
        """Return the passages that a query selects."""
        return displayed_passages(self.rows(query, *keys, "passage"), self.version)


def with_property(rows: Iterable[Row], name: str) -> list[Row]:
    """Return the rows with a property, given by its name in the ontology or by its IRI."""
    iri = property_iri(name)
    return [row for row in rows if row["property"].value == iri]


def events_with_spans(rows: Iterable[Row]) -> list[tuple[Row, TimeSpan]]:
    """Return rows of events, each with the span of its time stamps."""
    return [(row, row_span(row)) for row in rows]


def by_relation(
    rows: Iterable[Row], titles: Sequence[tuple[str, str, str]], key: str
) -> list[tuple[str, str, list[Row]]]:
    """Return rows by relation and title of the direction, one row per value of `key`, in the order of the titles."""
    by_direction = grouped(
        ((row["relation"].value.removeprefix(str(CQ)), row["direction"].value), row)
        for row in distinct_rows(rows, "relation", "direction", key)
    )
    return [
        (relation, title, by_direction[relation, direction])
        for relation, direction, title in titles
        if (relation, direction) in by_direction
    ]


def _with_evidence(facts: list[Row], links: list[Row], far: str, near: str) -> list[Row]:
    """Return facts with their passages: `far` is the end of a link that is not the thing itself."""
    here = "subject" if far == "value" else "value"
    links_by_fact: dict[tuple[PageTerm, PageTerm], Row] = {}
    for link in links:
        if link[here].value == near:
            links_by_fact.setdefault((link["property"], link[far]), link)
    no_link: Row = {}
    evidence = (links_by_fact.get((row["property"], row["value"]), no_link) for row in facts)
    return [
        row | {key: link[key] for key in EVIDENCE_VARIABLES if key in link}
        for row, link in zip(facts, evidence, strict=True)
    ]
