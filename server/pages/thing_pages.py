"""What is known of one thing, on the page of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response
from rdflib import SKOS

from kg.namespaces import ONTOLOGY
from kg.store.interfaces import Version
from server.descriptions.own_queries import iri
from server.pages.agent_page import page as agents
from server.pages.article_page import page as articles
from server.pages.event_page import page as happenings
from server.pages.evidence_pages import passage, proposition
from server.pages.page_queries import Findings
from server.pages.place_page import page as places
from server.pages.plain_thing_page import page as things
from server.pages.post_page import page as posts
from server.pages.statement_page import page as statements
from server.pages.topic_page import page as topics

Maker = Callable[[str, Findings], Response]

PAGES: Mapping[str, Maker] = {
    "Person": agents,
    "Organization": agents,
    "Group": agents,
    "Voice": agents,
    "Article": articles,
    "Place": places,
    "Post": posts,
    "Passage": passage,
    "Proposition": proposition,
    "Event": happenings,
    "Scenario": happenings,
    "Statement": statements,
}
"""The page of each class of ours; what is of none of them has the plain one."""


def thing_page(name: str, version: Version) -> Response:
    """Answer with what is known of a thing in a version."""
    findings = Findings(version)
    types = {row["type"].value for row in findings.ask("types", this=iri(name))}
    findings.asked.clear()
    other = topics if str(SKOS.Concept) in types else things
    make = next((make for kind, make in PAGES.items() if f"{ONTOLOGY}{kind}" in types), other)
    return make(name, findings)
