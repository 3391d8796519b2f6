"""The shortest chains between two nodes of the network, with the passages behind each step, as HTML and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from flask import Response

from kg.formats import CSV, GRAPH_FORMATS, SCRIPTED
from kg.iterables import grouped
from kg.namespaces import CQ
from server.pages.network.network_json import REALITY_CHOICES, edge_words, network_json, relation_words
from server.pages.paging.pager import Pager, address_with, current_pairs
from server.pages.queried_data.page_queries import PageQueries, distinct_rows
from server.pages.queried_data.passage_display import DisplayedPassage, displayed_passages
from server.pages.queried_data.select_queries import fill_variables, load_query
from server.pages.rendering.page_rendering import page as html
from server.pages.rendering.page_rendering import render_page
from server.pages.terms.page_terms import page_address
from server.search.network import NetworkEdge, NetworkFilter, NetworkNode
from server.search.network_tables import NetworkPart

LABELLED_COLUMNS = ("one", "relation", "other", "article")
NO_ROWS_QUERY = "SELECT ?carrier WHERE { VALUES ?carrier { } }"


CHAINS_PER_PAGE = 10
MAX_CHAINS_COUNTED = 1000


@dataclass(frozen=True)
class ChainStep:
    """A step of a chain, in the direction of the chain: everything that joins its two ends, and the passages for it."""

    start: NetworkNode
    end: NetworkNode
    words: str
    real: bool
    passages: list[DisplayedPassage]


@dataclass(frozen=True)
class Chains:
    """A page of the shortest chains between two nodes, as steps; at most `MAX_CHAINS_COUNTED` are counted."""

    start: NetworkNode
    goal: NetworkNode
    shown: list[list[ChainStep]]
    pager: Pager


def shortest_chains(
    queries: PageQueries, part: NetworkPart, start: NetworkNode, goal: NetworkNode, page: int
) -> Chains:
    """Return a page of the shortest chains between two nodes, with one query for the passages of all its steps."""
    # There may be exponentially many shortest chains.
    paths = [*islice(part.paths(start.iri, goal.iri), MAX_CHAINS_COUNTED)]
    pager = Pager(page, CHAINS_PER_PAGE, len(paths))
    shown = paths[pager.here]
    rows = distinct_rows(queries.run(*evidence_query(_edges(part, shown))), "one", "relation", "other", "passage")
    passages = grouped(
        (tuple(passage.row[name].value for name in ("one", "relation", "other")), passage)
        for passage in displayed_passages(rows, queries.version)
    )
    nodes = part.among({iri for path in shown for iri in path}).nodes

    def step(here: str, there: str) -> ChainStep:
        edges = part.between(here, there)
        words = ", ".join(dict.fromkeys(edge_words(edge, here) for edge in edges))
        behind = [passage for edge in edges for passage in passages.get((edge.start, edge.relation, edge.end), ())]
        return ChainStep(nodes[here], nodes[there], words, any(edge.real for edge in edges), behind)

    return Chains(start, goal, [[step(*ends) for ends in pairwise(path)] for path in shown], pager)


def chain_query(part: NetworkPart, start: NetworkNode, goal: NetworkNode, page: int) -> str:
    """Return the query for the passages of a page of the shortest chains between two nodes."""
    first = (page - 1) * CHAINS_PER_PAGE
    paths = islice(part.paths(start.iri, goal.iri), min(first, MAX_CHAINS_COUNTED), MAX_CHAINS_COUNTED)
    return evidence_query(_edges(part, islice(paths, CHAINS_PER_PAGE)))[1]


def _edges(part: NetworkPart, paths: Iterable[list[str]]) -> list[NetworkEdge]:
    # Chains share steps: each is queried once.
    pairs = dict.fromkeys(ends for path in paths for ends in pairwise(path))
    return [*dict.fromkeys(edge for ends in pairs for edge in part.between(*ends))]


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
    columns = body.partition("WHERE")[0]
    whole = f"{prologue}SELECT{columns}WHERE {{ {' UNION '.join(f'{{ {part} }}' for part in parts)} }}"
    return title, whole


def page(queries: PageQueries, chains: Chains, network_filter: NetworkFilter) -> Response:
    """Return the page of chains."""
    queries.add_names([chains.start.iri, chains.goal.iri])
    values = _form_values((chains.start.name, chains.goal.name), network_filter)
    return html("chain.html", queries, (CSV, SCRIPTED, *GRAPH_FORMATS), chains=chains, **values)


def page_of_unknown(
    queries: PageQueries, ends: tuple[str, str], unknown: Iterable[str], network_filter: NetworkFilter
) -> Response:
    """Return the page that asks again for the ends of a chain, of which `unknown` are not in the network."""
    values = _form_values(ends, network_filter)
    return render_page("chain.html", 404, queries=queries, unknown=[*unknown], **values)


def _form_values(ends: tuple[str, str], network_filter: NetworkFilter) -> dict[str, Any]:
    spoken = str(CQ.about) in network_filter.relations
    relations = [relation for key, relation in current_pairs() if key == "relation"]
    return {
        "ends": ends,
        "filter": network_filter,
        "spoken": spoken,
        "real": REALITY_CHOICES,
        "joined_by": [(relation, relation_words(relation)[0]) for relation in relations],
        "by_anything": address_with([pair for pair in current_pairs() if pair[0] not in ("relation", "page")]),
    }


def chain_json(chains: Chains, part: NetworkPart, address: str, of_no_side: Collection[str]) -> dict[str, Any]:
    """Return the shortest chains as JSON for the page's script: the first one, and the address of all."""
    ends = {"from": chains.start.name, "to": chains.goal.name, "page": address, "chains": chains.pager.total}
    if not chains.pager.total:
        alone = part.among({chains.start.iri, chains.goal.iri})
        return {**ends, "hops": None, **network_json(alone, part, of_no_side)}
    path = [chains.start.iri, *(step.end.iri for step in chains.shown[0])]
    return {
        **ends,
        "path": path,
        "hops": [*map(_step_json, chains.shown[0])],
        **network_json(part.among({*path}), part, of_no_side),
    }


def _step_json(step: ChainStep) -> dict[str, Any]:
    passages = [
        {
            "href": page_address(passage.row["passage"].value),
            "place": passage.place,
            "tip": passage.tip,
            "gist": passage.row["gist"].value if "gist" in passage.row else "",
            "quote": passage.words,
            "about": page_address(passage.row["carrier"].value),
        }
        for passage in step.passages
    ]
    return {"from": step.start.name, "to": step.end.name, "words": step.words, "real": step.real, "passages": passages}
