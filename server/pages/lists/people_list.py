"""The list of people, organizations and groups."""

from __future__ import annotations

from flask import Blueprint, Response

from server.http.parameters import query_parameters
from server.pages.paging.list_responses import DATA_MENU_FORMATS, list_response
from server.pages.paging.pager import Pager, page_number
from server.pages.queried_data.page_queries import PageQueries
from server.pages.queried_data.select_queries import load_query, solutions, with_filters
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import Row
from server.search.agent_index import AGENT_CLASSES
from server.search.index_cache import current_index

bp = Blueprint("people", __name__)

KIND_TITLES = {"person": "People", "organization": "Organizations", "group": "Groups"}
AGENTS_PER_PAGE = 100
# The person's own page has all of them.
MAX_POSTS_PER_PERSON = 5
# On the page of all kinds; each kind has a page of its own for more.
AGENTS_PER_KIND = 50


@bp.get("/people")
def people() -> Response:
    """Return the agents by kind, or a page of one `kind` of them."""
    parameters = query_parameters()
    kind, page = parameters.choice("kind", KIND_TITLES), page_number(parameters)
    return list_response(lambda: _page(kind, page), _query(kind)[1], "agent", labels=("kind",))


def _query(kind: str) -> tuple[str, str]:
    title, text = load_query("people")
    return title, with_filters(text, [f"FILTER(?kind = cq:{kind.capitalize()})"] if kind else [])


def _page(kind: str, page: int) -> Response:
    index = current_index()
    queries = PageQueries(index.version)
    # Listed for the reader, not run: the rows come from the index.
    queries.add(*_query(kind), [])
    pagers = {
        name: Pager(page if kind else 1, AGENTS_PER_PAGE if kind else AGENTS_PER_KIND, len(index.agents[name]))
        for name in AGENT_CLASSES
        if kind in ("", name.lower())
    }
    shown = {name: index.agents[name][pager.here] for name, pager in pagers.items()}
    values = {
        "kind": kind,
        "max_posts": MAX_POSTS_PER_PERSON,
        "kinds": [
            (name.lower(), KIND_TITLES[name.lower()], agents, pagers[name]) for name, agents in shown.items() if agents
        ],
        "posts_by_person": _posts_by_person(queries, [agent.cell for agent in shown.get("Person", ())]),
    }
    queries.add_names(agent.iri for agents in shown.values() for agent in agents)
    return html("people.html", queries, DATA_MENU_FORMATS, **values)


def _posts_by_person(queries: PageQueries, people: list[str]) -> dict[str, list[Row]]:
    """Return the posts and ranks of people, by IRI, each as the newest article states it."""
    if not people:
        return {}
    title, text = load_query("people-posts", agents=" ".join(people))
    posts: dict[str, dict[str, Row]] = {}
    for row in solutions(text, queries.version):  # those of the newest article first
        key = next((row[name].value for name in ("post", "rank") if name in row), "")
        newest = posts.setdefault(row["agent"].value, {}).setdefault(key, row)
        if row.get("asOf") == newest.get("asOf") and row["over"].value < newest["over"].value:
            posts[row["agent"].value][key] = row
    by_person = {agent: sorted(rows.values(), key=_post_and_rank) for agent, rows in posts.items()}
    # Only these are shown, and need names.
    queries.add(title, text, [row for rows in by_person.values() for row in rows[:MAX_POSTS_PER_PERSON]])
    return by_person


def _post_and_rank(row: Row) -> tuple[str, ...]:
    return tuple(row[name].value if name in row else "" for name in ("post", "rank"))
