"""A dataset with terms that are hard to write, and an example corpus."""

from __future__ import annotations

from pathlib import Path

from rdflib import RDF, XSD, Graph, Literal, URIRef

from kg.export.graph_documents import GraphsByName
from kg.namespaces import CQ, SCHEME

BASE = "https://example.org/communique/"
HARBOUR = Path(__file__).parents[2] / "examples" / "harbour-talks"
STATEMENT = URIRef(f"{BASE}article/a/statement/s")
ANNA = URIRef(f"{BASE}person/anna")
NOTES = "https://example.org/notes"


def hard() -> GraphsByName:
    """Return literals, languages, types and names of every kind, the same triple in two graphs, and a foreign graph."""
    article, notes = Graph(), Graph()
    article.add((STATEMENT, RDF.type, CQ.Statement))
    article.add((STATEMENT, CQ.act, URIRef(f"{SCHEME}act/warn")))
    article.add((STATEMENT, CQ.act, URIRef(f"{SCHEME}act/an odd/one".replace(" ", "%20"))))
    article.add((STATEMENT, CQ.act, URIRef(f"{SCHEME}act/member")))
    article.add(
        (STATEMENT, CQ.member, URIRef(f"{BASE}person/jon"))
    )  # so that the concept has the name of a term in use
    article.add((STATEMENT, CQ.kind, URIRef(f"{SCHEME}event-kind/consult")))
    article.add((STATEMENT, CQ.source, ANNA))
    article.add((STATEMENT, CQ.gist, Literal('She said: "no" \\ <b>&</b>\n\tand left.\r\n', lang="en")))
    article.add((STATEMENT, CQ.gist, Literal("Sie ging.", lang="de")))
    article.add((STATEMENT, CQ.gist, Literal("no language")))
    article.add((STATEMENT, CQ.saidEarliest, Literal("2011-10-21T00:00:00", datatype=XSD.dateTime)))
    article.add((STATEMENT, CQ.saidEarliest, Literal("2011-10-21", datatype=XSD.date)))
    article.add((STATEMENT, CQ.length, Literal("7", datatype=XSD.nonNegativeInteger)))
    article.add((STATEMENT, CQ.length, Literal("7", datatype=XSD.integer)))
    article.add((STATEMENT, CQ.membersComplete, Literal("true", datatype=XSD.boolean)))
    article.add((ANNA, CQ.name, Literal("Аня 🙂 Šerić")))
    notes.add((ANNA, CQ.name, Literal("Аня 🙂 Šerić")))
    notes.add((ANNA, URIRef("https://example.org/vocabulary/knows-of"), URIRef("https://example.org/a(b)?c=d&e=%20f")))
    notes.add((ANNA, URIRef("https://example.org/vocabulary/name"), Literal("Anna", datatype=URIRef("urn:x:odd"))))
    return {f"{BASE}graph/article/a": article, NOTES: notes}
