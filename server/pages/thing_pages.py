"""Selects the page for a thing by its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response
from rdflib import SKOS

from kg.namespaces import ONTOLOGY
from kg.store.interfaces import Version
from server.descriptions.store_queries import iri_in_query
from server.pages.agent_page import page as agents
from server.pages.article_page import page as articles
from server.pages.event_page import page as happenings
from server.pages.page_queries import PageQueries
from server.pages.passage_and_proposition_pages import passage_page, proposition_page
from server.pages.place_page import page as places
from server.pages.plain_thing_page import page as things
from server.pages.post_page import page as posts
from server.pages.statement_page import page as statements
from server.pages.topic_page import page as topics

PageFunction = Callable[[str, PageQueries], Response]

PAGE_BY_CLASS: Mapping[str, PageFunction] = {
    "Person": agents,
    "Organization": agents,
    "Group": agents,
    "Voice": agents,
    "Article": articles,
    "Place": places,
    "Post": posts,
    "Passage": passage_page,
    "Proposition": proposition_page,
    "Event": happenings,
    "Scenario": happenings,
    "Statement": statements,
}
"""The page of each class; things of other classes have a plain page."""


def thing_page(name: str, version: Version) -> Response:
    """Return the page about a thing in a version."""
    queries = PageQueries(version)
    types = {row["type"].value for row in queries.select("types", this=iri_in_query(name))}
    queries.answered.clear()
    other = topics if str(SKOS.Concept) in types else things
    make = next((make for kind, make in PAGE_BY_CLASS.items() if f"{ONTOLOGY}{kind}" in types), other)
    return make(name, queries)
