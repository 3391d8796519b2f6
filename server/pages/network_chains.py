"""The shortest chain between two nodes of the network, with the passages behind each step, as HTML and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, url_for

from kg.formats import GRAPH_FORMATS, SCRIPTED
from server.pages.network_json import edge_words, network_json
from server.pages.page_queries import PageQueries, distinct_rows
from server.pages.page_terms import Row, page_address
from server.pages.query_files import fill_variables, load_query
from server.pages.rendering import page as html
from server.search.network import Network, NetworkEdge, NetworkNode, other_end

NO_ROWS_QUERY = "SELECT ?carrier WHERE { VALUES ?carrier { } }"


@dataclass(frozen=True)
class ChainStep:
    """A step of a chain in the direction of the chain, with the rows of its passages."""

    start: NetworkNode
    end: NetworkNode
    words: str
    real: bool
    passages: list[Row]


def chain_steps(queries: PageQueries, part: Network, start: NetworkNode, goal: NetworkNode) -> list[ChainStep] | None:
    """Return the steps of the shortest chain between two nodes, or None if they are not connected."""
    edges = part.chain(start.iri, goal.iri)
    if not edges:
        return None if edges is None else []
    rows = distinct_rows(queries.run(*evidence_query(edges)), "one", "relation", "other", "passage")
    steps, node = [], start.iri
    for edge in edges:
        key = (edge.start, edge.relation, edge.end)
        passages = [row for row in rows if tuple(row[name].value for name in ("one", "relation", "other")) == key]
        neighbour = other_end(edge, node)
        steps.append(ChainStep(part.nodes[node], part.nodes[neighbour], edge_words(edge, node), edge.real, passages))
        node = neighbour
    return steps


def evidence_query(edges: list[NetworkEdge]) -> tuple[str, str]:
    """Return the title and text of the query for the passages behind edges: a UNION with one LIMIT per edge."""
    title, text = load_query("network-hop")
    if not edges:
        return title, NO_ROWS_QUERY
    prologue, _, body = text.partition("SELECT")
    parts = (
        fill_variables(
            f"SELECT{body}", {"one": f"<{edge.start}>", "relation": f"<{edge.relation}>", "other": f"<{edge.end}>"}
        )
        for edge in edges
    )
    whole = f"{prologue}SELECT * WHERE {{ {' UNION '.join(f'{{ {part} }}' for part in parts)} }}"
    return title, whole


def page(
    queries: PageQueries, part: Network, start: NetworkNode, goal: NetworkNode, real: Mapping[str, str]
) -> Response:
    """Return the page of a chain; `real` are the choices of the filter for real events."""
    steps = chain_steps(queries, part, start, goal)
    queries.add_names([start.iri, goal.iri])
    return html("chain.html", queries, (SCRIPTED, *GRAPH_FORMATS), one=start, other=goal, hops=steps, real=real)


def chain_json(queries: PageQueries, part: Network, start: NetworkNode, goal: NetworkNode) -> dict[str, Any]:
    """Return a chain in the JSON shape of the page's script."""
    steps = chain_steps(queries, part, start, goal)
    where = f"{url_for('network.chain')}?{urlencode({'from': start.iri, 'to': goal.iri})}"
    ends = {"from": start.name, "to": goal.name, "page": where}
    if steps is None:
        return {**ends, "hops": None, **network_json(part.among({start.iri, goal.iri}), part)}
    path = [start.iri, *(step.end.iri for step in steps)]
    return {**ends, "path": path, "hops": [*map(_step_json, steps)], **network_json(part.among({*path}), part)}


def _step_json(step: ChainStep) -> dict[str, Any]:
    passages = [
        {
            "href": page_address(row["passage"].value),
            "place": f"{row['start'].value}\u2013{row['end'].value}",
            "gist": row["gist"].value if "gist" in row else "",
            "about": page_address(row["carrier"].value),
        }
        for row in step.passages
    ]
    return {"from": step.start.name, "to": step.end.name, "words": step.words, "real": step.real, "passages": passages}
