"""The page of an agent: a person, an organization, a group or a voice."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import SKOS

from kg.namespaces import CQ
from kg.sparql.query_terms import iri_in_query
from server.pages.drawings.month_chart import month_chart
from server.pages.queried_data.page_queries import distinct_rows, origin, rows_by
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.changed_positions import changed_links, changed_positions, statement_rows, statements_of
from server.pages.things.thing_queries import USUAL_VALUES, ThingQueries, events_with_spans, with_property

SHOWN_RELATIONS = (
    "affiliatedWith",
    "partOf",
    "memberOf",
    "member",
    "advises",
    "alliedWith",
    "associatedWith",
    "possiblySame",
    "identifiedAs",
)
# Symmetric relations are shown only once, among the agent's own.
INVERSE_TITLES = {
    "affiliatedWith": "People and organizations that belong to it",
    "partOf": "Its parts",
    "advises": "Advised by",
    "postIn": "Posts in it",
    "member": "Listed as a member by",
    "identifiedAs": "Unnamed before as",
}
STATEMENT_ROLES = (
    ("source", "Said, thought or wanted"),
    ("onBehalfOf", "Said on their behalf"),
    ("addressee", "Said to them"),
    ("about", "Said about them"),
)
# The list of statements has the rest, the timeline all participations, and the chart all articles.
MAX_STATEMENTS_PER_ROLE = 8
MAX_HAPPENINGS = 30
MAX_ARTICLES = 50


def agent_page(agent: ThingQueries) -> TemplateCall:
    """Return the page of an agent."""
    by_article, changed = agent.rows("agent-by-article"), changed_links(agent, iri_in_query(agent.iri))
    participations = agent.rows("agent-happenings")
    pointing, by_role = agent.pointing("relations-to"), rows_by(agent.rows("agent-said"), "role")
    happenings = events_with_spans(distinct_rows(participations, "happening", "capacity"))
    authors = distinct_rows((row for row in participations if "statement" in row), "happening", "statement")
    return "agent.html", {
        "names": agent.values("alias"),
        "notes": agent.values(str(SKOS.editorialNote)),
        "outside_facts": [
            row for row in agent.facts if origin(row["graph"]) == "outside" and str(CQ) not in row["property"].value
        ],
        "kinds": [row for row in agent.values("kind", "voiceKind") if row["value"].value not in USUAL_VALUES],
        "members_complete": agent.values("membersComplete"),
        "relations": agent.values_by_property(SHOWN_RELATIONS),
        "posts": _holdings_by_post(agent.rows("agent-posts", "holding")),
        "happenings": [(row, span) for row, span in happenings if row["real"].value == "true"],
        "envisaged": [(row, span) for row, span in happenings if row["real"].value != "true"],
        "authors": rows_by(authors, "happening"),
        "inverse_relations": [
            (title, related) for name, title in INVERSE_TITLES.items() if (related := with_property(pointing, name))
        ],
        "co_participants": agent.rows("agent-beside"),
        "roles": [
            (role, title, distinct_rows(by_role[str(CQ[role])], "statement"))
            for role, title in STATEMENT_ROLES
            if str(CQ[role]) in by_role
        ],
        "relayed": agent.rows("agent-relayed", "statement"),
        "by_article": by_article[-MAX_ARTICLES:],
        "articles": len(by_article),
        "chart": month_chart(by_article),
        "changed": changed_positions(changed, statement_rows(agent, statements_of(changed))),
        "mentions": len(agent.values("mention")),
        "max_statements": MAX_STATEMENTS_PER_ROLE,
        "max_happenings": MAX_HAPPENINGS,
        "this_term": PageTerm(agent.iri),
    }


def _holdings_by_post(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the holdings of each post or rank together, one for each article that mentions it, newest first."""
    holdings = (row | {"held": row[name]} for row in rows for name in ("post", "rank") if name in row)
    return [*rows_by(distinct_rows(holdings, "holding"), "held").values()]
