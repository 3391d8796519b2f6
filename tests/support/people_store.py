"""A small dataset of people: two versions of a store, and example questions about it."""

from __future__ import annotations

from pathlib import Path

from rdflib import FOAF, RDF, RDFS, Literal, URIRef

from kg.datasets import GraphNames, Owner
from kg.store import EmbeddedStore, Triple

BASE = "https://example.org/data/"
NAMES = GraphNames(BASE)
ANN, BOB, GONE, JOSE, OUTSIDER = (URIRef(BASE + name) for name in ("ann", "bob", "gone", "josé", "outsider"))
ARTICLE: list[Triple] = [
    (ANN, RDF.type, FOAF.Person),
    (ANN, RDFS.label, Literal("Ann")),
    (ANN, RDFS.label, Literal("Añn", lang="es")),
    (ANN, FOAF.knows, BOB),
    (BOB, RDFS.label, Literal("Bob <b>bold</b>")),
]
AUTHORITY: list[Triple] = [
    (BOB, RDF.type, FOAF.Person),
    (BOB, RDFS.label, Literal("Bob <b>bold</b>")),
    (JOSE, RDFS.label, Literal("José")),
]
OUTSIDE: list[Triple] = [(OUTSIDER, RDFS.label, Literal("Outsider"))]
QUESTIONS = {
    "who": "# Who knows whom?\nSELECT * { ?one <http://xmlns.com/foaf/0.1/knows> ?other }\n",
    "any": "# Is there anything?\nASK {}\n",
}


def create_people_store(folder: Path) -> EmbeddedStore:
    """Return a store of two versions; the first still has the thing `gone`."""
    store = EmbeddedStore.open(folder, NAMES)
    with store.write() as first:
        first.replace_graph(NAMES.article("one"), [*ARTICLE, (GONE, RDFS.label, Literal("Gone"))], Owner.BUILD)
        first.commit("first", "2026-01-01T00:00:00Z")
    with store.write() as second:
        second.replace_graph(NAMES.article("one"), ARTICLE, Owner.BUILD)
        second.replace_graph(NAMES.authority, AUTHORITY, Owner.BUILD)
        second.replace_graph(NAMES.outside, OUTSIDE, Owner.BUILD)
        second.commit("second", "2026-01-02T00:00:00Z")
    return store


def write_questions(folder: Path) -> Path:
    """Write the example questions into a folder and return it."""
    for name, text in QUESTIONS.items():
        (folder / f"{name}.rq").write_text(text, encoding="utf-8")
    return folder
