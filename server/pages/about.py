"""What is known of one thing, on the page of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response
from rdflib import SKOS

from kg.namespaces import ONTOLOGY
from kg.store.port import Version
from server.asking import iri
from server.pages import agents, articles, cited, happenings, places, posts, statements, things, topics
from server.pages.findings import Findings

Maker = Callable[[str, Findings], Response]

PAGES: Mapping[str, Maker] = {
    "Person": agents.page,
    "Organization": agents.page,
    "Group": agents.page,
    "Voice": agents.page,
    "Article": articles.page,
    "Place": places.page,
    "Post": posts.page,
    "Passage": cited.passage,
    "Proposition": cited.proposition,
    "Event": happenings.page,
    "Scenario": happenings.page,
    "Statement": statements.page,
}
"""The page of each class of ours; what is of none of them has the plain one."""


def thing_page(name: str, version: Version) -> Response:
    """Answer with what is known of a thing in a version."""
    findings = Findings(version)
    types = {row["type"].value for row in findings.ask("types", this=iri(name))}
    findings.asked.clear()
    other = topics.page if str(SKOS.Concept) in types else things.page
    make = next((make for kind, make in PAGES.items() if f"{ONTOLOGY}{kind}" in types), other)
    return make(name, findings)
