"""The page of a person, an organization, a group or a voice: a portrait in facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from rdflib import SKOS

from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.pages.page_queries import Findings, distinct, origin
from server.pages.page_terms import Row, Term
from server.pages.rendering import page as html
from server.pages.time_formatting import span

RELATIONS = (
    "affiliatedWith",
    "partOf",
    "memberOf",
    "member",
    "advises",
    "alliedWith",
    "associatedWith",
    "possiblySame",
)
BACKWARDS = {
    "affiliatedWith": "People and bodies that belong to it",
    "partOf": "Its parts",
    "advises": "Advised by",
    "postIn": "Posts in it",
    "member": "Listed as a member by",
}
"""How a relation is read from its other end; one that is its own inverse is not read twice."""
ROLES = (
    ("source", "Said, thought or wanted"),
    ("onBehalfOf", "Said on their behalf"),
    ("addressee", "Said to them"),
    ("about", "Said about them"),
)
SHOWN = 8
"""Statements of a role that the page itself shows; the browser of claims has the rest."""


def page(name: str, findings: Findings) -> Response:
    """Answer with the portrait of somebody."""
    this = iri(name)
    facts = findings.facts(name)
    posts = distinct(findings.ask("agent-posts", this=this), "holding")
    happenings = distinct(findings.ask("agent-happenings", this=this), "happening", "capacity")
    values: dict[str, Any] = {
        "names": _values(facts, CQ.alias),
        "notes": _values(facts, SKOS.editorialNote),
        "outside": [row for row in facts if origin(row["graph"]) == "outside" and str(CQ) not in row["property"].value],
        "what": _values(facts, CQ.kind) + _values(facts, CQ.voiceKind),
        "members_complete": _values(facts, CQ.membersComplete),
        "relations": [(each, found) for each in RELATIONS if (found := _values(facts, CQ[each]))],
        "backwards": _grouped(findings.pointing(name, "relations-to"), BACKWARDS),
        "posts": posts,
        "happenings": [(row, span(row)) for row in happenings],
        "beside": findings.ask("agent-beside", this=this),
        "roles": _roles(findings.ask("agent-said", this=this)),
        "relayed": distinct(findings.ask("agent-relayed", this=this), "statement"),
        "shown": SHOWN,
    }
    findings.also([name, *(str(CQ[each]) for each in RELATIONS)])
    return html("agent.html", findings, this=name, this_term=Term(name), **values)


def _values(facts: Iterable[Row], property_: str) -> list[Row]:
    return distinct((row for row in facts if row["property"].value == str(property_)), "value")


def _grouped(rows: list[Row], titles: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    return [(title, found) for each, title in titles.items() if (found := _values(rows, CQ[each]))]


def _roles(rows: list[Row]) -> list[tuple[str, str, list[Row]]]:
    by_role = {role: [row for row in rows if row["role"].value == str(CQ[role])] for role, _ in ROLES}
    return [(role, title, distinct(by_role[role], "statement")) for role, title in ROLES if by_role[role]]
