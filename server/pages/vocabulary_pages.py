"""Documentation pages of the ontology, its concept schemes and the shapes, with examples from the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response
from rdflib import OWL, RDF, SH

from kg.datasets import GraphNames
from kg.namespaces import ONTOLOGY, SCHEME, SHAPES
from server.descriptions.rdf_responses import graph_response
from server.http.negotiation import prefers_page
from server.pages.queried_data.page_queries import PageQueries, rows_by
from server.pages.queried_data.term_usage import TermUse, term_uses
from server.pages.rendering.page_rendering import TemplateCall, cached_page
from server.pages.terms.page_terms import PageTerm, Row
from server.site import site

bp = Blueprint("vocabulary", __name__)

TERM_SECTIONS = (
    (str(OWL.Class), "classes", "Classes"),
    (str(OWL.DatatypeProperty), "datatype-properties", "Properties with a value"),
)
# On a page of their own, since a single page of all terms would be too large.
RELATION_SECTIONS = ((str(OWL.ObjectProperty), "object-properties", "Properties between things"),)
CHARACTERISTICS = {
    str(OWL[f"{word.capitalize()}Property"]): word for word in ("symmetric", "transitive", "irreflexive", "asymmetric")
}


@dataclass
class VocabularyEntry:
    """A term or a shape: its values by property, and an example from the graph."""

    iri: str
    values: dict[str, list[PageTerm]] = field(default_factory=dict)
    chains: list[tuple[PageTerm, PageTerm | None]] = field(default_factory=list)
    use: TermUse | None = None

    @property
    def anchor(self) -> str:
        """Return the fragment of the term's URL."""
        return self.iri.removeprefix(ONTOLOGY).removeprefix(SHAPES)

    def first(self, name: str) -> PageTerm | None:
        """Return the first value of a property, given by its local name, or None if absent."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[PageTerm]:
        """Return the values of a property, given by its local name."""
        # Namespaces end in either: OWL's in a hash, Dublin Core's in a slash.
        suffixes = (f"#{name}", f"/{name}")
        return [value for iri, values in self.values.items() if iri.endswith(suffixes) for value in values]

    @property
    def characteristics(self) -> list[str]:
        """Return the characteristics of a property in words."""
        return [word for iri, word in CHARACTERISTICS.items() if self.is_a(iri)]

    @property
    def carried_over(self) -> list[PageTerm]:
        """Return the properties over which this one is carried: it holds for what has one of them, as for its value."""
        over = [first for first, second in self.chains if second is not None and second.value == self.iri]
        return sorted(over, key=lambda term: term.value)

    def is_a(self, class_iri: str) -> bool:
        """Return whether the term is in a class."""
        return any(value.value == class_iri for value in self.values.get(str(RDF.type), ()))


@bp.get("/ontology")
def ontology() -> Response:
    """Return the documentation of the ontology, or the ontology itself."""
    return _document(GraphNames(site().base).ontology, _ontology)


@bp.get("/ontology/relations")
def relations() -> Response:
    """Return the documentation of the ontology's properties between things, or the ontology itself."""
    return _document(GraphNames(site().base).ontology, _relations)


@bp.get("/schemes")
def schemes() -> Response:
    """Return the documentation of the concept schemes, or the ontology, which contains them."""
    return _document(GraphNames(site().base).ontology, _schemes)


@bp.get("/shapes")
def shapes() -> Response:
    """Return the documentation of the shapes, or the shapes themselves."""
    return _document(GraphNames(site().base).shapes, _shapes)


def _document(name: str, make: Callable[[PageQueries, str], TemplateCall]) -> Response:
    if not prefers_page():
        return graph_response(name)
    version = site().store.current()
    return cached_page(make.__name__, PageQueries(version), lambda queries: make(queries, f"<{name}>"))


def _ontology(queries: PageQueries, graph: str) -> TemplateCall:
    terms = _terms(queries, graph)
    relations = [term for kind, _, _ in RELATION_SECTIONS for term in terms if term.is_a(kind)]
    return "ontology.html", _sections(queries, graph, terms, TERM_SECTIONS) | {"relations": relations}


def _relations(queries: PageQueries, graph: str) -> TemplateCall:
    return "ontology.html", _sections(queries, graph, _terms(queries, graph), RELATION_SECTIONS)


def _terms(queries: PageQueries, graph: str) -> list[VocabularyEntry]:
    entries = _entries(queries.select("ontology-terms", ontology=graph), "term")
    for row in queries.select("ontology-chains", ontology=graph):
        if row["term"].value in entries:
            entries[row["term"].value].chains.append((row["first"], row.get("second")))
    return [*entries.values()]


def _sections(
    queries: PageQueries, graph: str, terms: list[VocabularyEntry], sections: Iterable[tuple[str, str, str]]
) -> dict[str, Any]:
    """Return the values of a page with some kinds of terms, each term with an example from the graph."""
    kinds = [(anchor, title, [term for term in terms if term.is_a(kind)]) for kind, anchor, title in sections]
    used, uses = term_uses(queries.version), []
    for entry in (entry for _, _, entries in kinds for entry in entries):
        entry.use = used.get(entry.iri)
        uses += [entry.use] if entry.use else []
    queries.add_names(use.example.value for use in uses)
    queries.add_names(use.value.value for use in uses if use.value and use.value.is_iri)
    rows = queries.select("ontology-about", ontology=graph)
    about = {row["property"].value.rpartition("/")[2].rpartition("#")[2]: row["value"] for row in rows}
    anchors = {entry.anchor for _, _, entries in kinds for entry in entries}
    return {"about": about, "kinds": kinds, "anchors": anchors}


def _schemes(queries: PageQueries, graph: str) -> TemplateCall:
    by_scheme = rows_by(queries.select("ontology-schemes", ontology=graph), "scheme")
    examples = {iri: use for iri, use in term_uses(queries.version).items() if iri.startswith(SCHEME)}
    queries.add_names(use.example.value for use in examples.values())
    return "schemes.html", {"schemes": [*by_scheme.items()], "examples": examples}


def _entries(rows: Iterable[Row], key: str) -> dict[str, VocabularyEntry]:
    entries: dict[str, VocabularyEntry] = {}
    for row in rows:
        entry = entries.setdefault(row[key].value, VocabularyEntry(row[key].value))
        entry.values.setdefault(row["property"].value, []).append(row["value"])
    return entries


def _shapes(queries: PageQueries, graph: str) -> TemplateCall:
    entries = _entries(queries.select("shapes", shapes=graph), "shape")
    used = term_uses(queries.version)
    for entry in entries.values():
        target = next((term for name in TARGET_PROPERTIES if (term := entry.first(name))), None)
        if target and target.value in used:
            entry.use = used[target.value]
            queries.add_names([entry.use.example.value])
    # A property shape is shown within the shape that contains it.
    parts = {part.value for entry in entries.values() for part in entry.values.get(str(SH.property), ())}
    return "shapes.html", {
        "shapes": [entry for iri, entry in entries.items() if iri not in parts],
        "entries": entries,
    }


TARGET_PROPERTIES = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
