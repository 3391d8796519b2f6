"""The explanation of an inferred fact: rules and premises, step by step, down to passages of articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, request
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from kg.app.explain import ExplanationStep, FactExplainer
from kg.datasets import GraphNames
from kg.errors import RequestError
from kg.formats import GRAPH_FORMATS, HTML, SCRIPTED, Format
from kg.namespaces import CQ
from kg.sparql.query_terms import iri_in_query
from kg.store.interfaces import Version
from server.descriptions.rdf_responses import graph_rdf_response, requested_version
from server.http.errors import HttpError, invalid_parameter
from server.http.negotiation import choose_format
from server.http.parameters import Parameters, query_parameters
from server.pages.queried_data.page_queries import PageQueries
from server.pages.rendering.json_responses import json_response
from server.pages.rendering.page_rendering import page as html
from server.pages.terms.page_terms import PageTerm, Row
from server.site import site

bp = Blueprint("why", __name__)

MAX_LITERAL_CHARACTERS = 10_000
ONTOLOGY_TERM = re.compile(r"\bcq:(\w+)")
# A subtag has at most eight characters (RFC 5646, section 2.1).
LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class ShownStep:
    """A step on the page: the fact, its premises, and the passages of an asserted fact."""

    fact: tuple[PageTerm, PageTerm, PageTerm]
    step: ExplanationStep
    premises: tuple[tuple[PageTerm, PageTerm, PageTerm], ...]
    passages: list[Row]
    anchor: str


@bp.get("/why")
def why() -> Response:
    """Return the explanation of the fact given by `subject`, `predicate` and `value`."""
    fact, version = _fact(query_parameters()), requested_version()
    names = GraphNames(site().base)
    # An explainer holds the rules and the asserted triples: reading them takes longer than any explanation.
    explained = site().once_per_version("why", version, lambda: FactExplainer.of(site().store, version.name, names))
    try:
        steps: tuple[ExplanationStep, ...] = explained.steps(fact, site().store)
    except RequestError as error:
        raise HttpError(404, f"This is neither asserted in version {version.name} nor does it follow.") from error
    format_ = choose_format((HTML, SCRIPTED, *GRAPH_FORMATS))
    if format_ is not HTML:
        return _as_data(steps, format_, version)
    queries = PageQueries(version)
    asserted = " ".join(f"({_terms(step.fact)})" for step in steps if not step.rule)
    passages = queries.select("why-passages", facts=asserted) if asserted else []
    shown = [_shown_step(number, step, passages) for number, step in enumerate(steps, start=1)]
    queries.add_names(term.value for step in shown for fact in (step.fact, *step.premises) for term in fact)
    queries.add_names(str(CQ[term]) for step in steps for term in ONTOLOGY_TERM.findall(step.words))
    saying = {fact[0].sparql for step in shown for fact in (step.fact, *step.premises) if fact[1].value == str(CQ.says)}
    rows = queries.select("statements-put", statements=" ".join(sorted(saying))) if saying else []
    anchors = {step.fact: step.anchor for step in shown}
    values = {
        "steps": shown,
        "anchors": anchors,
        # What is denied or feared is not said to be so, which the words of the property alone would suggest.
        "said_how": {row["statement"].value: row for row in rows},
        "rule_words": partial(_rule_words, queries),
    }
    return html("why.html", queries, (SCRIPTED, *GRAPH_FORMATS), **values)


def _as_data(steps: tuple[ExplanationStep, ...], format_: Format, version: Version) -> Response:
    """Return the steps as JSON with rules and premises, or all their facts as triples."""
    if format_ is SCRIPTED:
        return json_response(version, lambda: [_spelled(step) for step in steps], request.query_string.decode())
    graph = Graph(bind_namespaces="none")
    for step in steps:
        graph.add(step.fact)
    return graph_rdf_response(graph, format_, "why")


def _spelled(step: ExplanationStep) -> dict[str, Any]:
    return {"fact": _terms(step.fact), "rule": step.rule, "premises": [_terms(premise) for premise in step.premises]}


def _rule_words(queries: PageQueries, words: str) -> str:
    return ONTOLOGY_TERM.sub(lambda term: f"\u201c{queries.names[str(CQ[term[1]])].label}\u201d", words)


def _shown_step(number: int, step: ExplanationStep, passages: list[Row]) -> ShownStep:
    fact = _shown(step.fact)
    evidence = [row for row in passages if (row["subject"], row["predicate"], row["value"]) == fact]
    return ShownStep(fact, step, tuple(map(_shown, step.premises)), evidence, f"step-{number}")


def _fact(parameters: Parameters) -> tuple[Node, Node, Node]:
    subject, predicate = (_iri(parameters, key) for key in ("subject", "predicate"))
    if "text" not in parameters:
        return subject, predicate, _iri(parameters, "value")
    text, datatype = parameters.required("text"), parameters.get("datatype")
    if len(text) > MAX_LITERAL_CHARACTERS:
        raise HttpError(
            400, f"The parameter 'text' has {len(text):,} characters: expected at most {MAX_LITERAL_CHARACTERS:,}."
        )
    language = parameters.get("language")
    if language and not LANGUAGE_TAG.fullmatch(language):
        raise invalid_parameter("language", language, "a language tag")
    return subject, predicate, Literal(text, language, _iri(parameters, "datatype") if datatype else None)


def _iri(parameters: Parameters, key: str) -> URIRef:
    return URIRef(iri_in_query(parameters.required(key))[1:-1])


def _shown(fact: tuple[Node, Node, Node]) -> tuple[PageTerm, PageTerm, PageTerm]:
    subject, predicate, value = map(_term, fact)
    return subject, predicate, value


def _term(node: Node) -> PageTerm:
    if isinstance(node, Literal):
        return PageTerm(str(node), "literal", node.language or "", str(node.datatype or ""))
    return PageTerm(str(node))


def _terms(fact: tuple[Node, Node, Node]) -> str:
    return " ".join(term.sparql for term in _shown(fact))
