"""The list of people, organizations and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from server.http.parameters import from_query_string
from server.pages.list_documents import LISTED, listed
from server.pages.page_queries import Asked, Findings, query
from server.pages.page_terms import Row
from server.pages.paging import Pager, kind, number
from server.pages.rendering import page as html
from server.search import indexed
from server.search.agent_index import KINDS, Agent
from server.search.tsv_cells import iri
from server.site import site

bp = Blueprint("people", __name__)

TITLES = {"person": "People", "organization": "Organizations", "group": "Groups"}
A_PAGE = 100
MOST_POSTS = 5
"""Posts and ranks of a person that the list names; the person's own page has them all."""
A_FEW = 50
"""How many of each kind there are on the page of all kinds."""


@dataclass(frozen=True)
class Listed:
    """One of the list: the IRI, and how many statements they make and events they took part in."""

    iri: str
    statements: int
    events: int


@bp.get("/people")
def people() -> Response:
    """Answer with everybody who acts or speaks, by kind, or page by page with those of one `kind`."""
    parameters = from_query_string()
    wanted, page = kind(parameters, TITLES), number(parameters)
    return listed(lambda: _page(wanted, page), query("people")[1], "agent", site().store.current())


def _page(which: str, page: int) -> Response:
    index = indexed()
    findings = Findings(index.version)
    findings.asked.append(Asked(*query("people"), []))
    wanted = [name for name in KINDS if which in ("", name.lower())]
    pagers = {name: Pager(page if which else 1, A_PAGE if which else A_FEW, len(index.agents[name])) for name in wanted}
    shown = {name: _listed(index.agents[name][pager.here]) for name, pager in pagers.items()}
    values: dict[str, Any] = {
        "kind": which,
        "most": MOST_POSTS,
        "kinds": [(name.lower(), TITLES[name.lower()], rows, pagers[name]) for name, rows in shown.items() if rows],
        "held": _held(findings, [each.iri for each in shown.get("Person", ())]),
    }
    findings.also(each.iri for rows in shown.values() for each in rows)
    return html("people.html", findings, LISTED, **values)


def _listed(agents: Iterable[Agent]) -> list[Listed]:
    return [Listed(iri(each.cell), each.statements, each.events) for each in agents]


def _held(findings: Findings, people: list[str]) -> dict[str, list[Row]]:
    """Return the posts and ranks that these hold or held."""
    held: dict[str, list[Row]] = {}
    for row in findings.ask("people-posts", agents=" ".join(f"<{each}>" for each in people)) if people else ():
        held.setdefault(row["agent"].value, []).append(row)
    return held
