"""The shortest chain between two nodes of the network, a passage to every step: as a page, and for its script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, url_for

from kg.formats import GRAPH_FORMATS, SCRIPTED
from server.pages.network_json import drawn, spoken
from server.pages.page_queries import Asked, Findings, distinct, filled, query
from server.pages.page_terms import Row, address
from server.pages.rendering import page as html
from server.pages.select_rows import solutions
from server.search.network import Edge, Node, Web, far

NOBODY = "SELECT ?carrier WHERE { VALUES ?carrier { } }"


@dataclass(frozen=True)
class Hop:
    """A step of a chain, read from where the chain comes from, with the solutions that tell of its passages."""

    start: Node
    end: Node
    words: str
    real: bool
    passages: list[Row]


def hops(findings: Findings, part: Web, one: Node, other: Node) -> list[Hop] | None:
    """Return the shortest chain between two nodes, each step with its passages; None where nothing joins them."""
    edges = part.chain(one.iri, other.iri)
    if not edges:
        return None if edges is None else []
    title, text = behind(edges)
    findings.asked.append(Asked(title, text, solutions(text, findings.version)))
    rows = distinct(findings.asked[-1].rows, "one", "relation", "other", "passage")
    found, here = [], one.iri
    for edge in edges:
        key = (edge.one, edge.relation, edge.other)
        passages = [row for row in rows if tuple(row[each].value for each in ("one", "relation", "other")) == key]
        there = far(edge, here)
        found.append(Hop(part.nodes[here], part.nodes[there], spoken(edge, here), edge.real, passages))
        here = there
    return found


def behind(edges: list[Edge]) -> tuple[str, str]:
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


def page(findings: Findings, part: Web, one: Node, other: Node, real: Mapping[str, str]) -> Response:
    """Answer with the page of a chain; `real` are the choices of how real it may be."""
    found = hops(findings, part, one, other)
    findings.also([one.iri, other.iri])
    return html("chain.html", findings, (SCRIPTED, *GRAPH_FORMATS), one=one, other=other, hops=found, real=real)


def told(findings: Findings, part: Web, one: Node, other: Node) -> dict[str, Any]:
    """Return a chain for the page's script."""
    found = hops(findings, part, one, other)
    where = f"{url_for('network.chain')}?{urlencode({'from': one.iri, 'to': other.iri})}"
    ends = {"from": one.name, "to": other.name, "page": where}
    if found is None:
        return {**ends, "hops": None, **drawn(part.among({one.iri, other.iri}), part)}
    path = [one.iri, *(each.end.iri for each in found)]
    return {**ends, "path": path, "hops": [*map(_hop, found)], **drawn(part.among({*path}), part)}


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
