"""The page of an agent: a person, an organization, a group or a voice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from rdflib import SKOS

from kg.namespaces import CQ
from server.descriptions.store_queries import iri_in_query
from server.pages.page_queries import PageQueries, distinct_rows, origin
from server.pages.page_terms import PageTerm, Row
from server.pages.rendering import page as html
from server.pages.time_formatting import row_span

SHOWN_RELATIONS = (
    "affiliatedWith",
    "partOf",
    "memberOf",
    "member",
    "advises",
    "alliedWith",
    "associatedWith",
    "possiblySame",
)
INVERSE_TITLES = {
    "affiliatedWith": "People and bodies that belong to it",
    "partOf": "Its parts",
    "advises": "Advised by",
    "postIn": "Posts in it",
    "member": "Listed as a member by",
}
"""Headings of relations that point at the agent; symmetric relations are shown once only."""
STATEMENT_ROLES = (
    ("source", "Said, thought or wanted"),
    ("onBehalfOf", "Said on their behalf"),
    ("addressee", "Said to them"),
    ("about", "Said about them"),
)
MAX_STATEMENTS_PER_ROLE = 8
"""Statements that the page shows per role; the list of statements has the rest."""


def page(name: str, queries: PageQueries) -> Response:
    """Return the page of an agent."""
    this = iri_in_query(name)
    facts = queries.facts(name)
    posts = distinct_rows(queries.select("agent-posts", this=this), "holding")
    happenings = distinct_rows(queries.select("agent-happenings", this=this), "happening", "capacity")
    values: dict[str, Any] = {
        "names": _values(facts, CQ.alias),
        "notes": _values(facts, SKOS.editorialNote),
        "outside": [row for row in facts if origin(row["graph"]) == "outside" and str(CQ) not in row["property"].value],
        "what": _values(facts, CQ.kind) + _values(facts, CQ.voiceKind),
        "members_complete": _values(facts, CQ.membersComplete),
        "relations": [(each, found) for each in SHOWN_RELATIONS if (found := _values(facts, CQ[each]))],
        "backwards": _grouped(queries.pointing(name, "relations-to"), INVERSE_TITLES),
        "posts": posts,
        "happenings": [(row, row_span(row)) for row in happenings],
        "beside": queries.select("agent-beside", this=this),
        "roles": _roles(queries.select("agent-said", this=this)),
        "relayed": distinct_rows(queries.select("agent-relayed", this=this), "statement"),
        "shown": MAX_STATEMENTS_PER_ROLE,
    }
    queries.add_names([name, *(str(CQ[each]) for each in SHOWN_RELATIONS)])
    return html("agent.html", queries, this=name, this_term=PageTerm(name), **values)


def _values(facts: Iterable[Row], property_: str) -> list[Row]:
    return distinct_rows((row for row in facts if row["property"].value == str(property_)), "value")


def _grouped(rows: list[Row], titles: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    return [(title, found) for each, title in titles.items() if (found := _values(rows, CQ[each]))]


def _roles(rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
    by_role = {role: [row for row in rows if row["role"].value == str(CQ[role])] for role, _ in STATEMENT_ROLES}
    return [
        (role, title, distinct_rows(by_role[role], "statement")) for role, title in STATEMENT_ROLES if by_role[role]
    ]
