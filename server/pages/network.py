"""The page of the network, what its script draws, and the shortest chain between two, a passage to every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from kg.formats import CSV, GRAPH_FORMATS, HTML, JSON, SCRIPTED
from kg.namespaces import CQ
from server.http.errors import HttpError
from server.http.negotiation import chosen
from server.http.parameters import Parameters, from_query_string
from server.indexing import indexed
from server.indexing.web import Edge, Node, Wanted, Web, far
from server.pages.documents import as_data, listed
from server.pages.findings import Asked, Findings, distinct, filled, query
from server.pages.rendering import page as html
from server.pages.scripted import scripted
from server.pages.solutions import solutions
from server.pages.terms import Row, address, literal
from server.site import site

bp = Blueprint("network", __name__, url_prefix="/network")

MOST = 5000
"""Nodes that are drawn at once at most."""
FIRST = 300
LISTED = 60
"""Nodes that the page itself lists."""
REAL = {"all": "what happened and what did not", "yes": "only what happened", "no": "only what did not happen"}
SPOKEN = {
    str(CQ.participationIn): ("took part in", "had as participant"),
    str(CQ.envisagedIn): ("would take part in", "would have as participant"),
    str(CQ.holds): ("holds or held a post in", "has or had in a post"),
    str(CQ.addressee): ("spoke to", "was spoken to by"),
    str(CQ.about): ("spoke about", "was spoken about by"),
    str(CQ.subEventOf): ("happened within", "had within it"),
    str(CQ.resultOf): ("came of", "led to"),
    str(CQ.affiliatedWith): ("belongs to", "has in it"),
    str(CQ.partOf): ("is part of", "has as part"),
    str(CQ.memberOf): ("is a member of", "has as member"),
    str(CQ.member): ("has as member", "is a member of"),
    str(CQ.advises): ("advises", "is advised by"),
    str(CQ.alliedWith): ("is allied with", "is allied with"),
    str(CQ.associatedWith): ("is associated with", "is associated with"),
    str(CQ.possiblySame): ("may be the same as", "may be the same as"),
}
"""How each relation is read, forwards and backwards."""


NOBODY = "SELECT ?carrier WHERE { VALUES ?carrier { } }"


@dataclass(frozen=True)
class Hop:
    """A step of a chain, read from where the chain comes from, with the solutions that tell of its passages."""

    start: Node
    end: Node
    words: str
    real: bool
    passages: list[Row]


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
        return _drawn(part.around(around) if around else part.busiest(most), part)

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
        return scripted(index.version, lambda: _told(findings, part, one, other), request.query_string.decode())
    if row is not HTML:
        return as_data(_behind(part.chain(one.iri, other.iri) or [])[1], "carrier", row, index.version)
    return _chain_page(findings, part, one, other)


def _wanted(parameters: Parameters, real: str = "all") -> Wanted:
    asked = parameters.one("real") or real
    if asked not in REAL:
        raise HttpError(400, f"The parameter 'real' is '{asked}': expected one of {', '.join(REAL)}.")
    since, until = parameters.one("since") or "", parameters.one("until") or ""
    return Wanted(frozenset(parameters.many("relation")) - {""}, asked, since, until)


def _number(asked: str | None) -> int:
    if asked is None:
        return FIRST
    if not asked.isdecimal() or not 0 < int(asked) <= MOST:
        raise HttpError(400, f"The parameter 'most' is '{asked}': expected a number from 1 to {MOST}.")
    return int(asked)


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


def _called(part: Web, words: str, findings: Findings) -> list[Node]:
    """Return the nodes that go by a name or an alias, or else those with the shortest name that holds it."""
    rows = solutions(query("editor-things", words=literal(words.lower()))[1], findings.version) if words else []
    there = [row for row in rows if row["thing"].value in part.nodes]
    exact = [row for row in there if row["label"].value.casefold() == words.casefold()]
    return [part.nodes[row["thing"].value] for row in exact or there[:1]]


def _drawn(shown: Web, part: Web) -> dict[str, Any]:
    places = {iri: place for place, iri in enumerate(shown.nodes)}
    nodes = [(each.iri, each.name, each.kind, each.side, address(each.iri)) for each in shown.nodes.values()]
    edges = [(places[each.one], places[each.other], each.relation, int(each.real)) for each in shown.edges]
    spoken = {iri: SPOKEN.get(iri, (_short(iri), f"{_short(iri)} of")) for iri, _ in shown.relations}
    degree = [len(part.at.get(each, ())) for each in shown.nodes]
    return {"nodes": nodes, "edges": edges, "relations": spoken, "degrees": degree, "all": len(part.at)}


def _short(iri: str) -> str:
    return iri.rpartition("#")[2] or iri


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
        "relations": [(iri, SPOKEN.get(iri, (_short(iri), ""))[0], n) for iri, n in index.web.relations],
        "wanted": wanted,
        "real": REAL,
        "total": (len(part.at), len(part.edges)),
        "first": FIRST,
        "most": MOST,
    }
    return html("network.html", findings, (CSV, JSON, *GRAPH_FORMATS), **values)


def spoken(edge: Edge, here: str) -> str:
    """Return how an edge is read from one of its ends."""
    forwards, backwards = SPOKEN.get(edge.relation, (_short(edge.relation), f"{_short(edge.relation)} of"))
    return forwards if edge.one == here else backwards


def hops(findings: Findings, part: Web, one: Node, other: Node) -> list[Hop] | None:
    """Return the shortest chain between two nodes, each step with its passages; None where nothing joins them."""
    edges = part.chain(one.iri, other.iri)
    if not edges:
        return None if edges is None else []
    title, text = _behind(edges)
    findings.asked.append(Asked(title, text, solutions(text, findings.version)))
    rows = distinct(findings.asked[-1].rows, "one", "relation", "other", "passage")
    found, here = [], one.iri
    for edge in edges:
        key = (edge.one, edge.relation, edge.other)
        behind = [row for row in rows if tuple(row[each].value for each in ("one", "relation", "other")) == key]
        there = far(edge, here)
        found.append(Hop(part.nodes[here], part.nodes[there], spoken(edge, here), edge.real, behind))
        here = there
    return found


def _behind(edges: list[Edge]) -> tuple[str, str]:
    """Return the query for the passages behind edges, some of each, and its title; each edge has a part of its own."""
    title, text = query("network-hop")
    if not edges:
        return title, NOBODY
    prologue, _, body = text.partition("SELECT")
    parts = (
        filled(f"SELECT{body}", {"one": f"<{each.one}>", "relation": f"<{each.relation}>", "other": f"<{each.other}>"})
        for each in edges
    )
    whole = f"{prologue}SELECT * WHERE {{ {' UNION '.join(f'{{ {part} }}' for part in parts)} }}"
    return title, whole


def _chain_page(findings: Findings, part: Web, one: Node, other: Node) -> Response:
    found = hops(findings, part, one, other)
    findings.also([one.iri, other.iri])
    return html("chain.html", findings, (SCRIPTED, *GRAPH_FORMATS), one=one, other=other, hops=found, real=REAL)


def _told(findings: Findings, part: Web, one: Node, other: Node) -> dict[str, Any]:
    found = hops(findings, part, one, other)
    page = f"{url_for('network.chain')}?{urlencode({'from': one.iri, 'to': other.iri})}"
    ends = {"from": one.name, "to": other.name, "page": page}
    if found is None:
        return {**ends, "hops": None, **_drawn(part.among({one.iri, other.iri}), part)}
    path = [one.iri, *(each.end.iri for each in found)]
    return {**ends, "path": path, "hops": [*map(_hop, found)], **_drawn(part.among({*path}), part)}


def _hop(hop: Hop) -> dict[str, Any]:
    passages = [
        {
            "href": address(row["passage"].value),
            "place": f"{row['start'].value}\u2013{row['end'].value}",
            "gist": row["gist"].value if "gist" in row else "",
            "about": address(row["carrier"].value),
        }
        for row in hop.passages
    ]
    return {"from": hop.start.name, "to": hop.end.name, "words": hop.words, "real": hop.real, "passages": passages}
