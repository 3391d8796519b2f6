"""The list of people, organizations and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from server.http.parameters import query_parameters
from server.pages.list_documents import DATA_MENU_FORMATS, list_response
from server.pages.page_queries import AnsweredQuery, PageQueries, load_query
from server.pages.page_terms import Row
from server.pages.paging import Pager, page_number, requested_kind
from server.pages.query_filters import with_filters
from server.pages.rendering import page as html
from server.search import current_index
from server.search.agent_index import AGENT_CLASSES, AgentCounts
from server.search.tsv_cells import iri

bp = Blueprint("people", __name__)

KIND_TITLES = {"person": "People", "organization": "Organizations", "group": "Groups"}
AGENTS_PER_PAGE = 100
MAX_POSTS_PER_PERSON = 5
"""Posts and ranks listed per person; the person's page has them all."""
AGENTS_PER_KIND = 50
"""Agents per kind on the page that shows all kinds."""


@dataclass(frozen=True)
class ListedAgent:
    """A listed agent: the IRI and the numbers of its statements and events."""

    iri: str
    statements: int
    events: int


@bp.get("/people")
def people() -> Response:
    """Return the agents by kind, or a page of one `kind` of them."""
    parameters = query_parameters()
    wanted, page = requested_kind(parameters, KIND_TITLES), page_number(parameters)
    return list_response(lambda: _page(wanted, page), _query(wanted)[1], "agent", labels=("kind",))


def _query(kind: str) -> tuple[str, str]:
    """Return the title and the text of the query for the agents of a kind, empty for all."""
    title, text = load_query("people")
    return title, with_filters(text, [f"FILTER(?kind = cq:{kind.capitalize()})"] if kind else [])


def _page(which: str, page: int) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    queries.answered.append(AnsweredQuery(*_query(which), []))
    wanted = [name for name in AGENT_CLASSES if which in ("", name.lower())]
    pagers = {
        name: Pager(page if which else 1, AGENTS_PER_PAGE if which else AGENTS_PER_KIND, len(index.agents[name]))
        for name in wanted
    }
    shown = {name: _listed_agents(index.agents[name][pager.here]) for name, pager in pagers.items()}
    values: dict[str, Any] = {
        "kind": which,
        "most": MAX_POSTS_PER_PERSON,
        "kinds": [
            (name.lower(), KIND_TITLES[name.lower()], rows, pagers[name]) for name, rows in shown.items() if rows
        ],
        "held": _posts_by_person(queries, [each.iri for each in shown.get("Person", ())]),
    }
    queries.add_names(each.iri for rows in shown.values() for each in rows)
    return html("people.html", queries, DATA_MENU_FORMATS, **values)


def _listed_agents(agents: Iterable[AgentCounts]) -> list[ListedAgent]:
    return [ListedAgent(iri(each.cell), each.statements, each.events) for each in agents]


def _posts_by_person(queries: PageQueries, people: list[str]) -> dict[str, list[Row]]:
    """Return the present and past posts and ranks of people, by IRI."""
    held: dict[str, list[Row]] = {}
    for row in queries.select("people-posts", agents=" ".join(f"<{each}>" for each in people)) if people else ():
        held.setdefault(row["agent"].value, []).append(row)
    return held
