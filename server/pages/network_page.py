"""The network: its page, the part of it that the page's script draws, and the address of a chain between two."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request, url_for

from kg.formats import CSV, GRAPH_FORMATS, HTML, JSON, SCRIPTED
from server.http.errors import HttpError, shown
from server.http.negotiation import chosen
from server.http.numbers import whole_number
from server.http.parameters import Parameters, from_query_string
from server.pages.json_responses import scripted
from server.pages.list_documents import as_data, listed
from server.pages.network_chains import behind, told
from server.pages.network_chains import page as chain_page
from server.pages.network_json import drawn, spoken, words
from server.pages.page_queries import Findings, query
from server.pages.page_terms import literal
from server.pages.rendering import page as html
from server.pages.select_rows import solutions
from server.search import indexed
from server.search.network import Node, Wanted, Web, far
from server.search.time_spans import read
from server.site import site

bp = Blueprint("network", __name__, url_prefix="/network")

MOST = 5000
"""Nodes that are drawn at once at most."""
FIRST = 300
LISTED = 60
"""Nodes that the page itself lists."""
REAL = {"all": "what happened and what did not", "yes": "only what happened", "no": "all but what happened"}
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@bp.get("")
def network() -> Response:
    """Answer with the page, or the network's edges as rows or triples."""
    return listed(_page, query("network-edges")[1], "one", site().store.current())


@bp.get("/graph")
def graph() -> Response:
    """Answer with the nodes and edges that are wanted, for the page's script: the busiest, or those around one."""
    parameters, index = from_query_string(), indexed()
    wanted, around = _wanted(parameters), parameters.one("around")
    most = _number(parameters.one("most"))

    def make() -> dict[str, Any]:
        part = index.part(wanted)
        return drawn(part.around(around) if around else part.busiest(most), part)

    return scripted(index.version, make, request.query_string.decode())


@bp.get("/chain")
def chain() -> Response:
    """Answer with the shortest chain between `from` and `to`, IRIs or names, as a page or for the page's script.

    Where neither is given, lead to the page that asks for them.
    """
    parameters = from_query_string()
    if not (parameters.one("from") or parameters.one("to")):
        return Response(status=303, headers={"Location": url_for("network.network")})
    row = chosen(request.accept_mimetypes, parameters.formats(), (HTML, SCRIPTED, *GRAPH_FORMATS))
    index = indexed()
    part, findings = index.part(_wanted(parameters, "yes")), Findings(index.version)
    one, other = (_node(part, parameters.one(key), key, findings) for key in ("from", "to"))
    if row is SCRIPTED:
        return scripted(index.version, lambda: told(findings, part, one, other), request.query_string.decode())
    if row is not HTML:
        return as_data(behind(part.chain(one.iri, other.iri) or [])[1], "carrier", row, index.version)
    return chain_page(findings, part, one, other, REAL)


def _wanted(parameters: Parameters, real: str = "all") -> Wanted:
    asked = parameters.one("real") or real
    if asked not in REAL:
        raise HttpError(400, f"The parameter 'real' is '{asked}': expected one of {', '.join(REAL)}.")
    since, until = (_day(parameters, key) for key in ("since", "until"))
    return Wanted(frozenset(parameters.many("relation")) - {""}, asked, since, until)


def _day(parameters: Parameters, key: str) -> str:
    asked = parameters.one(key) or ""
    if asked and (not DAY.fullmatch(asked) or read(asked) is None):
        raise HttpError(400, f"The parameter '{key}' is '{asked}': expected a day, as 2011-10-20.")
    return asked


def _number(asked: str | None) -> int:
    if asked is None:
        return FIRST
    found = whole_number(asked)
    if found is None or not 0 < found <= MOST:
        raise HttpError(400, f"The parameter 'most' is '{shown(asked)}': expected a number from 1 to {MOST}.")
    return found


def _node(part: Web, asked: str | None, key: str, findings: Findings) -> Node:
    wanted = (asked or "").strip()
    if wanted in part.nodes:
        return part.nodes[wanted]
    found = [each for each in part.nodes.values() if each.name.casefold() == wanted.casefold()] or _called(
        part, wanted, findings
    )
    if not found:
        raise HttpError(
            404, f"The parameter '{key}' is '{wanted}': expected the name or IRI of somebody in the network."
        )
    return max(found, key=lambda each: (len(part.at.get(each.iri, ())), each.iri))


def _called(part: Web, name: str, findings: Findings) -> list[Node]:
    """Return the nodes that go by a name or an alias, or else those with the shortest name that holds it."""
    rows = solutions(query("editor-things", words=literal(name.lower()))[1], findings.version) if name else []
    there = [row for row in rows if row["thing"].value in part.nodes]
    exact = [row for row in there if row["label"].value.casefold() == name.casefold()]
    return [part.nodes[row["thing"].value] for row in exact or there[:1]]


def _page() -> Response:
    parameters, index = from_query_string(), indexed()
    findings = Findings(index.version)
    wanted, around = _wanted(parameters), parameters.one("around")
    part = index.part(wanted)
    shown = part.around(around) if around else part.busiest(LISTED)
    ranked = sorted(shown.nodes.values(), key=lambda each: (-len(part.at.get(each.iri, ())), each.name))
    values: dict[str, Any] = {
        "rows": [(each, len(part.at.get(each.iri, ()))) for each in ranked],
        "around": part.nodes.get(around or ""),
        "near": [(edge, spoken(edge, around), part.nodes[far(edge, around)]) for edge in part.at.get(around, ())]
        if around
        else [],
        "relations": [(iri, words(iri)[0], n) for iri, n in index.web.relations],
        "wanted": wanted,
        "real": REAL,
        "total": (len(part.at), len(part.edges)),
        "first": FIRST,
        "most": MOST,
    }
    return html("network.html", findings, (CSV, JSON, *GRAPH_FORMATS), **values)
